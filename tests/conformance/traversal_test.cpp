// From which rows to which target: the same steps in the same order, and the same changes of the version table.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/errors.hpp"

#include "tests/conformance/graph_cases.hpp"

namespace support::tests {
namespace {

namespace json = boost::json;
using alembic::HeadMaintainer;
using alembic::MigrationStep;
using alembic::RowOperation;

json::array as_json(const RowOperation& operation) {
  switch (operation.kind) {
    case RowOperation::Kind::insert:
      return {"INSERT", operation.to};
    case RowOperation::Kind::remove:
      return {"DELETE", operation.from};
    case RowOperation::Kind::update:
      break;
  }
  return {"UPDATE", operation.from, operation.to};
}

json::object as_json(const MigrationStep& step, const alembic::RevisionMap& map) {
  json::object result;
  if (step.kind == MigrationStep::Kind::stamp) {
    result["step"] = "stamp";
    result["is_upgrade"] = step.is_upgrade;
    result["branch_move"] = step.branch_move;
  } else {
    result["step"] = step.is_upgrade ? "upgrade" : "downgrade";
    result["rev"] = map.id(step.node);
  }
  result["from"] = json::value_from(step.from);
  result["to"] = json::value_from(step.to);
  return result;
}

alembic::Plan plan(const alembic::ScriptDirectory& scripts, const json::object& c) {
  const auto heads = strings(c.at("start_heads"));
  const auto command = text(c.at("command"));
  const auto to = target(c.at("target"));
  if (command == "stamp") {
    const auto* single = std::get_if<std::string>(&to);
    return scripts.stamp_revs(single != nullptr ? alembic::RevisionIds{*single} : std::get<alembic::RevisionIds>(to),
                              heads);
  }
  const auto& destination = std::get<std::string>(to);
  return command == "upgrade" ? scripts.upgrade_revs(destination, heads) : scripts.downgrade_revs(destination, heads);
}

// What the command does, in the shape of the cases.
json::object run(const alembic::ScriptDirectory& scripts, const json::object& c) {
  json::object result;
  try {
    const auto planned = plan(scripts, c);
    HeadMaintainer maintainer(scripts.map(), strings(c.at("start_heads")));
    json::array steps;
    json::array operations;
    for (const auto& step : planned.steps) {
      steps.push_back(as_json(step, scripts.map()));
      for (const auto& operation : maintainer.update_to_step(step)) operations.push_back(as_json(operation));
    }
    auto heads = maintainer.heads();
    std::ranges::sort(heads);
    result["steps"] = steps;
    result["resulting_heads"] = json::value_from(heads);
    result["version_table_ops"] = operations;
    if (!planned.warnings.empty()) result["warnings"] = json::value_from(planned.warnings);
  } catch (const alembic::CommandError& error) {
    result["error"] = error.what();
  }
  return result;
}

bool matches(const json::object& ours, const json::object& expected) {
  return std::ranges::all_of(std::array{"steps", "resulting_heads", "version_table_ops", "warnings"}, [&](auto key) {
    return !expected.contains(key) || (ours.contains(key) && ours.at(key) == expected.at(key));
  });
}

bool holds(const json::object& ours, const json::object& c) {
  if (c.contains("error")) {
    return ours.contains("error") && ours.at("error") == c.at("error").as_object().at("message");
  }
  if (matches(ours, c)) return true;
  if (!c.contains("observed_alternatives")) return false;
  return std::ranges::any_of(c.at("observed_alternatives").as_array(),
                             [&](const auto& alternative) { return matches(ours, alternative.as_object()); });
}

void check(const std::string& cases, const std::string& graphs_file, std::size_t at_least) {
  if (!have_cases()) GTEST_SKIP() << "no shared/cases folder beside the checkout";
  const auto graphs = read_graphs(graphs_file);
  std::size_t count = 0;
  for (const auto& c : read_lines(cases)) {
    if (c.at("kind") != "traversal") continue;
    ++count;
    const auto ours = run(directory_of(graphs.at(text(c.at("graph")))), c);
    EXPECT_TRUE(holds(ours, c)) << json::serialize(c) << "\nours: " << json::serialize(ours);
  }
  EXPECT_GE(count, at_least);
}

TEST(Traversal, GeneratedGraphsAreWalkedAsAlembicWalksThem) {
  check("traversals.jsonl", "traversal_graphs.json", 400);
}

TEST(Traversal, TheGraphsOfAlembicsOwnTestsAreWalkedAsAlembicWalksThem) {
  check("revision_queries.jsonl", "revision_graphs.json", 90);
}

}  // namespace
}  // namespace support::tests
