#include "app/alembic/runtime/statement_words.hpp"

#include <gtest/gtest.h>

#include "app/alembic/runtime/pqxx_connection.hpp"
#include "app/alembic/runtime/step_failure.hpp"

namespace support::alembic {
namespace {

TEST(TransactionWords, AreToldFromSavepointsAndPreparedStatements) {
  for (const auto* text : {"COMMIT", "commit and chain", "End", "ABORT", "rollback", "ROLLBACK WORK",
                           "PREPARE TRANSACTION 'x'", "/* now */ COMMIT", "-- now\nCOMMIT"}) {
    EXPECT_EQ(transaction_control(text), TransactionControl::ends) << text;
  }
  for (const auto* text : {"BEGIN", "begin isolation level serializable", "START TRANSACTION READ ONLY"}) {
    EXPECT_EQ(transaction_control(text), TransactionControl::begins) << text;
  }
  for (const auto* text : {"ROLLBACK TO s", "ROLLBACK WORK TO SAVEPOINT s", "ROLLBACK TRANSACTION TO s", "SAVEPOINT s",
                           "RELEASE s", "PREPARE p AS SELECT 1", "COMMIT PREPARED 'x'", "ROLLBACK PREPARED 'x'",
                           "SELECT 'COMMIT'", "\"COMMIT\"", "", "COMMITTED"}) {
    EXPECT_EQ(transaction_control(text), TransactionControl::none) << text;
  }
}

TEST(OwnMessage, IsNeededByWhatChangesHowTheServerReadsAndBySavepoints) {
  for (const auto* statement :
       {"SET standard_conforming_strings = off", "set local client_encoding = 'LATIN1'", "-- why\nRESET ALL",
        "DISCARD ALL", "SAVEPOINT a", "RELEASE a", "ROLLBACK TO a", "SELECT pg_catalog.set_config('a.b', 'c', true)",
        "INSERT INTO t VALUES ('\\')", "SELECT E'\\n'"}) {
    EXPECT_TRUE(needs_own_message(statement)) << statement;
  }
  for (const auto* statement :
       {"UPDATE t SET a = 1", "SELECT 1", "INSERT INTO t VALUES ('RESET')", "CREATE TABLE settings (id integer)"}) {
    EXPECT_FALSE(needs_own_message(statement)) << statement;
  }
}

TEST(ConcurrentIndexWords, NameTheIndexInTheSchemaOfItsTable) {
  const auto plain = concurrent_index("CREATE INDEX CONCURRENTLY ix ON people (name)");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->index, "ix");
  EXPECT_EQ(plain->table, "people");
  const auto quoted = concurrent_index(
      "create unique index concurrently if not exists \"Ix \"\"1\"\"\" on only \"My app\".people using gin (tags)");
  ASSERT_TRUE(quoted);
  EXPECT_EQ(quoted->index, "\"My app\".\"Ix \"\"1\"\"\"");
  EXPECT_EQ(quoted->table, "\"My app\".people");
  const auto unnamed = concurrent_index("CREATE INDEX CONCURRENTLY ON app.people (name)");
  ASSERT_TRUE(unnamed);
  EXPECT_EQ(unnamed->index, "");
  for (const auto* text : {"CREATE INDEX ix ON t (a)", "DROP INDEX CONCURRENTLY ix", "CREATE TABLE concurrently ()",
                           "CREATE INDEX CONCURRENTLY", "CREATE INDEX CONCURRENTLY IF ix ON t (a)", "CREATE"}) {
    EXPECT_FALSE(concurrent_index(text)) << text;
  }
}

TEST(ConcurrentReindexWords, StandAnywhereBeforeTheName) {
  EXPECT_TRUE(is_concurrent_reindex("REINDEX INDEX CONCURRENTLY ix"));
  EXPECT_TRUE(is_concurrent_reindex("reindex (verbose, tablespace x) table concurrently t"));
  EXPECT_FALSE(is_concurrent_reindex("REINDEX TABLE t"));
}

TEST(CopyDirectionOfAStatement, IsFromTheClientToTheClientOrNeither) {
  for (const auto* text :
       {"COPY t FROM stdin", "/* rows */ copy a.\"t\" (b, c) from STDIN WITH (FORMAT csv)", "COPY t(a)FROM STDIN"}) {
    EXPECT_EQ(copy_direction(text), CopyDirection::from_client) << text;
  }
  for (const auto* text : {"COPY t TO STDOUT", "copy (SELECT a FROM t) to stdout csv"}) {
    EXPECT_EQ(copy_direction(text), CopyDirection::to_client) << text;
  }
  for (const auto* text : {"COPY t FROM '/tmp/stdin'", "COPY t TO PROGRAM 'cat'", "SELECT 1 FROM stdin", "COPY", ""}) {
    EXPECT_EQ(copy_direction(text), CopyDirection::none) << text;
  }
}

TEST(Report, ALineOfAQueryWithinAFunctionIsNoneOfTheStatement) {
  const auto report = parse_report(
      "ERROR:  syntax error at or near \"foo\"\nLINE 2: foo\n        ^\nQUERY:  SELECT\nfoo\nCONTEXT:  PL/pgSQL "
      "function\n",
      "42601");
  EXPECT_EQ(report.line, 0U);
  EXPECT_EQ(report.message, "syntax error at or near \"foo\"");
  EXPECT_EQ(report.context, "PL/pgSQL function");
}

TEST(Report, IsTakenApart) {
  const auto report = parse_report(
      "ERROR:  column \"b\" does not exist\nLINE 3:   b = 1\n          ^\nDETAIL:  first\nsecond\nHINT:  try c\n"
      "CONTEXT:  SQL function \"f\"\n",
      "42703");
  EXPECT_EQ(report.message, "column \"b\" does not exist");
  EXPECT_EQ(report.line, 3U);
  EXPECT_EQ(report.detail, "first second");
  EXPECT_EQ(report.hint, "try c");
  EXPECT_EQ(report.context, "SQL function \"f\"");
}

TEST(StepFailure, SaysWhatStays) {
  MigrationStep step{.kind = MigrationStep::Kind::upgrade};
  step.from = {"r1"};
  step.to = {"r2"};
  EXPECT_EQ(step_failure(step, {}, "why"),
            "Revision r2 (upgrade r1 -> r2) failed, and everything of this run was rolled back: why");
  EXPECT_EQ(
      step_failure(step, {.rows = {"r1"}, .steps_are_kept = true}, "why"),
      "Revision r2 (upgrade r1 -> r2) failed and was rolled back; the steps before it stay, and the version table "
      "says r1: why");
  EXPECT_EQ(step_failure(step, {.rows = {"r1"}, .in_transaction = 1, .kept = 1}, "why"),
            "Revision r2 (upgrade r1 -> r2) failed half-way: 1 statement of it ran outside a transaction and stays, "
            "what followed was rolled back; the version table says r1: why");
  EXPECT_EQ(step_failure(step, {.rows = {"r1"}, .outside = true}, "why"),
            "Revision r2 (upgrade r1 -> r2) failed outside of a transaction; the version table says r1: why");
  EXPECT_EQ(
      step_failure(step, {.kept = 2}, "why"),
      "Revision r2 (upgrade r1 -> r2) failed half-way: 2 statements of it ran outside a transaction and stay; the "
      "version table holds no revision: why");
}

TEST(Place, IsExactInAnSqlFileAndTheOperationsLineInCpp) {
  EXPECT_EQ(place_text({}, "versions/a.sql", 1, 2), "");
  EXPECT_EQ(place_text(SourceLine("versions/a.sql", 14), "versions/a.sql", 1, 3), "versions/a.sql:16");
  EXPECT_EQ(place_text(SourceLine("/build/app/alembic/versions/a.cpp", 20), "app/alembic/versions/a.cpp", 1, 0),
            "app/alembic/versions/a.cpp:20");
  EXPECT_EQ(place_text(SourceLine("/build/app/alembic/versions/a.cpp", 20), "app/alembic/versions/a.cpp", 2, 3),
            "app/alembic/versions/a.cpp:20, line 4 of its SQL");
  EXPECT_EQ(place_text(SourceLine("/build/elsewhere.cpp", 7), "app/alembic/versions/a.cpp", 1, 0), "elsewhere.cpp:7");
}

}  // namespace
}  // namespace support::alembic
