#include "app/alembic/safety/revisions.hpp"

#include <gmock/gmock.h>

#include "app/alembic/errors.hpp"
#include "app/alembic/operations/operations.hpp"
#include "app/alembic/script/sql_script.hpp"

namespace support::alembic::safety {
namespace {

using ::testing::Contains;
using ::testing::Not;

std::string header(const std::string& revision, const std::string& down_revision, const std::string& more = "") {
  return "-- message\n--\n-- revision: " + revision + "\n-- down_revision: " + down_revision +
         "\n-- create_date: 2026-01-18 03:38:38\n" + more + "\n";
}

alembic::Script sql_script(const std::string& revision, const std::string& down_revision, const std::string& upgrade,
                           const std::string& downgrade, const std::string& more = "") {
  return parse_sql_script("m/" + revision + ".sql", header(revision, down_revision, more) + "-- migrate:upgrade\n" +
                                                        upgrade + "\n-- migrate:downgrade\n" + downgrade + "\n");
}

alembic::Script cpp_script(const std::string& revision, const std::string& down_revision, Body upgrade,
                           Body downgrade) {
  alembic::Script script;
  script.declared.revision = revision;
  if (!down_revision.empty()) script.declared.down_revisions = {down_revision};
  script.path = "m/" + revision + ".cpp";
  script.upgrade = std::move(upgrade);
  script.downgrade = std::move(downgrade);
  return script;
}

LintReport lint(std::vector<alembic::Script> scripts, const RevisionRange& range = {}) {
  const ScriptDirectory directory(std::move(scripts));
  Linter linter({.timeouts = Timeouts::by_engine});
  lint_revisions(linter, directory, range, {.mode = Mode::offline});
  return linter.take_report();
}

std::vector<std::string> rules_in(const LintReport& report) {
  std::vector<std::string> rules;
  for (const auto& finding : report.findings) rules.emplace_back(finding.rule);
  return rules;
}

const std::string create = "CREATE TABLE users(id bigint PRIMARY KEY, name varchar(20));";

TEST(LintRevisions, KnowsTheSchemaThatEarlierRevisionsMade) {
  const auto report = lint({sql_script("aa", "", create, "DROP TABLE users;"),
                            sql_script("bb", "aa", "ALTER TABLE users ALTER name TYPE text;",
                                       "ALTER TABLE users ALTER name TYPE varchar(20);")},
                           {.from = {"aa"}});
  EXPECT_THAT(rules_in(report), Not(Contains("alter-column-type-rewrite")));
}

TEST(LintRevisions, CountsATableOfAnEarlierRevisionAsInUse) {
  const auto report = lint({sql_script("aa", "", create, "DROP TABLE users;"),
                            sql_script("bb", "aa", "\n\nCREATE INDEX i ON users (name);", "DROP INDEX i;")});
  ASSERT_THAT(rules_in(report), Contains("create-index-not-concurrent"));
  EXPECT_EQ(report.findings[0].file, "m/bb.sql");
  EXPECT_EQ(report.findings[0].line, 10U);
}

TEST(LintRevisions, JudgesOnlyTheRange) {
  const auto report =
      lint({sql_script("aa", "", create, "DROP TABLE users;"),
            sql_script("bb", "aa", "CREATE INDEX i ON users (name);", "DROP INDEX i;"),
            sql_script("cc", "bb", "COMMENT ON TABLE users IS 'x';", "COMMENT ON TABLE users IS NULL;")},
           {.from = {"bb"}, .to = "cc"});
  EXPECT_THAT(rules_in(report), Not(Contains("create-index-not-concurrent")));
  EXPECT_EQ(report.statements, 1U);
}

TEST(LintRevisions, LeavesTimeOutsToTheEngine) {
  const auto report = lint({sql_script("aa", "", "SET lock_timeout = '3s';\nALTER TABLE old ADD COLUMN a int;",
                                       "ALTER TABLE old DROP COLUMN a;")});
  EXPECT_THAT(rules_in(report), Contains("timeout-override"));
  EXPECT_THAT(rules_in(report), Not(Contains("missing-statement-timeout")));
}

TEST(LintRevisions, ReadsAllowancesInSqlAndInCpp) {
  const auto report = lint(
      {sql_script("aa", "", "-- allow: drop-table: unused\nDROP TABLE old;", "CREATE TABLE old(id int PRIMARY KEY);"),
       cpp_script(
           "bb", "aa",
           [](Operations& op) {
             op.allow("drop-table", "unused as well");
             op.drop_table("older");
             op.drop_table("oldest");
           },
           [](Operations& op) { op.execute("SELECT 1"); })});
  ASSERT_EQ(report.accepted.size(), 2U);
  EXPECT_EQ(report.accepted[1].reason, "unused as well");
  EXPECT_THAT(rules_in(report), Contains("drop-table"));
}

TEST(LintRevisions, NamesTheLineOfAnOperation) {
  unsigned line = 0;
  const auto report = lint({cpp_script(
      "aa", "",
      [&line](Operations& op) {
        line = __LINE__ + 1;
        op.drop_table("old");
      },
      [](Operations& op) { op.execute("SELECT 1"); })});
  ASSERT_FALSE(report.findings.empty());
  EXPECT_EQ(report.findings[0].line, line);
  EXPECT_EQ(report.findings[0].file, "m/aa.cpp");
}

TEST(LintRevisions, TakesAConcurrentIndexOutOfTheTransactionAsTheEngineDoes) {
  const auto upgrade = [](Operations& op) {
    op.execute("ALTER TABLE old ADD COLUMN a int");
    op.create_index("i", "old", {"a"}, {.concurrently = true});
  };
  const auto downgrade = [](Operations& op) { op.execute("ALTER TABLE old DROP COLUMN a"); };
  EXPECT_THAT(rules_in(lint({cpp_script("aa", "", upgrade, downgrade)})), Not(Contains("concurrently-in-transaction")));
}

TEST(LintRevisions, KnowsThatAConcurrentIndexLeavesTheTransactionByItself) {
  const std::string sql = "ALTER TABLE old ADD COLUMN a int;\nCREATE INDEX CONCURRENTLY i ON old (a);";
  EXPECT_THAT(rules_in(lint({sql_script("aa", "", sql, "SELECT 1;")})), Not(Contains("concurrently-in-transaction")));
  EXPECT_THAT(rules_in(lint({sql_script("aa", "", sql, "SELECT 1;", "-- transactional: false")})),
              Not(Contains("concurrently-in-transaction")));
}

TEST(LintRevisions, MissesAWayBack) {
  EXPECT_THAT(rules_in(lint({cpp_script(
                  "aa", "", [](Operations& op) { op.execute("CREATE TABLE a(id int PRIMARY KEY)"); }, {})})),
              Contains("missing-downgrade"));
}

TEST(LintRevisions, AcceptsAWayBackThatIsSaidToBeNone) {
  const auto script =
      parse_sql_script("m/aa.sql", header("aa", "") + "-- migrate:upgrade\n" + create +
                                       "\n-- migrate:downgrade\n-- migrate:irreversible the rows are gone\n");
  EXPECT_THAT(rules_in(lint({script})), Not(Contains("missing-downgrade")));
}

TEST(LintRevisions, ComparesTheWayBackWithTheWayThere) {
  const auto report = lint({sql_script("aa", "", create, "DROP TABLE users;"),
                            sql_script("bb", "aa", "ALTER TABLE users ADD COLUMN a int, ADD COLUMN b int;",
                                       "ALTER TABLE users DROP COLUMN a;")});
  ASSERT_THAT(rules_in(report), Contains("asymmetric-downgrade"));
  EXPECT_THAT(report.findings.back().message, ::testing::HasSubstr("column b of users is left"));
}

TEST(LintRevisions, FindsNothingWrongWithAWayBackThatLeadsBack) {
  const auto report =
      lint({sql_script("aa", "", create + "CREATE INDEX i ON users (name);", "DROP INDEX i; DROP TABLE users;"),
            sql_script("bb", "aa", "ALTER TABLE users RENAME COLUMN name TO title;",
                       "ALTER TABLE users RENAME COLUMN title TO name;")});
  EXPECT_THAT(rules_in(report), Not(Contains("asymmetric-downgrade")));
}

TEST(LintRevisions, SaysWhenARevisionAsksTheDatabase) {
  const auto asks = cpp_script("aa", "", [](Operations& op) { op.get_bind().execute("SELECT 1"); }, {});
  EXPECT_THROW(lint({asks}), CommandError);
}

TEST(RevisionRange, HasTwoEnds) {
  EXPECT_EQ(parse_revision_range("aa:bb").from, (RevisionIds{"aa"}));
  EXPECT_EQ(parse_revision_range("aa:bb").to, "bb");
  EXPECT_EQ(parse_revision_range("aa:").to, "heads");
  EXPECT_TRUE(parse_revision_range(":bb").from.empty());
  EXPECT_TRUE(parse_revision_range("base:bb").from.empty());
  EXPECT_THROW(parse_revision_range("aa"), CommandError);
}

}  // namespace
}  // namespace support::alembic::safety
