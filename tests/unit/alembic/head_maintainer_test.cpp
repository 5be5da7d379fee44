#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/errors.hpp"
#include "app/alembic/script/script_directory.hpp"

#include "tests/support/migration_scripts.hpp"
#include "tests/support/random_graph.hpp"

namespace support::alembic {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;
using testing::UnorderedElementsAreArray;

ScriptDirectory directory(const std::vector<Revision>& graph) {
  std::vector<Script> scripts;
  for (const auto& revision : graph) scripts.push_back(tests::make_script(revision, "step"));
  return ScriptDirectory(std::move(scripts));
}

RowOperation inserted(const std::string& to) {
  return {RowOperation::Kind::insert, {}, to};
}
RowOperation updated(const std::string& from, const std::string& to) {
  return {RowOperation::Kind::update, from, to};
}
RowOperation removed(const std::string& from) {
  return {RowOperation::Kind::remove, from, {}};
}

// What the plan does to the rows; `heads` becomes what they are afterwards.
std::vector<RowOperation> rows_of(const ScriptDirectory& scripts, const Plan& plan, RevisionIds& heads) {
  HeadMaintainer maintainer(scripts.map(), heads);
  std::vector<RowOperation> all;
  for (const auto& step : plan.steps) {
    for (auto& operation : maintainer.update_to_step(step)) all.push_back(std::move(operation));
  }
  heads = maintainer.heads();
  return all;
}

const std::vector<Revision> diamond{{.revision = "root"},
                                    {.revision = "left", .down_revisions = {"root"}},
                                    {.revision = "rite", .down_revisions = {"root"}},
                                    {.revision = "join", .down_revisions = {"left", "rite"}}};

TEST(HeadMaintainer, AMergeDeletesAllParentsButOneAndMovesThat) {
  const auto scripts = directory(diamond);
  RevisionIds heads{"left", "rite"};
  EXPECT_THAT(rows_of(scripts, scripts.upgrade_revs("head", heads), heads),
              ElementsAre(removed("left"), updated("rite", "join")));
}

TEST(HeadMaintainer, ADowngradeOfAMergeBringsTheParentsBack) {
  const auto scripts = directory(diamond);
  RevisionIds heads{"join"};
  EXPECT_THAT(rows_of(scripts, scripts.downgrade_revs("left", heads), heads),
              ElementsAre(inserted("left"), updated("join", "rite")));
}

TEST(HeadMaintainer, ARowMovesOntoWhatDependsOnIt) {
  const auto scripts = directory({{.revision = "core"}, {.revision = "plug", .depends_on = {"core"}}});
  RevisionIds heads;
  EXPECT_THAT(rows_of(scripts, scripts.upgrade_revs("plug", heads), heads),
              ElementsAre(inserted("core"), updated("core", "plug")));
  EXPECT_THAT(rows_of(scripts, scripts.downgrade_revs("plug@base", heads), heads),
              ElementsAre(updated("plug", "core")));
}

TEST(HeadMaintainer, StampingTwoBranchesDownMovesEachRowOnItsOwnLine) {
  // Alembic collapses both rows into the first target and then dies of a KeyError.
  const auto scripts = directory({{.revision = "aaa1"},
                                  {.revision = "aaa2", .down_revisions = {"aaa1"}},
                                  {.revision = "bbb1"},
                                  {.revision = "bbb2", .down_revisions = {"bbb1"}}});
  RevisionIds heads{"aaa2", "bbb2"};
  EXPECT_THAT(rows_of(scripts, scripts.stamp_revs({"aaa1", "bbb1"}, heads), heads),
              ElementsAre(updated("aaa2", "aaa1"), updated("bbb2", "bbb1")));
}

TEST(HeadMaintainer, StampingALineTwiceWarnsThatNoUpgradeCanStartThere) {
  const auto scripts = directory(diamond);
  EXPECT_THAT(scripts.stamp_revs({"root", "left"}, {}).warnings,
              ElementsAre(HasSubstr("stamp one revision of a line only")));
}

TEST(HeadMaintainer, RowsThatOverlapAreNamed) {
  const auto scripts = directory(diamond);
  EXPECT_THAT(
      [&] {
        scripts.upgrade_revs("heads", {"root", "left"});
      },
      ThrowsMessage<CommandError>("Requested revision left overlaps with other requested revisions root"));
}

// Applied revisions whose children, dependents included, are not applied: what the table has to hold.
std::vector<std::string> tips(const RevisionMap& map, const std::set<Node>& applied) {
  std::vector<std::string> result;
  for (const auto node : applied) {
    const auto above = map.descendants(std::span(&node, 1));
    const bool is_tip =
        std::ranges::none_of(above, [&](Node other) { return other != node && applied.contains(other); });
    if (is_tip) result.push_back(map.id(node));
  }
  return result;
}

// Random walks over random graphs. After every command: nothing is applied before its parents, nothing is taken away
// before its children, and the rows are exactly the tips of what is applied.
TEST(HeadMaintainer, OnRandomGraphsTheRowsAreAlwaysTheTipsOfWhatIsApplied) {
  std::size_t commands = 0;
  for (std::uint32_t seed = 1; seed <= 400; ++seed) {
    const auto graph = tests::random_graph(seed, {.size = 4 + seed % 20});
    const auto scripts = directory(graph);
    const auto& map = scripts.map();
    std::mt19937 random(seed);
    std::set<Node> applied;
    RevisionIds heads;
    for (int i = 0; i < 12; ++i) {
      const auto target = graph[std::uniform_int_distribution<std::size_t>(0, graph.size() - 1)(random)].revision;
      Plan plan;
      try {
        plan = random() % 2 == 0 ? scripts.upgrade_revs(random() % 4 == 0 ? "heads" : target, heads)
                                 : scripts.downgrade_revs(random() % 4 == 0 ? "base" : target, heads);
      } catch (const CommandError& error) {
        ASSERT_THAT(error.what(), HasSubstr("is not a valid downgrade target"));
        continue;
      }
      ++commands;
      for (const auto& step : plan.steps) {
        const auto& needs = map.normalized_down(step.node);
        if (step.is_upgrade) {
          ASSERT_TRUE(std::ranges::all_of(needs, [&](Node below) { return applied.contains(below); })) << seed;
          ASSERT_TRUE(applied.insert(step.node).second) << seed;
        } else {
          const auto above = map.descendants(std::span(&step.node, 1));
          ASSERT_EQ(std::ranges::count_if(above, [&](Node other) { return applied.contains(other); }), 1) << seed;
          applied.erase(step.node);
        }
      }
      rows_of(scripts, plan, heads);
      ASSERT_THAT(heads, UnorderedElementsAreArray(tips(map, applied))) << "seed " << seed;
    }
  }
  EXPECT_GT(commands, 2000U);
}

}  // namespace
}  // namespace support::alembic
