#include <fmt/format.h>
#include <gmock/gmock.h>

#include "app/alembic/errors.hpp"
#include "app/alembic/safety/signoff/signoff_file.hpp"
#include "app/alembic/safety/signoff/signoff_gate.hpp"
#include "app/alembic/safety/syntax/canonical.hpp"

#include "tests/support/migration_scripts.hpp"

namespace support::alembic::safety {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

std::string digit_row(char digit) {
  return std::string(64, digit);
}

TEST(StatementDigest, StaysWhenOnlyTheFormOfTheTextChanges) {
  const auto digest = statement_digest("CREATE INDEX ix ON messages (org, id)");
  for (const auto* same : {"create index IX on Messages(org,id);", "CREATE INDEX ix\n  ON messages (\n  org,\n  id)\n",
                           "-- why\nCREATE INDEX ix /* how */ ON messages (org, id); -- done",
                           "CREATE INDEX ix ON messages ( org , id ) ;"}) {
    EXPECT_EQ(statement_digest(same), digest) << same;
  }
  EXPECT_EQ(digest.size(), 64U);
}

TEST(StatementDigest, ChangesWithTheStatement) {
  const auto digest = statement_digest("UPDATE m SET a = 'x  y' WHERE b");
  for (const auto* other :
       {"UPDATE m SET a = 'x y' WHERE b", "UPDATE m SET a = 'X  Y' WHERE b", "UPDATE m SET a = 'x  y'",
        "UPDATE \"M\" SET a = 'x  y' WHERE b", "UPDATE m SET a = 'x  y' WHERE b -- or c\n OR c"}) {
    EXPECT_NE(statement_digest(other), digest) << other;
  }
}

TEST(StatementDigest, KeepsTokensApart) {
  EXPECT_NE(canonical_sql("SELECT a b"), canonical_sql("SELECT ab"));
  EXPECT_NE(canonical_sql("SELECT - -1"), canonical_sql("SELECT --1"));
  EXPECT_NE(canonical_sql("SELECT 'a' 'b'"), canonical_sql("SELECT 'a''b'"));
}

Signoff entry() {
  return {.sha256 = digit_row('a'),
          .revision = "ae10",
          .statement = "UPDATE m SET \"a\" = E'\\n'",
          .relation = "public.m",
          .by = "Jöran \"J\" O'Neill",
          .at = "2026-01-31T09:30:00Z",
          .reason = "line 1\nline 2\t\\"};
}

TEST(SignoffFile, KeepsWhatIsThereWhenEntriesAreAdded) {
  const std::string text = "# ours\n[tables]\n\"messages\" = { rows = 5 } # small\n";
  const auto more = add_signoffs(text, {entry()});
  EXPECT_THAT(more, StartsWith(text));
  const auto twice = add_signoffs(more, {entry()});
  EXPECT_THAT(twice, StartsWith(more));
  const auto file = parse_signoffs(twice, "signoffs.toml");
  ASSERT_EQ(file.signoffs.size(), 2U);
  const auto& read = file.signoffs.front();
  EXPECT_EQ(read.statement, entry().statement);
  EXPECT_EQ(read.by, entry().by);
  EXPECT_EQ(read.reason, entry().reason);
  EXPECT_EQ(read.at, entry().at);
  EXPECT_EQ(file.tables.at("public.messages").rows, 5);
}

TEST(SignoffFile, CoversAStatementOfItsRevisionAlone) {
  const auto file = parse_signoffs(add_signoffs("", {entry()}), "f");
  EXPECT_TRUE(file.covers(digit_row('a'), "ae10"));
  EXPECT_TRUE(file.covers(digit_row('a'), ""));
  EXPECT_FALSE(file.covers(digit_row('a'), "ae11"));
  EXPECT_FALSE(file.covers(digit_row('b'), "ae10"));
}

TEST(SignoffFile, ReadsSizes) {
  const auto file =
      parse_signoffs("[tables]\n\"a.b\" = { rows = 250_000_000, size = \"80GiB\" }\nc = {size = \"2 TiB\"}", "f");
  EXPECT_EQ(file.tables.at("a.b").rows, 250e6);
  EXPECT_EQ(file.tables.at("a.b").bytes, 80ULL << 30);
  EXPECT_EQ(file.tables.at("public.c").bytes, 2ULL << 40);
}

std::string complaint(const std::string& text) {
  try {
    parse_signoffs(text, "mig/signoffs.toml");
  } catch (const CommandError& error) {
    EXPECT_EQ(error.exit_code(), ExitCode::request);
    return error.what();
  }
  return "";
}

// A whole entry with one line changed.
std::string with(const std::string& key, const std::string& value) {
  const std::vector<std::pair<std::string, std::string>> lines{{"sha256", "\"" + digit_row('a') + "\""},
                                                               {"revision", "\"ae10\""},
                                                               {"statement", "\"S\""},
                                                               {"relation", "\"m\""},
                                                               {"by", "\"B\""},
                                                               {"at", "2026-01-31T09:30:00+02:00"},
                                                               {"reason", "\"R\""}};
  std::string text = "[[signoff]]\n";
  for (const auto& [name, whole] : lines) {
    const auto& written = name == key ? value : whole;
    if (!written.empty()) text += name + " = " + written + "\n";
  }
  return text;
}

TEST(SignoffFile, SaysWhereItIsMalformed) {
  EXPECT_EQ(complaint(with("", "")), "");
  EXPECT_THAT(complaint("# x\n[[signoff]\n"), StartsWith("mig/signoffs.toml:2:11: "));
  EXPECT_THAT(complaint(with("reason", "")), AllOf(StartsWith("mig/signoffs.toml:1:1: "), HasSubstr("no 'reason'")));
  EXPECT_THAT(complaint(with("reason", "\" \"")), AllOf(StartsWith("mig/signoffs.toml:8:10: "), HasSubstr("empty")));
  EXPECT_THAT(complaint(with("by", "5")), AllOf(StartsWith("mig/signoffs.toml:6:6: "), HasSubstr("text in quotes")));
  EXPECT_THAT(complaint(with("at", "2026-01-31T09:30:00")), HasSubstr("mig/signoffs.toml:7:6: "));
  EXPECT_THAT(complaint(with("at", "\"yesterday\"")), HasSubstr("2026-01-31T09:30:00Z"));
  EXPECT_THAT(complaint(with("sha256", "\"abc\"")), AllOf(HasSubstr(":2:10: "), HasSubstr("64 hexadecimal digits")));
  EXPECT_THAT(complaint(with("", "") + "comment = \"x\"\n"), AllOf(HasSubstr(":9:1: "), HasSubstr("'comment'")));
  EXPECT_THAT(complaint("signoff = 5"), HasSubstr("[[signoff]]"));
  EXPECT_THAT(complaint("[tables]\nm = {}"), AllOf(HasSubstr(":2:5: "), HasSubstr("how big")));
  EXPECT_THAT(complaint("[tables]\nm = { rows = \"many\" }"), HasSubstr("whole number"));
  EXPECT_THAT(complaint("[tables]\nm = { size = \"80 apples\" }"), HasSubstr("GiB"));
}

constexpr const char* tables = "[tables]\nmessages = { rows = 250_000_000 }\nsmall = { rows = 99_999_999 }\n";

// Which statements of a run are refused.
std::vector<std::string> refused(const std::vector<std::string>& statements, const std::string& signoffs = "",
                                 const std::vector<std::string>& before = {}) {
  const auto file = parse_signoffs(tables + signoffs, "f");
  DeclaredSizes sizes(file);
  SignoffGate gate(file, sizes, {});
  for (const auto& sql : before) gate.assume(pending_statement("base", "base.sql", 1, sql));
  gate.begin_pending();
  std::vector<std::string> lines;
  for (const auto& sql : statements) {
    const auto needed = gate.examine(pending_statement("ae10", "ae10.sql", 1, sql));
    if (needed && !needed->is_signed) lines.push_back(sql);
  }
  return lines;
}

std::string signed_off(const std::string& sql, const std::string& revision = "ae10") {
  auto signoff = entry();
  signoff.sha256 = statement_digest(sql);
  signoff.revision = revision;
  return add_signoffs("", {signoff});
}

TEST(SignoffGate, AsksForBigTablesAlone) {
  EXPECT_THAT(refused({"CREATE INDEX CONCURRENTLY a ON messages (x)", "CREATE INDEX b ON small (x)",
                       "ALTER TABLE messages ADD COLUMN y int", "VACUUM FULL"}),
              ElementsAre("CREATE INDEX CONCURRENTLY a ON messages (x)", "VACUUM FULL"));
}

TEST(SignoffGate, TakesASignedStatementUntilItIsEdited) {
  const auto signoff = signed_off("CREATE INDEX a ON messages (x)");
  EXPECT_THAT(refused({"create  index a on messages(x) -- a comment"}, signoff), ElementsAre());
  EXPECT_THAT(refused({"CREATE INDEX a ON messages (x, y)"}, signoff),
              ElementsAre("CREATE INDEX a ON messages (x, y)"));
  EXPECT_EQ(refused({"CREATE INDEX a ON messages (x)"}, signed_off("CREATE INDEX a ON messages (x)", "other")).size(),
            1U);
}

TEST(SignoffGate, FollowsATableThatIsRenamed) {
  EXPECT_THAT(refused({"ALTER TABLE messages RENAME TO old", "ALTER TABLE old SET SCHEMA attic",
                       "UPDATE attic.old SET x = 1", "CREATE TABLE messages (id int)", "UPDATE messages SET id = 1"}),
              ElementsAre("UPDATE attic.old SET x = 1"));
}

TEST(SignoffGate, LeavesNewTablesInPeace) {
  EXPECT_THAT(refused({"CREATE TABLE fresh AS SELECT * FROM small", "CREATE INDEX i ON fresh (x)"}), ElementsAre());
}

TEST(SignoffGate, KnowsWhatEarlierRevisionsProved) {
  const std::string statement = "ALTER TABLE messages ALTER x SET NOT NULL";
  EXPECT_THAT(refused({statement}, "", {"CREATE TABLE messages (x int)"}), ElementsAre(statement));
  EXPECT_THAT(refused({statement}, "", {"CREATE TABLE messages (x int CHECK (x IS NOT NULL))"}), ElementsAre());
}

TEST(SignoffGate, AsksForWhatItCantRead) {
  EXPECT_EQ(refused({"FROBNICATE messages"}).size(), 1U);
  EXPECT_EQ(refused({"DO $$ BEGIN EXECUTE current_setting('x.y'); END $$"}).size(), 1U);
}

TEST(SignoffGate, NamesAllThereIsToKnowInARefusal) {
  const ScriptDirectory scripts({tests::make_script({.revision = "ae10"}, "m")});
  const auto file = parse_signoffs(tables, "f");
  DeclaredSizes sizes(file);
  SignoffGate gate(file, sizes, {});
  const std::vector<PendingStatement> statements{
      pending_statement("ae10", "mig/ae10.sql", 12, "CREATE INDEX a ON messages (x)")};
  const auto needed = examine_all(gate, statements);
  EXPECT_THAT(refusal(needed, scripts),
              AllOf(HasSubstr("mig/ae10.sql:12: CREATE INDEX a ON messages (x)"),
                    HasSubstr("reads all of public.messages (250,000,000 rows): builds index a"),
                    HasSubstr(statement_digest(statements.front().sql)),
                    HasSubstr("support-agent migrate signoff ae10"), HasSubstr("docs/signoffs.md")));
}

TEST(SignoffGate, SwitchesOffByLimitsOfZero) {
  const auto file = parse_signoffs(tables, "f");
  DeclaredSizes sizes(file);
  SignoffGate gate(file, sizes, {.rows = 0, .bytes = 0});
  EXPECT_FALSE(gate.has_big_tables());
}

TEST(PendingScript, EndsWhereTheDatabaseIsAsked) {
  auto script = tests::make_script({.revision = "ae10"}, "m");
  script.upgrade = [](Operations& op) {
    op.execute("CREATE TABLE a (id int); CREATE TABLE b (id int)");
    if (op.get_bind().scalar("SELECT 1") == "1") op.execute("DROP TABLE a");
  };
  const auto pending = pending_script(script, Direction::upgrade, {});
  EXPECT_FALSE(pending.is_complete);
  ASSERT_EQ(pending.statements.size(), 2U);
  EXPECT_EQ(pending.statements[1].sql, "CREATE TABLE b (id int)");
}

}  // namespace
}  // namespace support::alembic::safety
