// Statements of an SQL migration share messages to the server. Nobody shall notice but the clock.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/alembic/engine.hpp"
#include "tests/support/migration_scripts.hpp"

namespace support::tests {
namespace {

using alembic::ScriptDirectory;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// r1 makes the table r1; what comes second runs `statements`, the first of them in line 9 of its file.
ScriptDirectory second_step(std::vector<std::string> statements) {
  return ScriptDirectory(
      {make_sql_script({.revision = "r1"}, {.upgrade = {"CREATE TABLE r1 (id integer PRIMARY KEY)"}}),
       make_sql_script({.revision = "r2", .down_revisions = {"r1"}}, {.upgrade = std::move(statements)})});
}

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(SharedMessage, NamesTheStatementThatFailedWithAllThatTheServerSays) {
  const TestDatabase database;
  const auto outcome =
      Engine(database).upgrade(second_step({"CREATE TABLE a (id integer)", "INSERT INTO a\n  VALUES (1)",
                                            "INSERT INTO r1 VALUES (7), (7)", "CREATE TABLE b (id integer)"}));
  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_THAT(outcome.printed,
              AllOf(HasSubstr("Revision r2 (upgrade r1 -> r2) failed, and everything of this run was rolled back"),
                    HasSubstr("duplicate key value violates unique constraint \"r1_pkey\" (SQLSTATE 23505)"),
                    HasSubstr("detail: Key (id)=(7) already exists."),
                    HasSubstr("statement: INSERT INTO r1 VALUES (7), (7); at mig/r2.sql:12\n")));
  EXPECT_THAT(version_rows(database), ElementsAre("no table"));
}

TEST(SharedMessage, CountsLinesWithinTheStatementThatFailed) {
  const TestDatabase database;
  const auto outcome = Engine(database).upgrade(second_step(
      {"CREATE TABLE a (\n  id integer\n)", "INSERT INTO a VALUES (1)", "SELECT id,\n  1,\n  upper(id)\nFROM a"}));
  EXPECT_THAT(outcome.printed, AllOf(HasSubstr("function upper(integer) does not exist (SQLSTATE 42883)"),
                                     HasSubstr("hint: No function"),
                                     HasSubstr("statement: SELECT id, 1, upper(id) FROM a; at mig/r2.sql:15\n")));
}

// The server reads the whole message first, so nothing of it has run.
TEST(SharedMessage, NamesAStatementThatTheServerCannotRead) {
  const TestDatabase database;
  const auto outcome = Engine(database).upgrade(second_step({"CREATE TABLE a (id integer)", "INSERT INTO a VALUES (1)",
                                                             "SELECT 1\n  FORM a", "CREATE TABLE b (id integer)"}));
  EXPECT_THAT(outcome.printed, AllOf(HasSubstr("syntax error at or near \"a\" (SQLSTATE 42601)"),
                                     HasSubstr("statement: SELECT 1 FORM a; at mig/r2.sql:12\n")));
}

TEST(SharedMessage, NamesTheFirstStatement) {
  const TestDatabase database;
  const auto outcome = Engine(database).upgrade(second_step({"DROP TABLE nowhere", "CREATE TABLE b (id integer)"}));
  EXPECT_THAT(outcome.printed, AllOf(HasSubstr("table \"nowhere\" does not exist (SQLSTATE 42P01)"),
                                     HasSubstr("statement: DROP TABLE nowhere; at mig/r2.sql:9\n")));
}

TEST(SharedMessage, OfWhichOneStatementWantsNoTransactionGivesTheAdvice) {
  const TestDatabase database;
  const auto outcome = Engine(database).upgrade(
      second_step({"CREATE TABLE a (id integer)", "VACUUM r1", "CREATE TABLE b (id integer)"}));
  EXPECT_THAT(outcome.printed, AllOf(HasSubstr("SQLSTATE 25001"), HasSubstr("`-- transactional: false`"),
                                     HasSubstr("statement: VACUUM r1; at mig/r2.sql:10")));
}

TEST(SharedMessage, WhoseConnectionBreaksIsRolledBack) {
  const TestDatabase database;
  const auto outcome = Engine(database).upgrade(second_step(
      {"CREATE TABLE a (id integer)", "SELECT pg_terminate_backend(pg_backend_pid())", "CREATE TABLE b (id integer)"}));
  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_THAT(outcome.printed, AllOf(HasSubstr("Revision r2"), HasSubstr("the connection was lost")));
  EXPECT_THAT(version_rows(database), ElementsAre("no table"));
}

TEST(SharedMessage, WithoutTheRowItShallChangeIsAlembicsSentence) {
  const TestDatabase database;
  const auto outcome =
      Engine(database).upgrade(second_step({"CREATE TABLE a (id integer)", "DELETE FROM alembic_version"}));
  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_THAT(outcome.printed,
              HasSubstr("FAILED: Online migration expected to match one row when updating 'r1' to 'r2' in "
                        "'alembic_version'; 0 found"));
}

TEST(SharedMessage, ThatCannotWriteTheRowNamesIt) {
  const TestDatabase database;
  const auto outcome = Engine(database).upgrade(
      second_step({"CREATE TABLE a (id integer)", "ALTER TABLE alembic_version ADD CHECK (version_num <> 'r2')"}));
  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_THAT(outcome.printed,
              AllOf(HasSubstr("SQLSTATE 23514"), HasSubstr("statement: UPDATE alembic_version SET version_num='r2'"),
                    Not(HasSubstr("; at "))));
}

TEST(SharedMessage, WithRemarksLogsEachOnce) {
  const TestDatabase database;
  testing::internal::CaptureStderr();
  const auto outcome = Engine(database).upgrade(
      second_step({"DROP TABLE IF EXISTS first", "DROP TABLE IF EXISTS second", "DROP TABLE nowhere"}));
  const auto log = testing::internal::GetCapturedStderr();
  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_EQ(occurrences(log, "table \"first\" does not exist, skipping"), 1U);
  EXPECT_EQ(occurrences(log, "table \"second\" does not exist, skipping"), 1U);
}

// Whatever comes first fails first, also when a later statement would not even be sent.
TEST(SharedMessage, FailsBeforeAStatementThatMayNotRun) {
  const TestDatabase database;
  const Engine engine(database);
  EXPECT_THAT(engine.upgrade(second_step({"CREATE TABLE a (id integer)", "DROP TABLE nowhere", "COMMIT"})).printed,
              HasSubstr("table \"nowhere\" does not exist"));
  EXPECT_THAT(engine.upgrade(second_step({"CREATE TABLE a (id integer)", "COMMIT"})).printed,
              HasSubstr("would end or begin the transaction of the run"));
  EXPECT_THAT(version_rows(database), ElementsAre("no table"));
}

TEST(SharedMessage, LeavesRowsOfCopyAndSavepointsInTheirPlaces) {
  const TestDatabase database;
  const auto outcome = Engine(database).upgrade(second_step(
      {"CREATE TABLE a (id integer)", "COPY a FROM stdin;\n1\n2\n\\.\nINSERT INTO a SELECT max(id) + 1 FROM a",
       "SAVEPOINT s", "DELETE FROM a", "ROLLBACK TO SAVEPOINT s", "INSERT INTO a SELECT max(id) + 1 FROM a"}));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.printed;
  EXPECT_EQ(database.sql("SELECT string_agg(id::text, ' ' ORDER BY id) FROM a").front().front(), "1 2 3 4");
  EXPECT_THAT(version_rows(database), ElementsAre("r2"));
}

// While the culprit is looked for, the transaction stays failed: no statement runs a second time.
TEST(SharedMessage, ThatCannotBeReadDoesNotRunWhatStandsInIt) {
  const TestDatabase database;
  database.sql("CREATE SEQUENCE calls");
  const auto outcome = Engine(database).upgrade(
      second_step({"SELECT nextval('calls')", "SAVEPOINT s", "SELECT nextval('calls')", "ROLLBACK TO SAVEPOINT s",
                   "SELECT nextval('calls')", "SELECT nextval('calls') FORM a"}));
  EXPECT_THAT(outcome.printed, HasSubstr("at mig/r2.sql:14\n"));
  EXPECT_EQ(database.sql("SELECT last_value FROM calls").front().front(), "2");
}

// With DATABASE_ECHO the last statement of the log is the one that failed.
TEST(SharedMessage, IsNotUsedWhereStatementsAreLogged) {
  const TestDatabase database;
  Engine engine(database);
  engine.environment().echo = true;
  testing::internal::CaptureStderr();
  engine.upgrade(second_step({"CREATE TABLE a (id integer)", "DROP TABLE nowhere", "CREATE TABLE b (id integer)"}));
  const auto log = testing::internal::GetCapturedStderr();
  EXPECT_THAT(log,
              AllOf(HasSubstr("CREATE TABLE a"), HasSubstr("DROP TABLE nowhere"), Not(HasSubstr("CREATE TABLE b"))));
}

}  // namespace
}  // namespace support::tests
