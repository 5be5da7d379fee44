// Runs of so many steps that their records are written in portions, before the COMMIT.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/alembic/recording_engine.hpp"
#include "tests/support/migration_scripts.hpp"

namespace support::tests {
namespace {

using alembic::ScriptDirectory;
using testing::HasSubstr;

constexpr std::size_t many = 100;

// c0 … c99, each a statement: `statement` of its number.
template <typename Statement>
ScriptDirectory chain(Statement statement) {
  std::vector<alembic::Script> scripts;
  for (std::size_t i = 0; i < many; ++i) {
    alembic::RevisionIds parents;
    if (i > 0) parents.push_back(fmt::format("c{}", i - 1));
    scripts.push_back(make_sql_script({.revision = fmt::format("c{}", i), .down_revisions = parents},
                                      {{statement(i)}, {"SELECT 1"}}));
  }
  return ScriptDirectory(std::move(scripts));
}

std::string a_table(std::size_t number) {
  return fmt::format("CREATE TABLE t{} (id integer)", number);
}

TEST(LongRun, IsRecordedStepByStep) {
  const TestDatabase database;
  RecordingEngine engine(database);
  EXPECT_EQ(engine.upgrade(chain(a_table)).exit_code, 0);
  const auto lines = records(database);
  ASSERT_EQ(lines.size(), many);
  for (std::size_t i = 0; i < many; ++i) EXPECT_EQ(lines[i], fmt::format("upgrade c{0} done t {{c{0}}}", i));
  const auto verified = engine.verify(chain(a_table));
  EXPECT_EQ(verified.exit_code, 0) << verified.printed;
}

// Nothing of the portions stays, and the record of the failure is the first of the chain.
TEST(LongRun, ThatFailsLeavesNoRecordOfWhatWasRolledBack) {
  const TestDatabase database;
  RecordingEngine engine(database);
  EXPECT_EQ(engine.upgrade(chain(a_table), "c0").exit_code, 0);
  const auto failing = chain([](std::size_t i) { return i == 90 ? "SELECT 1 / 0" : a_table(i); });
  const auto failed = engine.upgrade(failing);
  EXPECT_NE(failed.exit_code, 0);
  EXPECT_THAT(records(database), testing::ElementsAre("upgrade c0 done t {c0}", "upgrade c90 failed {c0}"));
  EXPECT_EQ(engine.upgrade(chain(a_table)).exit_code, 0);
  EXPECT_EQ(records(database).size(), many + 1);
  const auto verified = engine.verify(chain(a_table));
  EXPECT_EQ(verified.exit_code, 0) << verified.printed;
}

// The records are written as the one who connected; the migrations go on as whom they have chosen.
TEST(LongRun, GoesOnInTheRoleThatAMigrationHasTaken) {
  const TestDatabase database;
  const std::string role = database.name() + "_owner";
  database.sql(fmt::format("CREATE ROLE {0}; GRANT ALL ON SCHEMA public TO {0}", role));
  RecordingEngine engine(database);
  const auto scripts =
      chain([&](std::size_t i) { return i == 3 ? fmt::format("SET LOCAL ROLE {}", role) : a_table(i); });
  // The row of the version table is written in that role, too.
  database.sql(
      fmt::format("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); "
                  "GRANT ALL ON alembic_version TO {}",
                  role));
  const auto outcome = engine.upgrade(scripts);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.printed;
  EXPECT_EQ(database.sql(fmt::format("SELECT count(*) FROM pg_tables WHERE tableowner = '{}'", role)).at(0).at(0),
            std::to_string(many - 4));
  EXPECT_EQ(records(database).size(), many);
  database.sql(fmt::format("DROP OWNED BY {0}; DROP ROLE {0}", role));
}

}  // namespace
}  // namespace support::tests
