// Whatever goes wrong: nothing of the run stays, and the message says what, where and why.
#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/config/event_loop_thread.hpp"

#include "tests/integration/alembic/engine.hpp"
#include "tests/support/migration_scripts.hpp"

namespace support::tests {
namespace {

using alembic::ScriptDirectory;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// r1 is well; what comes second runs `statements`.
ScriptDirectory second_step(std::vector<std::string> statements) {
  return ScriptDirectory(
      {make_script({.revision = "r1"}, "first", {{"CREATE TABLE r1 (id integer)"}}),
       make_script({.revision = "r2", .down_revisions = {"r1"}}, "second", {std::move(statements)})});
}

TEST(Failure, OfTheThirdStatementRollsTheWholeRunBack) {
  const TestDatabase database;
  const auto outcome = Engine(database).upgrade(second_step(
      {"CREATE TABLE a (id integer)", "INSERT INTO a VALUES (1)", "CREATE TABLE   a\n  (id integer)", "SELECT 1"}));
  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_THAT(
      outcome.printed,
      AllOf(HasSubstr("FAILED: Revision r2 (upgrade r1 -> r2) failed, and everything of this run was rolled back"),
            HasSubstr("relation \"a\" already exists (SQLSTATE 42P07)"),
            HasSubstr("statement: CREATE TABLE a (id integer)")));
  EXPECT_THAT(version_rows(database), ElementsAre("no table"));
  EXPECT_FALSE(has_table(database, "r1"));
  EXPECT_FALSE(has_table(database, "a"));
}

TEST(Failure, SaysDetailAndHintOfTheServer) {
  const TestDatabase database;
  const auto outcome = Engine(database).upgrade(second_step(
      {"DO $$ BEGIN RAISE EXCEPTION 'stopped here' USING DETAIL = 'some detail', HINT = 'do that'; END $$"}));
  EXPECT_THAT(outcome.printed, AllOf(HasSubstr("stopped here (SQLSTATE P0001)"), HasSubstr("detail: some detail"),
                                     HasSubstr("hint: do that")));
}

TEST(Failure, ThatIsAnExceptionOfTheScriptRollsBackAsWell) {
  const TestDatabase database;
  auto script = make_script({.revision = "r1"}, "first");
  script.upgrade = [](alembic::Operations& op) {
    op.execute("CREATE TABLE a (id integer)");
    throw std::invalid_argument("the script gave up");
  };
  const auto outcome = Engine(database).upgrade(ScriptDirectory({script}));
  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_THAT(outcome.printed, HasSubstr("the script gave up"));
  EXPECT_THAT(version_rows(database), ElementsAre("no table"));
}

TEST(Failure, WhenTheConnectionBreaksWithinAStepIsRolledBackByTheServer) {
  const TestDatabase database;
  const auto outcome = Engine(database).upgrade(second_step({"SELECT pg_terminate_backend(pg_backend_pid())"}));
  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_THAT(outcome.printed, AllOf(HasSubstr("Revision r2"), HasSubstr("the connection was lost")));
  EXPECT_THAT(version_rows(database), ElementsAre("no table"));
}

TEST(Failure, WhenTheConnectionBreaksDuringCommitTheRowsDecide) {
  const TestDatabase database;
  const auto outcome = Engine(database).upgrade(second_step(
      {"CREATE FUNCTION leave() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM "
       "pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(5); RETURN NULL; END $$",
       "CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON r1 DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE "
       "FUNCTION leave()",
       "INSERT INTO r1 VALUES (1)"}));
  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_THAT(outcome.printed, AllOf(HasSubstr("was lost during COMMIT"), HasSubstr("rolled everything back")));
  EXPECT_THAT(version_rows(database), ElementsAre("no table"));
}

TEST(Failure, OfADeferredConstraintAtCommitIsRolledBack) {
  const TestDatabase database;
  const auto outcome = Engine(database).upgrade(
      second_step({"ALTER TABLE r1 ADD UNIQUE (id) DEFERRABLE INITIALLY DEFERRED", "INSERT INTO r1 VALUES (1), (1)"}));
  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_THAT(outcome.printed, HasSubstr("SQLSTATE 23505"));
  EXPECT_THAT(version_rows(database), ElementsAre("no table"));
}

TEST(Failure, AScriptThatWouldEndTheTransactionIsStoppedBeforeItDoes) {
  for (const auto* statement : {"COMMIT", "ROLLBACK", "SELECT 1; COMMIT; BEGIN", "BEGIN"}) {
    const TestDatabase database;
    const auto outcome = Engine(database).upgrade(second_step({statement}));
    EXPECT_EQ(outcome.exit_code, 4);
    EXPECT_THAT(outcome.printed, AllOf(HasSubstr("Revision r2 (upgrade r1 -> r2) failed, and everything"),
                                       HasSubstr("would end or begin the transaction of the run")));
    EXPECT_THAT(version_rows(database), ElementsAre("no table"));
  }
}

TEST(Failure, ARowThatSomebodyElseTookIsAlembicsSentence) {
  const TestDatabase database;
  const auto outcome = Engine(database).upgrade(second_step({"DELETE FROM alembic_version"}));
  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_THAT(outcome.printed,
              HasSubstr("FAILED: Online migration expected to match one row when updating 'r1' to 'r2' in "
                        "'alembic_version'; 0 found"));
  EXPECT_FALSE(has_table(database, "r1"));
}

TEST(Failure, AnUnknownRowIsNamedAndNothingChanges) {
  const TestDatabase database;
  const Engine engine(database);
  ASSERT_EQ(engine.upgrade(line_of_tables(1)).exit_code, 0);
  database.sql("UPDATE alembic_version SET version_num = 'elsewhere'");
  const auto outcome = engine.upgrade(line_of_tables(2));
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_EQ(outcome.printed, "FAILED: Can't locate revision identified by 'elsewhere'\n");
  EXPECT_THAT(version_rows(database), ElementsAre("elsewhere"));
}

TEST(Failure, WithoutAServerTheExitCodeIsThree) {
  const auto outcome = Engine("postgresql://app@127.0.0.1:1/support").upgrade(line_of_tables(1));
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.printed,
              HasSubstr("FAILED: Could not connect to database support on host 127.0.0.1, port 1; check DATABASE_URL"));
}

TEST(EventLoop, IsNoPlaceToMigrateFrom) {
  const TestDatabase database;
  const Engine engine(database);
  {
    const config::EventLoopThread mark;
    const auto outcome = engine.upgrade(line_of_tables(1));
    EXPECT_EQ(outcome.exit_code, 5);
    EXPECT_THAT(outcome.printed,
                AllOf(HasSubstr("this thread runs an event loop"), HasSubstr("support-agent migrate")));
  }
  EXPECT_THAT(version_rows(database), ElementsAre("no table"));
  EXPECT_EQ(engine.upgrade(line_of_tables(1)).exit_code, 0);
}

TEST(Notices, AreLogged) {
  const TestDatabase database;
  testing::internal::CaptureStderr();
  Engine(database).upgrade(second_step({"DO $$ BEGIN RAISE NOTICE 'halfway'; RAISE WARNING 'careful'; END $$"}));
  const auto log = testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, AllOf(HasSubstr("NOTICE:  halfway"), HasSubstr("WARNING:  careful")));
}

TEST(Notices, AVersionTableThatIsThereCausesNone) {
  const TestDatabase database;
  const Engine engine(database);
  ASSERT_EQ(engine.upgrade(line_of_tables(1)).exit_code, 0);
  ASSERT_EQ(engine.downgrade(line_of_tables(1), "base").exit_code, 0);
  testing::internal::CaptureStderr();
  EXPECT_EQ(engine.upgrade(line_of_tables(1)).exit_code, 0);
  EXPECT_THAT(testing::internal::GetCapturedStderr(), Not(HasSubstr("already exists")));
}

TEST(Notices, AnExtensionThatIsNotThereIsAWarningThatNamesTheConsequence) {
  const TestDatabase database;
  if (!database.sql("SELECT FROM pg_available_extensions WHERE name = 'vector'").empty()) {
    GTEST_SKIP() << "pgvector is available on this server";
  }
  auto script = make_script({.revision = "r1"}, "first");
  script.upgrade = [](alembic::Operations& op) {
    op.create_extension("vector", {.if_not_exists = true, .if_available = true});
  };
  testing::internal::CaptureStderr();
  const auto outcome = Engine(database).upgrade(ScriptDirectory({script}));
  const auto log = testing::internal::GetCapturedStderr();
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(log, AllOf(HasSubstr("Extension vector is not available"), HasSubstr("plain type")));
}

TEST(Reports, AnEmptyDatabaseHasNoCurrentRevisionAndGetsNoTable) {
  const TestDatabase database;
  const auto outcome = Engine(database).current(line_of_tables(2));
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.printed, "");
  EXPECT_THAT(version_rows(database), ElementsAre("no table"));
}

TEST(Reports, CurrentInJsonSaysWhetherTheDatabaseIsAtAllHeads) {
  const TestDatabase database;
  const Engine engine(database);
  const auto scripts = line_of_tables(2);
  auto exit_code = alembic::ExitCode::done;
  const auto current = [&] {
    const auto outcome = engine.run(scripts, [&](auto& context) {
      context.format = alembic::command::OutputFormat::json;
      exit_code = alembic::command::current(context, {.check_heads = true});
    });
    return boost::json::parse(outcome.printed);
  };
  engine.upgrade(scripts, "r1");
  const auto behind = current();
  EXPECT_EQ(exit_code, alembic::ExitCode::found);
  EXPECT_EQ(behind.at("at_heads"), false);
  EXPECT_EQ(behind.at("revisions").at(0).at("revision"), "r1");
  engine.upgrade(scripts);
  const auto at_head = current();
  EXPECT_EQ(exit_code, alembic::ExitCode::done);
  EXPECT_EQ(at_head.at("at_heads"), true);
  EXPECT_EQ(at_head.at("rows"), (boost::json::array{"r2"}));
}

TEST(Reports, WorkOnAReadOnlyServer) {
  const TestDatabase database;
  database.sql("ALTER DATABASE " + database.name() + " SET default_transaction_read_only = on");
  const auto outcome = Engine(database).run(
      line_of_tables(1), [](auto& context) { alembic::command::history(context, {.indicate_current = true}); });
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.printed, "<base> -> r1 (head), Create table r1\n");
}

TEST(Stamp, PurgeRepairsUnknownRows) {
  const TestDatabase database;
  const Engine engine(database);
  ASSERT_EQ(engine.upgrade(line_of_tables(2)).exit_code, 0);
  database.sql("INSERT INTO alembic_version VALUES ('elsewhere'), ('nowhere')");
  const auto stamp = [&](alembic::command::StampOptions options) {
    return engine.run(line_of_tables(2), [&](auto& context) { alembic::command::stamp(context, {"r1"}, options); });
  };
  EXPECT_EQ(stamp({}).exit_code, 2);
  EXPECT_EQ(stamp({.purge = true}).exit_code, 0);
  EXPECT_THAT(version_rows(database), ElementsAre("r1"));
  EXPECT_TRUE(has_table(database, "r2"));
}

}  // namespace
}  // namespace support::tests
