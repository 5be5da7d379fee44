// What grows with the number of revisions grows in proportion to it.
#include <algorithm>
#include <ctime>
#include <limits>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "app/alembic/script/script_directory.hpp"

#include "tests/support/migration_scripts.hpp"
#include "tests/support/temporary_folder.hpp"

namespace support::alembic {
namespace {

std::string name(std::size_t i) {
  return fmt::format("rev{:05}", i);
}

// In a line; as a fan; as a comb of merges; as a hundred branches with labels and dependencies; as two lines, one of
// which depends on the other at every step.
Revision revision_of(const std::string& shape, std::size_t i) {
  Revision revision{.revision = name(i)};
  if (i == 0) return revision;
  if (shape == "line") revision.down_revisions = {name(i - 1)};
  if (shape == "fan") revision.down_revisions = {name(0)};
  if (shape == "merges") {
    revision.down_revisions = i % 3 == 0 ? RevisionIds{name(i - 1), name(i - 2)} : RevisionIds{name((i - 1) / 3 * 3)};
  }
  if (shape == "branches") {
    revision.down_revisions = {name(i > 100 ? i - 100 : 0)};
    if (i <= 100) revision.branch_labels = {fmt::format("branch{}", i)};
    if (i > 200 && i % 7 == 0) revision.depends_on = {name(i - 150)};
  }
  if (shape == "ladder" && i > 1) {
    revision.down_revisions = {name(i - 2)};
    if (i % 2 == 1) revision.depends_on = {name(i - 1)};
  }
  return revision;
}

std::vector<Script> scripts_of(const std::string& shape, std::size_t size) {
  std::vector<Script> scripts;
  for (std::size_t i = 0; i < size; ++i) scripts.push_back(tests::make_script(revision_of(shape, i), "a step"));
  return scripts;
}

void keep_rows(const ScriptDirectory& scripts, const Plan& up, const Plan& down) {
  HeadMaintainer rows(scripts.map(), {});
  for (const auto& step : up.steps) rows.update_to_step(step);
  EXPECT_EQ(rows.heads().size(), scripts.map().real_heads().size());
  for (const auto& step : down.steps) rows.update_to_step(step);
  EXPECT_TRUE(rows.heads().empty());
}

// Of this process: other ones, that keep the machine busy, do not count.
std::clock_t cpu_time_of(const auto& work) {
  const auto start = std::clock();
  work();
  return std::clock() - start;
}

// The best of some runs of loading a folder of so many SQL migrations.
std::clock_t time_of_loading(std::size_t size) {
  const tests::TemporaryFolder folder;
  for (std::size_t i = 0; i < size; ++i) {
    folder.write(fmt::format("mig/{}.sql", name(i)),
                 fmt::format("-- Create table {0}\n--\n-- revision: {0}\n-- down_revision: {1}\n\n-- migrate:upgrade\n"
                             "CREATE TABLE {0} (id integer);\n\n-- migrate:downgrade\nDROP TABLE {0};\n",
                             name(i), i == 0 ? "" : name(i - 1)));
  }
  auto best = std::numeric_limits<std::clock_t>::max();
  for (int run = 0; run < 3; ++run) {
    best = std::min(best, cpu_time_of([&] {
                      EXPECT_EQ(ScriptDirectory::open(parse_script_locations(folder / "mig")).map().size(), size);
                    }));
  }
  return best;
}

// The best of some runs of: load, list, format, plan the way up and down, keep the rows.
std::clock_t time_of(const std::string& shape, std::size_t size) {
  auto best = std::numeric_limits<std::clock_t>::max();
  for (int run = 0; run < 3; ++run) {
    auto loaded = scripts_of(shape, size);
    const auto start = std::clock();
    const ScriptDirectory scripts(std::move(loaded));
    std::size_t printed = 0;
    for (const auto node : scripts.walk_revisions()) {
      printed +=
          cmd_format(scripts, node, {.include_branches = true, .include_doc = true, .include_parents = true}).size();
    }
    EXPECT_GT(printed, size);
    const auto rows = scripts.map().ids(scripts.map().real_heads());
    const auto up = scripts.upgrade_revs("heads", {});
    const auto down = scripts.downgrade_revs("base", rows);
    EXPECT_EQ(up.steps.size(), size);
    EXPECT_EQ(down.steps.size(), size);
    // A row a head: nobody has a table of thousands.
    if (rows.size() < 200) keep_rows(scripts, up, down);
    best = std::min(best, std::clock() - start);
  }
  return best;
}

class Scale : public testing::TestWithParam<const char*> {};

TEST_P(Scale, FiveTimesTheRevisionsTakeAboutFiveTimesAsLong) {
  const auto small = time_of(GetParam(), 2'000);
  const auto large = time_of(GetParam(), 10'000);
  const auto ratio = static_cast<double>(large) / static_cast<double>(small);
  RecordProperty("ratio", fmt::format("{:.1f}", ratio));
  // Quadratic work would be 25 times as long; caches and a loaded machine explain up to the double of five.
  EXPECT_LT(ratio, 14) << small << " and " << large << " of CLOCKS_PER_SEC";
}

TEST(ScaleOfFolder, FourTimesTheFilesTakeAboutFourTimesAsLong) {
  const auto small = time_of_loading(2'500);
  const auto large = time_of_loading(10'000);
  const auto ratio = static_cast<double>(large) / static_cast<double>(small);
  RecordProperty("ratio", fmt::format("{:.1f}", ratio));
  // Quadratic work would be 16 times as long; caches and a loaded machine explain up to the triple of four.
  EXPECT_LT(ratio, 12) << small << " and " << large << " of CLOCKS_PER_SEC";
}

INSTANTIATE_TEST_SUITE_P(Shapes, Scale, testing::Values("line", "fan", "merges", "branches", "ladder"),
                         [](const auto& shape) { return std::string(shape.param); });

}  // namespace
}  // namespace support::alembic
