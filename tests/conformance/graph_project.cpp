#include "tests/conformance/graph_project.hpp"

#include <fmt/format.h>

#include "tests/support/migration_scripts.hpp"

namespace support::tests {

namespace {

GraphShape shape_of(std::uint32_t seed) {
  switch (seed % 6) {
    case 0:  // a tree with one base
      return {.size = 4 + seed % 7, .new_base = 0, .merge = 0, .dependency = 0, .label = 0.2};
    case 1:  // no dependencies
      return {.size = 5 + seed % 9, .merge = 0.3, .dependency = 0, .label = 0.2};
    case 2:  // several bases that depend on one another
      return {.size = 6 + seed % 9, .new_base = 0.35, .merge = 0.1, .dependency = 0.4, .label = 0.25};
    default:
      return {.size = 5 + seed % 11, .label = 0.2};
  }
}

std::vector<alembic::Revision> graph_of(std::uint32_t seed) {
  auto graph = random_graph(seed, shape_of(seed));
  if (seed % 12 == 0) {  // a plain line
    for (std::size_t i = 1; i < graph.size(); ++i) graph[i].down_revisions = {graph[i - 1].revision};
  }
  return graph;
}

std::string message_of(const alembic::Revision& revision) {
  return "step of " + revision.revision;
}

ScriptBody body_of(const alembic::Revision& revision) {
  const auto note = [&](auto direction) {
    return fmt::format("INSERT INTO journal (entry) VALUES ('{} {}')", direction, revision.revision);
  };
  return {.upgrade = {note("up")}, .downgrade = {note("down")}};
}

alembic::ScriptDirectory directory_of(const std::vector<alembic::Revision>& graph) {
  std::vector<alembic::Script> scripts;
  for (const auto& revision : graph) scripts.push_back(make_script(revision, message_of(revision), body_of(revision)));
  return alembic::ScriptDirectory(std::move(scripts));
}

std::vector<PythonAlembic::Step> python_steps(const std::vector<alembic::Revision>& graph) {
  std::vector<PythonAlembic::Step> steps;
  for (const auto& revision : graph) {
    auto body = body_of(revision);
    steps.push_back({revision, message_of(revision), std::move(body.upgrade), std::move(body.downgrade)});
  }
  return steps;
}

}  // namespace

const char* const GraphProject::set_up = R"sql(
CREATE TABLE journal (position serial PRIMARY KEY, entry text NOT NULL);
CREATE FUNCTION state(OUT kind text, OUT entry text) RETURNS SETOF record LANGUAGE plpgsql AS $$
BEGIN
  IF to_regclass('alembic_version') IS NOT NULL THEN
    RETURN QUERY EXECUTE 'SELECT ''row'', version_num::text FROM alembic_version ORDER BY 2';
  END IF;
  RETURN QUERY SELECT 'journal', j.entry FROM journal j ORDER BY position;
END $$)sql";

GraphProject::State GraphProject::state(const TestDatabase& database) {
  State state;
  for (auto& row : database.sql("SELECT kind, entry FROM state()")) {
    (row.at(0) == "row" ? state.rows : state.journal).push_back(std::move(row.at(1)));
  }
  return state;
}

GraphProject::GraphProject(std::uint32_t seed, std::string python_url)
    : graph_(graph_of(seed)), scripts_(directory_of(graph_)), python_(std::move(python_url), python_steps(graph_)) {
  for (const auto& revision : graph_) {
    labels_.insert(labels_.end(), revision.branch_labels.begin(), revision.branch_labels.end());
  }
}

std::string GraphProject::branch(std::mt19937& random) const {
  if (labels_.empty() || random() % 4 == 0) return any_id(random);
  return labels_[random() % labels_.size()];
}

std::string GraphProject::identifier(std::mt19937& random) const {
  const auto step = [&] { return 1 + random() % 3; };
  switch (random() % 14) {
    case 0:
      return "heads";
    case 1:
      return "head";
    case 2:
      return "base";
    case 3:
      return any_id(random).substr(0, 1 + random() % 6);
    case 4:
      return branch(random);
    case 5:
      return branch(random) + "@head";
    case 6:
      return branch(random) + "@heads";
    case 7:
      return branch(random) + "@" + any_id(random);
    case 8:
      return fmt::format("{}@{}", branch(random), any_id(random).substr(0, 5));
    case 9:
      return fmt::format("-{}", step());
    case 10:
      return fmt::format("{}@base", branch(random));
    case 11:
      return "n0such";
    default:
      return any_id(random);
  }
}

std::string GraphProject::target(std::mt19937& random) const {
  const auto step = [&] { return 1 + random() % 3; };
  const auto sign = [&] { return random() % 2 == 0 ? '+' : '-'; };
  switch (random() % 8) {
    case 0:
      return fmt::format("{}{}", sign(), step());
    case 1:
      return fmt::format("{}@{}{}", branch(random), sign(), step());
    case 2:
      return fmt::format("{}{}{}", any_id(random), sign(), step());
    case 3:
      return fmt::format("{}{}{}", random() % 2 == 0 ? "head" : "base", sign(), step());
    default:
      return identifier(random);
  }
}

}  // namespace support::tests
