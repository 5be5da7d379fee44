// The parts of the runtime that need no server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/env.hpp"
#include "app/alembic/errors.hpp"
#include "app/alembic/runtime/connection.hpp"
#include "app/alembic/runtime/migration_lock.hpp"
#include "app/alembic/runtime/version_table.hpp"

namespace support::alembic {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(VersionTable, QuotesWhatNeedsQuotes) {
  const VersionTable table("Versions", "app schema");
  EXPECT_EQ(table.select_sql(), "SELECT version_num FROM \"app schema\".\"Versions\"");
  EXPECT_THAT(table.create_sql(), HasSubstr("CONSTRAINT \"Versions_pkc\" PRIMARY KEY"));
  EXPECT_EQ(table.row_sql({RowOperation::Kind::insert, "", "it's"}),
            "INSERT INTO \"app schema\".\"Versions\" (version_num) VALUES ('it''s') RETURNING \"app "
            "schema\".\"Versions\".version_num");
}

TEST(VersionTable, AMismatchIsAlembicsSentence) {
  const VersionTable table;
  EXPECT_EQ(table.mismatch({RowOperation::Kind::update, "a", "b"}, 0),
            "Online migration expected to match one row when updating 'a' to 'b' in 'alembic_version'; 0 found");
  EXPECT_EQ(table.mismatch({RowOperation::Kind::remove, "a", ""}, 2),
            "Online migration expected to match one row when deleting 'a' in 'alembic_version'; 2 found");
}

TEST(LockBackoff, GrowsToASecondAndStaysAroundIt) {
  LockBackoff backoff(42);
  const auto first = backoff.next();
  EXPECT_GE(first, milliseconds(37));
  EXPECT_LE(first, milliseconds(63));
  for (int i = 0; i < 20; ++i) backoff.next();
  for (int i = 0; i < 20; ++i) {
    const auto delay = backoff.next();
    EXPECT_GE(delay, milliseconds(750));
    EXPECT_LE(delay, milliseconds(1250));
  }
}

TEST(LockBackoff, TwoWaitersDoNotKnockTogether) {
  LockBackoff one(1);
  LockBackoff other(0x9e3779b9U);
  int same = 0;
  for (int i = 0; i < 20; ++i) same += one.next() == other.next() ? 1 : 0;
  EXPECT_LT(same, 10);
}

TEST(MigrationLockKey, DependsOnSchemaAndTable) {
  const auto key = migration_lock_key("public", VersionTable());
  EXPECT_EQ(key, migration_lock_key("public", VersionTable()));
  EXPECT_NE(key, migration_lock_key("other", VersionTable()));
  EXPECT_NE(key, migration_lock_key("public", VersionTable("versions")));
  EXPECT_EQ(migration_lock_key("public", VersionTable("alembic_version", "app")),
            migration_lock_key("other", VersionTable("alembic_version", "app")));
}

TEST(Shortened, KeepsOneLineAndWholeCharacters) {
  EXPECT_EQ(shortened("  SELECT\n\t 1  "), "SELECT 1");
  const auto text = shortened(std::string(199, 'x') + "ééé");
  EXPECT_EQ(text, std::string(199, 'x') + "é…");
}

TEST(DatabaseErrorText, SaysMessageStateDetailHintAndStatement) {
  const DatabaseError error(
      {.message = "relation \"x\" already exists", .sqlstate = "42P07", .detail = "more", .hint = "do this"},
      "CREATE TABLE x ()");
  EXPECT_EQ(
      error.explanation(),
      "relation \"x\" already exists (SQLSTATE 42P07); detail: more; hint: do this; statement: CREATE TABLE x ()");
}

TEST(Environment, TheLastXArgumentOfANameWins) {
  const RunContext run{.x_arguments = {"a=1", "flag", "a=2=3"}};
  EXPECT_EQ(run.x_argument("a"), "2=3");
  EXPECT_EQ(run.x_argument("flag"), "");
  EXPECT_EQ(run.x_argument("b"), std::nullopt);
}

config::Settings settings(const std::string& url) {
  config::SettingsSources sources;
  sources.environment = {{"DATABASE_URL", url}};
  return config::Settings::load(sources);
}

TEST(Environment, TheDriverIsSwappedAndThePasswordIsOnlyInTheConnectionString) {
  const auto environment = make_environment(
      settings("postgresql+asyncpg://app:s3cr3t-word@db.internal:6543/support?ssl=require"), Mode::online);
  ASSERT_TRUE(environment.target);
  const auto& target = *environment.target;
  EXPECT_THAT(target.conninfo,
              AllOf(testing::StartsWith("postgresql://"), HasSubstr("s3cr3t-word"),
                    HasSubstr("application_name=support-agent%20migrate"), HasSubstr("connect_timeout=")));
  EXPECT_THAT(target.masked_url, Not(HasSubstr("s3cr3t-word")));
  EXPECT_EQ(target.description, "database support on host db.internal, port 6543");
}

TEST(Environment, OfflineNoDatabaseIsLookedFor) {
  const auto environment = make_environment(settings("postgresql://app@db.internal/support"), Mode::offline);
  EXPECT_FALSE(environment.target);
}

TEST(Environment, AnUnreachableServerIsExitCodeThreeAndNamesNoPassword) {
  const auto environment = make_environment(settings("postgresql://app:s3cr3t-word@127.0.0.1:1/support"), Mode::online);
  try {
    environment.connect(*environment.target);
    FAIL() << "connected to port 1";
  } catch (const CommandError& error) {
    EXPECT_EQ(error.exit_code(), ExitCode::unreachable);
    EXPECT_THAT(error.what(), AllOf(HasSubstr("127.0.0.1"), HasSubstr("port 1"), HasSubstr("database support"),
                                    Not(HasSubstr("s3cr3t-word"))));
  }
}

}  // namespace
}  // namespace support::alembic
