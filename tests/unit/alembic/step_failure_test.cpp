#include "app/alembic/runtime/step_failure.hpp"

#include <gtest/gtest.h>

#include "app/alembic/runtime/pqxx_connection.hpp"

namespace support::alembic {
namespace {

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
  EXPECT_EQ(report.column, 3U);
  EXPECT_EQ(report.detail, "first second");
  EXPECT_EQ(report.hint, "try c");
  EXPECT_EQ(report.context, "SQL function \"f\"");
}

TEST(Report, FindsTheColumnInALongLineOfWhichAPieceIsShown) {
  const std::string statement = "SELECT 1,\n       'é', " + std::string(80, '1') + ", nothing, " + std::string(80, '2');
  const std::string text =
      "ERROR:  column \"nothing\" does not exist\nLINE 2: ...1111111111, nothing, 2222222222...\n" +
      std::string(23, ' ') + "^\n";
  EXPECT_EQ(parse_report(text, "42703", statement).column, 95U);
  EXPECT_EQ(parse_report(text, "42703").column, 0U);
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
