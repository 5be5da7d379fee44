// Python's Alembic and ours on one database, taking turns.
#include <algorithm>
#include <random>
#include <regex>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/migration.hpp"

#include "tests/conformance/python_alembic.hpp"
#include "tests/integration/alembic/engine.hpp"
#include "tests/support/migration_scripts.hpp"
#include "tests/support/random_graph.hpp"
#include "tests/support/recording_sink.hpp"

namespace support::tests {
namespace {

using alembic::ScriptDirectory;
using testing::ElementsAre;

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// `current` comes from a Python set.
std::vector<std::string> sorted_lines(const std::string& text) {
  auto lines = lines_of(text);
  std::ranges::sort(lines);
  return lines;
}

class Pair {
 public:
  explicit Pair(const std::vector<alembic::Revision>& graph)
      : scripts_(directory(graph)), engine_(database_), python_(database_, steps(graph)) {}

  void expect_equal_reports() {
    SCOPED_TRACE("reports");
    const auto theirs = python_.run({{"current"}, {"heads"}, {"heads", {{"resolve_dependencies", true}}}, {"history"}});
    EXPECT_EQ(sorted_lines(engine_.current(scripts_).printed), sorted_lines(theirs[0].output));
    EXPECT_EQ(ours([](auto& context) { alembic::command::heads(context); }), lines_of(theirs[1].output));
    EXPECT_EQ(ours([](auto& context) { alembic::command::heads(context, {.resolve_dependencies = true}); }),
              lines_of(theirs[2].output));
    EXPECT_EQ(ours([](auto& context) { alembic::command::history(context); }), lines_of(theirs[3].output));
  }

  TestDatabase database_;
  ScriptDirectory scripts_;
  Engine engine_;
  PythonAlembic python_;

 private:
  static ScriptDirectory directory(const std::vector<alembic::Revision>& graph) {
    std::vector<alembic::Script> scripts;
    for (const auto& revision : graph) scripts.push_back(make_script(revision, "step of " + revision.revision));
    return ScriptDirectory(std::move(scripts));
  }
  static std::vector<PythonAlembic::Step> steps(const std::vector<alembic::Revision>& graph) {
    std::vector<PythonAlembic::Step> steps;
    for (const auto& revision : graph) steps.push_back({revision, "step of " + revision.revision});
    return steps;
  }
  std::vector<std::string> ours(const Engine::Command& command) {
    return lines_of(engine_.run(scripts_, command).printed);
  }
};

class PythonAndOurs : public testing::TestWithParam<std::uint32_t> {
 protected:
  void SetUp() override {
    if (!PythonAlembic::is_installed())
      GTEST_SKIP() << "Python's Alembic is not installed (Debian: alembic, python3-psycopg2)";
  }
};

TEST_P(PythonAndOurs, SayTheSameOfOneDatabaseAndGoOnFromEachOther) {
  const auto seed = GetParam();
  // Every third graph is a line.
  const auto shape = seed % 3 == 0 ? GraphShape{.size = 6, .new_base = 0, .merge = 0, .dependency = 0}
                                   : GraphShape{.size = 5 + seed % 9};
  auto graph = random_graph(seed, shape);
  if (seed % 3 == 0) {
    for (std::size_t i = 1; i < graph.size(); ++i) graph[i].down_revisions = {graph[i - 1].revision};
  } else {
    graph.front().branch_labels = {"first"};
  }
  Pair pair(graph);
  std::mt19937 random(seed);
  const auto any = [&] { return graph[random() % graph.size()].revision; };

  ASSERT_EQ(pair.engine_.upgrade(pair.scripts_, any()).exit_code, 0);
  pair.expect_equal_reports();
  ASSERT_EQ(pair.python_.run({"upgrade", {{"revision", "heads"}}}).error, "");
  pair.expect_equal_reports();
  const auto rows = version_rows(pair.database_);
  auto real_heads = pair.scripts_.map().ids(pair.scripts_.map().real_heads());
  std::ranges::sort(real_heads);
  EXPECT_EQ(rows, real_heads);
  // Whatever ours makes of a target, the other one can read it.
  pair.engine_.downgrade(pair.scripts_, any());
  pair.expect_equal_reports();
  ASSERT_EQ(pair.engine_.upgrade(pair.scripts_, "heads").exit_code, 0);
  EXPECT_EQ(version_rows(pair.database_), rows);
}

INSTANTIATE_TEST_SUITE_P(Graphs, PythonAndOurs, testing::Range(1U, 10U));

constexpr auto first_revision = "f57c936ded09";

// Our first migration as a Python project has it: the same statements, the same identifiers.
PythonAlembic::Step first_migration() {
  for (const auto& migration : alembic::compiled_migrations()) {
    if (migration.revision != first_revision) continue;
    return {{.revision = first_revision},
            "Initial migration: create customers, conversations, messages tables",
            sql_of(migration.upgrade, {}),
            sql_of(migration.downgrade, {})};
  }
  throw std::runtime_error("The first migration is not compiled in");
}

TEST(PythonProject, ADatabaseThatPythonLeftAtTheFirstRevisionGoesOnHereAndBack) {
  if (!PythonAlembic::is_installed())
    GTEST_SKIP() << "Python's Alembic is not installed (Debian: alembic, python3-psycopg2)";
  const TestDatabase database;
  const auto empty = database.dump_schema();
  const PythonAlembic python(database, {first_migration()});
  ASSERT_EQ(python.run({"upgrade", {{"revision", "head"}}}).error, "");
  const auto at_first = database.dump_schema();
  EXPECT_THAT(version_rows(database), ElementsAre(first_revision));

  const auto scripts = ScriptDirectory::builtin();
  const Engine engine(database);
  EXPECT_EQ(engine.current(scripts).printed, std::string(first_revision) + "\n");
  ASSERT_EQ(engine.upgrade(scripts).exit_code, 0);
  EXPECT_THAT(version_rows(database), ElementsAre(*scripts.get_current_head()));
  ASSERT_EQ(engine.downgrade(scripts, first_revision).exit_code, 0);
  EXPECT_EQ(database.dump_schema(), at_first);

  EXPECT_EQ(python.run({"current"}).output, std::string(first_revision) + " (head)\n");
  ASSERT_EQ(python.run({"downgrade", {{"revision", "base"}}}).error, "");
  database.sql("DROP TABLE alembic_version");
  EXPECT_EQ(database.dump_schema(), empty);
}

TEST(PythonProject, OurFirstRevisionIsWhatPythonWouldHaveLeft) {
  if (!PythonAlembic::is_installed())
    GTEST_SKIP() << "Python's Alembic is not installed (Debian: alembic, python3-psycopg2)";
  const TestDatabase theirs;
  const TestDatabase ours;
  ASSERT_EQ(PythonAlembic(theirs, {first_migration()}).run({"upgrade", {{"revision", "head"}}}).error, "");
  ASSERT_EQ(Engine(ours).upgrade(ScriptDirectory::builtin(), first_revision).exit_code, 0);
  // The version table included.
  EXPECT_EQ(ours.dump_schema(), theirs.dump_schema());
  EXPECT_EQ(version_rows(ours), version_rows(theirs));
}

}  // namespace
}  // namespace support::tests
