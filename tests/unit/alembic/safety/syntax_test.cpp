#include <gmock/gmock.h>

#include "app/alembic/safety/linter.hpp"
#include "app/alembic/safety/syntax/script.hpp"

namespace support::alembic::safety {
namespace {

std::vector<unsigned> lines_of(const Script& script) {
  std::vector<unsigned> lines;
  for (const auto& statement : script.statements) lines.push_back(statement.line);
  return lines;
}

// The place that an error names.
std::pair<unsigned, unsigned> place_of_error(const std::string& sql) {
  try {
    read_script(sql, "file.sql");
  } catch (const ScriptError& error) {
    return {error.line(), error.column()};
  }
  return {0, 0};
}

TEST(ReadScript, CountsLinesFromTheFirstToken) {
  const auto script = read_script("-- one\n\nSELECT 1;\n  SELECT\n2; SELECT 3", "file.sql");
  EXPECT_EQ(lines_of(script), (std::vector<unsigned>{3, 4, 5}));
  EXPECT_EQ(script.statements[1].sql, "SELECT\n2");
}

TEST(ReadScript, CountsOnFromTheLineThatTheTextBeginsAt) {
  EXPECT_EQ(lines_of(read_script("\nSELECT 1", "file.sql", 10)), (std::vector<unsigned>{11}));
}

TEST(ReadScript, SkipsTheRowsOfCopyAndKeepsTheLinesBehindThem) {
  const auto script = read_script(
      "COPY a FROM stdin;\n1\tit's; \"x\n\\.\nCOPY b (c) FROM STDIN WITH (FORMAT csv);\n'\n\\.\nSELECT 1;", "f.sql");
  EXPECT_EQ(lines_of(script), (std::vector<unsigned>{1, 4, 7}));
}

TEST(ReadScript, KeepsAByteOrderMarkOut) {
  EXPECT_EQ(read_script("\xEF\xBB\xBFSELECT 1", "file.sql").statements.size(), 1U);
}

TEST(ReadScript, NamesThePlaceOfASyntaxErrorInCharacters) {
  EXPECT_EQ(place_of_error("SELECT 1;\nSELECT 'é', FROM x"), (std::pair{2U, 13U}));
  EXPECT_EQ(place_of_error("SELECT 1;\n\n  SELECT 'abc"), (std::pair{3U, 10U}));
  EXPECT_EQ(place_of_error("SELECT 1;\n/* no end"), (std::pair{2U, 1U}));
  EXPECT_EQ(place_of_error("SELECT\n$a$ no end"), (std::pair{2U, 1U}));
  EXPECT_EQ(place_of_error("SELECT 1;\n\\d users"), (std::pair{2U, 1U}));
}

TEST(ReadScript, RefusesWhatIsNotUtf8) {
  EXPECT_EQ(place_of_error("SELECT 1;\nSELECT '\xFF'"), (std::pair{2U, 9U}));
  EXPECT_EQ(place_of_error(std::string("SELECT 1;\0", 10)), (std::pair{1U, 10U}));
  EXPECT_EQ(place_of_error("SELECT '\xC0\x80'"), (std::pair{1U, 9U}));
  EXPECT_EQ(place_of_error("SELECT '\xED\xA0\x80'"), (std::pair{1U, 9U}));
}

TEST(ReadScript, RefusesATreeThatWouldNotFitTheStack) {
  std::string chain = "SELECT 1";
  for (int i = 0; i < 100'000; ++i) chain += "+1";
  EXPECT_THROW(read_script(chain, "file.sql"), ScriptError);
  EXPECT_THROW(read_script("SELECT " + std::string(100'000, '('), "file.sql"), ScriptError);
  std::string nots = "SELECT ";
  for (int i = 0; i < 5'000; ++i) nots += "NOT ";
  EXPECT_THROW(read_script(nots + "true", "file.sql"), ScriptError);
}

TEST(ReadScript, TakesLongListsAndLongConditions) {
  std::string values = "INSERT INTO a VALUES (1)";
  for (int i = 0; i < 30'000; ++i) values += ", (-1)";
  EXPECT_NO_THROW(read_script(values, "file.sql"));
  std::string condition = "DELETE FROM a WHERE b = 1";
  for (int i = 0; i < 1'000; ++i) condition += " OR b = 1";
  EXPECT_NO_THROW(read_script(condition, "file.sql"));
}

TEST(ReadScript, ReadsTheHeaderOfASqlMigration) {
  using Transactional = Script::Transactional;
  EXPECT_EQ(read_script("-- transactional: false\nSELECT 1", "f.sql").transactional, Transactional::no);
  EXPECT_EQ(read_script("-- words\n-- transactional: true\nSELECT 1", "f.sql").transactional, Transactional::yes);
  EXPECT_EQ(read_script("SELECT 1; -- transactional: false", "f.sql").transactional, Transactional::unsaid);
}

TEST(ReadScript, FindsWhatAStatementIsAllowed) {
  const auto script =
      read_script("-- allow: a, b: because\n/* allow: c */ SELECT 1; -- allow: d: also\nSELECT 2;", "f.sql");
  const auto& allowances = script.statements[0].allowances;
  ASSERT_EQ(allowances.size(), 3U);
  EXPECT_EQ(allowances[0].rules, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(allowances[0].reason, "because");
  EXPECT_EQ(allowances[1].reason, "");
  EXPECT_EQ(allowances[2].rules, (std::vector<std::string>{"d"}));
  EXPECT_TRUE(script.statements[1].allowances.empty());
}

class NewerSyntax : public ::testing::TestWithParam<const char*> {};

TEST_P(NewerSyntax, IsRead) {
  EXPECT_NO_THROW(read_script(GetParam(), "file.sql"));
}

INSTANTIATE_TEST_SUITE_P(
    Statements, NewerSyntax,
    ::testing::Values("ALTER TABLE t ADD CONSTRAINT n NOT NULL a NOT VALID", "ALTER TABLE t ADD NOT NULL a NO INHERIT",
                      "CREATE TABLE t(a int, CONSTRAINT n NOT NULL a)",
                      "CREATE TABLE t(a int, b int GENERATED ALWAYS AS (a) VIRTUAL)",
                      "CREATE TABLE t(a int, b int GENERATED ALWAYS AS (a))",
                      "ALTER TABLE t ALTER a SET EXPRESSION AS (b + 1)", "ALTER TABLE t ADD CHECK (a > 0) NOT ENFORCED",
                      "ALTER TABLE t ALTER CONSTRAINT c ENFORCED", "ALTER TABLE t ALTER CONSTRAINT c NO INHERIT",
                      "CREATE TABLE t(a text STORAGE EXTERNAL)", "ALTER TABLE t ADD UNIQUE (a, b WITHOUT OVERLAPS)",
                      "ALTER TABLE t SET ACCESS METHOD DEFAULT", "ALTER TABLE t ALTER a SET STORAGE DEFAULT",
                      "ALTER TABLE t ALTER a SET STATISTICS DEFAULT",
                      "MERGE INTO t USING s ON t.a = s.a WHEN NOT MATCHED BY SOURCE THEN DELETE RETURNING *",
                      "CREATE VIEW v AS SELECT a IS NOT JSON OBJECT WITH UNIQUE KEYS FROM t",
                      "GRANT a TO b WITH INHERIT TRUE", "ANALYZE ONLY t", "VACUUM ONLY t", "REINDEX DATABASE",
                      "CREATE STATISTICS ON a, b FROM t", "REPACK t"));

TEST(NewerSyntax, KeepsWhatIsSaidOfEachConstraint) {
  const auto script = read_script(
      "CREATE TABLE t(a int, b int, CONSTRAINT x CHECK (a > 0) NOT ENFORCED, CONSTRAINT y CHECK (b > 0), "
      "CONSTRAINT z NOT NULL b)",
      "file.sql");
  const auto elements = script.statements[0].node().items("tableElts");
  EXPECT_TRUE(elements[2].flag("not_enforced"));
  EXPECT_FALSE(elements[3].flag("not_enforced"));
  EXPECT_EQ(elements[4].text("contype"), "CONSTR_NOTNULL");
  EXPECT_EQ(elements[4].strings("keys"), (std::vector<std::string>{"b"}));
}

}  // namespace
}  // namespace support::alembic::safety
