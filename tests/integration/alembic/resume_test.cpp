// Steps that can't run in one transaction, interrupted and taken up again.
#include <future>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/script/sql_script.hpp"

#include "tests/integration/alembic/database_session.hpp"
#include "tests/integration/alembic/engine.hpp"
#include "tests/support/migration_scripts.hpp"

namespace support::tests {
namespace {

using alembic::ScriptDirectory;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::chrono_literals;

ScriptDirectory outside_transactions(const std::vector<std::string>& statements) {
  return ScriptDirectory({alembic::parse_sql_script(
      "mig/r1.sql", fmt::format("-- Outside\n--\n-- revision: r1\n-- down_revision:\n-- transactional: false\n\n"
                                "-- migrate:upgrade\n{};\n-- migrate:irreversible it is a test\n",
                                fmt::join(statements, ";\n")))});
}

class Resume : public testing::Test {
 protected:
  Resume() : engine(database) { engine.environment().history_schema = "alembic"; }
  void SetUp() override {
    database.sql("CREATE TABLE items (id integer, code text)");
    database.sql("CREATE TABLE log (line text)");
    database.sql("INSERT INTO items VALUES (1, 'a'), (2, 'a')");
  }
  std::string count(const std::string& of) { return database.sql("SELECT count(*) FROM " + of).front().front(); }

  TestDatabase database;
  Engine engine;
};

TEST_F(Resume, AFailedStepGoesOnBehindWhatItHasDone) {
  const auto scripts = outside_transactions({"INSERT INTO log VALUES ('one')", "CREATE TABLE made (id integer)",
                                             "CREATE UNIQUE INDEX CONCURRENTLY by_code ON items (code)",
                                             "INSERT INTO log VALUES ('two')"});
  const auto failed = engine.upgrade(scripts);
  EXPECT_EQ(failed.exit_code, 4);
  EXPECT_THAT(failed.printed, AllOf(HasSubstr("2 statements of it ran outside a transaction and stay, and the next run "
                                              "goes on behind them"),
                                    HasSubstr("by_code")));
  database.sql("DELETE FROM items WHERE id = 2");
  const auto outcome = engine.upgrade(scripts);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.printed;
  EXPECT_THAT(version_rows(database), ElementsAre("r1"));
  EXPECT_EQ(count("log"), "2");
  EXPECT_EQ(count("pg_index WHERE indexrelid = 'by_code'::regclass AND indisvalid"), "1");
  EXPECT_EQ(count("alembic.step_progress"), "0");
}

TEST_F(Resume, AStatementWhoseEndNobodySawIsLookedUpInTheCatalog) {
  const std::string index = "CREATE INDEX CONCURRENTLY by_id ON items (id)";
  const auto scripts = outside_transactions({index, "INSERT INTO log VALUES ('behind')",
                                             "SELECT 1 / count(*) FROM log "
                                             "WHERE line = 'go'"});
  ASSERT_EQ(engine.upgrade(scripts).exit_code, 4);
  // As a run leaves it that is killed while the server builds the index.
  database.sql("UPDATE alembic.step_progress SET statements = 0, digest = '', announced = '" + index + "'");
  database.sql("DELETE FROM log");
  database.sql("INSERT INTO log VALUES ('go')");
  const auto outcome = engine.upgrade(scripts);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.printed;
  EXPECT_EQ(count("log"), "2");
}

TEST_F(Resume, AnUnknownEndIsRefused) {
  const std::string block = "DO $$ BEGIN INSERT INTO log VALUES ('x'); COMMIT; END $$";
  const auto scripts = outside_transactions({block, "SELECT 1 / count(*) FROM log WHERE line = 'go'"});
  ASSERT_EQ(engine.upgrade(scripts).exit_code, 4);
  database.sql("UPDATE alembic.step_progress SET statements = 0, digest = '', announced = $q$" + block + "$q$");
  const auto outcome = engine.upgrade(scripts);
  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_THAT(outcome.printed, AllOf(HasSubstr("was carried out is not known"),
                                     HasSubstr("DELETE FROM alembic.step_progress WHERE revision = 'r1'")));
  EXPECT_EQ(count("log"), "1");
}

TEST_F(Resume, AnEditedBeginningIsRefused) {
  ASSERT_EQ(engine.upgrade(outside_transactions({"INSERT INTO log VALUES ('one')", "SELECT 1 / 0"})).exit_code, 4);
  const auto outcome = engine.upgrade(outside_transactions({"INSERT INTO log VALUES ('uno')", "SELECT 1"}));
  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_THAT(outcome.printed, HasSubstr("are not those that it begins with now"));
  EXPECT_EQ(count("log"), "1");
  // What failed may be mended.
  EXPECT_EQ(engine.upgrade(outside_transactions({"INSERT INTO log VALUES ('one')", "SELECT 1"})).exit_code, 0);
  EXPECT_EQ(count("log"), "1");
}

TEST_F(Resume, StampingClosesAHalfDoneStep) {
  const auto scripts = outside_transactions({"INSERT INTO log VALUES ('one')", "SELECT 1 / 0"});
  ASSERT_EQ(engine.upgrade(scripts).exit_code, 4);
  EXPECT_EQ(count("alembic.step_progress"), "1");
  EXPECT_EQ(engine.run(scripts, [](auto& context) { alembic::command::stamp(context, {"r1"}); }).exit_code, 0);
  EXPECT_EQ(count("alembic.step_progress"), "0");
}

TEST_F(Resume, WhatCameBeforeAnAutocommitBlockIsNotDoneAgain) {
  bool fails = true;
  alembic::Script script = make_script({.revision = "r1"}, "block");
  script.upgrade = [&](alembic::Operations& op) {
    op.execute("INSERT INTO log VALUES ('before')");
    op.autocommit_block([&] {
      op.execute("INSERT INTO log VALUES ('within')");
      if (fails) op.execute("SELECT 1 / 0");
    });
    op.execute("INSERT INTO log VALUES ('behind')");
  };
  const ScriptDirectory scripts({script});
  ASSERT_EQ(engine.upgrade(scripts).exit_code, 4);
  EXPECT_EQ(count("log"), "2");
  fails = false;
  const auto outcome = engine.upgrade(scripts);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.printed;
  EXPECT_EQ(count("log"), "3");
}

TEST_F(Resume, ConcurrentStatementsLeaveTheTransactionByThemselves) {
  const ScriptDirectory scripts({make_sql_script(
      {.revision = "r1"},
      {.upgrade = {"INSERT INTO log VALUES ('before')", "CREATE INDEX CONCURRENTLY by_id ON items (id)",
                   "DROP INDEX CONCURRENTLY by_id", "INSERT INTO log VALUES ('behind')"}})});
  const auto outcome = engine.upgrade(scripts);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.printed;
  EXPECT_EQ(count("log"), "2");
  EXPECT_FALSE(has_table(database, "by_id"));
}

TEST_F(Resume, APendingDetachIsFinalised) {
  database.sql(
      "CREATE TABLE events (day date) PARTITION BY RANGE (day);"
      "CREATE TABLE may PARTITION OF events FOR VALUES FROM ('2026-05-01') TO ('2026-06-01')");
  const auto scripts = outside_transactions({"ALTER TABLE events DETACH PARTITION may CONCURRENTLY"});
  DatabaseSession reader(database);
  reader->execute("BEGIN");
  reader->query("SELECT count(*) FROM events");
  auto failing = std::async(std::launch::async, [&] { return engine.upgrade(scripts); });
  while (count("pg_inherits WHERE inhdetachpending") == "0") std::this_thread::sleep_for(10ms);
  database.sql("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query LIKE 'ALTER TABLE events%'");
  EXPECT_EQ(failing.get().exit_code, 4);
  reader->execute("COMMIT");
  const auto outcome = engine.upgrade(scripts);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.printed;
  EXPECT_EQ(count("pg_inherits WHERE inhparent = 'events'::regclass"), "0");
}

TEST_F(Resume, ARoleThatMayNotMakeTheTableIsWarnedAndServed) {
  database.sql(
      "CREATE ROLE clerk LOGIN; GRANT ALL ON SCHEMA public TO clerk; GRANT ALL ON log TO clerk;"
      "DO $$ BEGIN EXECUTE format('REVOKE CREATE ON DATABASE %I FROM PUBLIC', current_database()); END $$");
  const auto url = database.url();
  Engine clerk(
      fmt::format("postgresql://clerk@/{}?host={}&port={}", database.name(), url.keyword("host"), url.keyword("port")));
  clerk.environment().history_schema = "alembic";
  const auto outcome = clerk.upgrade(outside_transactions({"INSERT INTO log VALUES ('one')"}));
  database.sql("DROP OWNED BY clerk; DROP ROLE clerk");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.printed;
  EXPECT_EQ(count("log"), "1");
}

}  // namespace
}  // namespace support::tests
