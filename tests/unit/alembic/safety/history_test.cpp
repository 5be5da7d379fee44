// The history without a database: what counts as the same migration, what the chain finds, and what is said of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/operations/operations.hpp"
#include "app/alembic/safety/history/author.hpp"
#include "app/alembic/safety/history/verification.hpp"
#include "app/alembic/safety/syntax/canonical.hpp"
#include "app/alembic/script/sha256.hpp"
#include "app/alembic/script/sql_script.hpp"

namespace support::alembic::safety {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Kind = HistoryFinding::Kind;

alembic::Script sql_script(const std::string& revision, const std::string& down_revision, const std::string& upgrade,
                           const std::string& downgrade = "DROP TABLE t;") {
  return parse_sql_script("m/" + revision + ".sql",
                          "-- message\n--\n-- revision: " + revision + "\n-- down_revision: " + down_revision +
                              "\n\n-- migrate:upgrade\n" + upgrade + "\n-- migrate:downgrade\n" + downgrade + "\n");
}

std::vector<std::string> upgrade_of(const std::string& sql) {
  return canonical_operations(sql_script("aa", "", sql), nullptr).value().upgrade;
}

TEST(Sha256, IsThatOfTheStandard) {
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(CanonicalStatement, LeavesOutCommentsWhiteSpaceAndCase) {
  EXPECT_EQ(canonical_sql("CREATE  TABLE\n T ( Id\tinteger ) -- why\n /* not */"), "create table t(id integer)");
  EXPECT_EQ(canonical_sql("select A . B, count( * ) from t where x [1] = 2"),
            "select a.b, count(*) from t where x[1] = 2");
}

TEST(CanonicalStatement, KeepsWhatIsQuoted) {
  EXPECT_EQ(canonical_sql("SELECT 'A  --b', \"Id\", U&\"X\", $f$ A -- b\n$f$"),
            "select 'A  --b', \"Id\", U&\"X\", $f$ A -- b\n$f$");
}

TEST(CanonicalStatement, TellsApartWhatDiffers) {
  for (const auto& [one, other] :
       std::vector<std::pair<std::string, std::string>>{{"SELECT 'a'", "SELECT 'A'"},
                                                        {"SELECT \"a\"", "SELECT a"},
                                                        {"SELECT - -1", "SELECT -1"},
                                                        {"SELECT 1 - 1", "SELECT 1 + 1"},
                                                        {"SELECT $$a $$", "SELECT $$a$$"},
                                                        {"SELECT a b", "SELECT ab"},
                                                        {"SELECT 'a'\n'b'", "SELECT 'a', 'b'"}}) {
    EXPECT_NE(canonical_sql(one), canonical_sql(other)) << one;
  }
}

TEST(CanonicalStatement, OfWhatTheScannerCannotReadIsTheTextItself) {
  EXPECT_EQ(canonical_sql("SELECT  'open"), "SELECT  'open");
}

TEST(CanonicalOperations, HaveAStatementAndTheRowsOfCopy) {
  EXPECT_THAT(upgrade_of("CREATE TABLE t (id int); -- c\nCOPY t FROM stdin;\n1\n2\n\\.\n"),
              ElementsAre("create table t(id int)", "copy t from stdin\n1\n2\n"));
  EXPECT_NE(upgrade_of("COPY t FROM stdin;\n1\n2\n\\.\n"), upgrade_of("COPY t FROM stdin;\n1\n3\n\\.\n"));
}

TEST(CanonicalOperations, OfCppAreItsSql) {
  alembic::Script script;
  script.upgrade = [](Operations& op) { op.execute("CREATE TABLE T(id int); SELECT  1"); };
  EXPECT_THAT(canonical_operations(script, nullptr).value().upgrade, ElementsAre("create table t(id int)", "select 1"));
}

TEST(CanonicalOperations, AreNotKnownWhereTheDatabaseIsAsked) {
  alembic::Script script;
  script.upgrade = [](Operations& op) { op.get_bind().scalar("SELECT 1"); };
  EXPECT_FALSE(canonical_operations(script, nullptr));
}

TEST(CanonicalOperations, CutALongStatementAndStillTellItApart) {
  const std::string filler(20'000, 'x');
  const auto one = upgrade_of("SELECT '" + filler + "a';");
  const auto other = upgrade_of("SELECT '" + filler + "b';");
  EXPECT_LT(one.at(0).size(), 400U);
  EXPECT_THAT(one.at(0), HasSubstr("SHA-256"));
  EXPECT_NE(one, other);
}

TEST(CanonicalOperations, AreToldApartByDirectionAndOrder) {
  const CanonicalOperations forth{.upgrade = {"a", "b"}, .downgrade = {}};
  EXPECT_NE(checksum(forth), checksum({.upgrade = {"a"}, .downgrade = {"b"}}));
  EXPECT_NE(checksum(forth), checksum({.upgrade = {"b", "a"}, .downgrade = {}}));
  EXPECT_NE(checksum(forth), checksum({.upgrade = {"ab"}, .downgrade = {}}));
}

TEST(CanonicalOperations, DifferencesNameTheStatement) {
  EXPECT_THAT(differences({.upgrade = {"a", "b"}, .downgrade = {"x"}}, {.upgrade = {"a", "c"}, .downgrade = {}}),
              ElementsAre("statement 2 of upgrade differs: it was `b`, and is `c`",
                          "statement 1 of downgrade is gone: it was `x`"));
  EXPECT_THAT(differences({.upgrade = {}, .downgrade = {}}, {.upgrade = {"a"}, .downgrade = {}}),
              ElementsAre("statement 1 of upgrade is new: `a`"));
}

ScriptDirectory project() {
  std::vector<alembic::Script> scripts;
  scripts.push_back(sql_script("aa", "", "CREATE TABLE t (id int);"));
  scripts.push_back(sql_script("bb", "aa", "ALTER TABLE t ADD n int;", "ALTER TABLE t DROP n;"));
  return ScriptDirectory(std::move(scripts));
}

Record record_of(PresentMigrations& present, const std::string& revision, const RevisionIds& rows) {
  const auto node = present.scripts().map().node_of(revision);
  return {.revision = revision,
          .applied = true,
          .rows = rows,
          .started_at = 1'800'000'000'000'000,
          .duration = 5,
          .database_user = "app",
          .os_user = "deploy",
          .host = "host-1",
          .build = "1",
          .checksums = present.checksums(node),
          .operations = present.operations(node)};
}

void chain(std::vector<Record>& history) {
  Links links;
  std::int64_t position = 0;
  for (auto& record : history) {
    record.position = ++position;
    links = record.links = next_links(links, record);
  }
}

// Both revisions of project(), upgraded.
std::vector<Record> upgraded(const ScriptDirectory& scripts) {
  PresentMigrations present(scripts, nullptr);
  std::vector<Record> history = {record_of(present, "aa", {"aa"}), record_of(present, "bb", {"bb"})};
  chain(history);
  return history;
}

std::vector<Kind> kinds_of(const std::vector<HistoryFinding>& findings) {
  std::vector<Kind> kinds;
  for (const auto& finding : findings) kinds.push_back(finding.kind);
  return kinds;
}

std::vector<HistoryFinding> verify(const std::vector<Record>& history, const ScriptDirectory& scripts,
                                   const RevisionIds& rows = {"bb"}) {
  PresentMigrations present(scripts, nullptr);
  return verify(history, rows, present);
}

TEST(Chain, FollowsFromEveryFieldOfARecord) {
  const auto scripts = project();
  const auto record = upgraded(scripts).at(1);
  const auto link = next_links({}, record).record;
  const std::vector<std::function<void(Record&)>> changes = {
      [](Record& r) { r.version_table = "other.alembic_version"; },
      [](Record& r) { ++r.position; },
      [](Record& r) { r.revision = "aa"; },
      [](Record& r) { r.direction = Record::Direction::stamp; },
      [](Record& r) { r.outcome = Record::Outcome::failed; },
      [](Record& r) { r.applied = false; },
      [](Record& r) { r.applied = std::nullopt; },
      [](Record& r) {
        r.rows = {"aa", "bb"};
      },
      [](Record& r) { ++r.started_at; },
      [](Record& r) { ++r.duration; },
      [](Record& r) { r.database_user = "x"; },
      [](Record& r) { r.os_user = "x"; },
      [](Record& r) { r.host = "x"; },
      [](Record& r) { r.build = "x"; },
      [](Record& r) { r.reason = "x"; },
      [](Record& r) { r.error = "x"; },
      [](Record& r) { r.checksums.bytes = std::nullopt; },
      [](Record& r) { r.checksums.operations = "x"; },
      [](Record& r) { r.checksums.form = 7; },
      // Nothing moves from one field to the next unseen.
      [](Record& r) { r.host += r.build, r.build = ""; },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    auto changed = record;
    changes[i](changed);
    EXPECT_NE(next_links({}, changed).record, link) << i;
  }
}

TEST(Verification, FindsNothingWhereNothingChanged) {
  const auto scripts = project();
  EXPECT_THAT(verify(upgraded(scripts), scripts), IsEmpty());
}

TEST(Verification, FindsARecordThatWasChanged) {
  const auto scripts = project();
  auto history = upgraded(scripts);
  history[0].os_user = "nobody";
  const auto findings = verify(history, scripts);
  ASSERT_THAT(kinds_of(findings), ElementsAre(Kind::broken));
  EXPECT_THAT(findings[0].message, HasSubstr("Record 1 of the history"));
}

TEST(Verification, FindsARecordThatWasRemoved) {
  const auto scripts = project();
  auto history = upgraded(scripts);
  history.push_back(history.back());
  chain(history);
  history.erase(history.begin() + 1);
  EXPECT_THAT(verify(history, scripts).at(0).message, HasSubstr("Record 2 of the history was removed"));
  history.erase(history.begin());
  EXPECT_THAT(verify(history, scripts).at(0).message, HasSubstr("Records 1 to 2 of the history were removed"));
}

TEST(Verification, FindsTheLastRecordsRemovedByTheVersionTable) {
  const auto scripts = project();
  auto history = upgraded(scripts);
  history.pop_back();
  EXPECT_THAT(kinds_of(verify(history, scripts)), ElementsAre(Kind::unrecorded, Kind::diverged));
}

TEST(Verification, FindsStatementsThatAreNotThoseOfTheirChecksum) {
  const auto scripts = project();
  auto history = upgraded(scripts);
  history[1].operations->upgrade = {"select 1"};
  EXPECT_THAT(kinds_of(verify(history, scripts)), ElementsAre(Kind::broken));
}

TEST(Verification, TakesABreakThatWasAcceptedForAccepted) {
  const auto scripts = project();
  auto history = upgraded(scripts);
  history[0].host = "elsewhere";
  Record repair{
      .position = 3, .direction = Record::Direction::repair, .applied = true, .rows = {"bb"}, .reason = "why"};
  repair.links = next_links(history.back().links, repair);
  history.push_back(repair);
  const auto findings = verify(history, scripts);
  ASSERT_THAT(kinds_of(findings), ElementsAre(Kind::accepted));
  EXPECT_FALSE(findings[0].is_tampering());
  history[2].reason = "another";  // the repair itself is part of the chain
  EXPECT_THAT(kinds_of(verify(history, scripts)), ElementsAre(Kind::accepted, Kind::broken));
}

ScriptDirectory with_second(const std::string& upgrade, const std::string& downgrade, const std::string& more = "") {
  std::vector<alembic::Script> scripts;
  scripts.push_back(sql_script("aa", more, "CREATE TABLE t (id int);"));
  scripts.push_back(sql_script("bb", "aa", upgrade, downgrade));
  return ScriptDirectory(std::move(scripts));
}

TEST(Verification, NamesTheEditedStatementAndItsDirection) {
  const auto history = upgraded(project());
  const auto up = verify(history, with_second("ALTER TABLE t ADD n bigint;", "ALTER TABLE t DROP n;"));
  ASSERT_THAT(kinds_of(up), ElementsAre(Kind::edited));
  EXPECT_EQ(up[0].revision, "bb");
  EXPECT_THAT(up[0].message,
              AllOf(HasSubstr("Revision bb was edited after it was applied"), HasSubstr("by deploy"),
                    HasSubstr("m/bb.sql, statement 1 of upgrade differs: it was `alter table t add n int`, and is "
                              "`alter table t add n bigint`")));
  const auto down = verify(history, with_second("ALTER TABLE t ADD n int;", "SELECT 1;"));
  ASSERT_THAT(kinds_of(down), ElementsAre(Kind::edited));
  EXPECT_THAT(down[0].changes, ElementsAre(HasSubstr("statement 1 of downgrade differs")));
}

TEST(Verification, TakesCommentsAndWhiteSpaceForNoTampering) {
  const auto findings =
      verify(upgraded(project()), with_second("-- new\nalter table T\n add N int;", "ALTER TABLE t DROP n;"));
  ASSERT_THAT(kinds_of(findings), ElementsAre(Kind::formatting));
  EXPECT_FALSE(findings[0].is_tampering());
}

TEST(Verification, TakesAnotherPlaceInTheGraphForNoTampering) {
  std::vector<alembic::Script> scripts;
  scripts.push_back(sql_script("00", "", "SELECT 1;"));
  scripts.push_back(sql_script("aa", "00", "CREATE TABLE t (id int);"));
  scripts.push_back(sql_script("bb", "aa", "ALTER TABLE t ADD n int;", "ALTER TABLE t DROP n;"));
  EXPECT_THAT(kinds_of(verify(upgraded(project()), ScriptDirectory(std::move(scripts)))),
              ElementsAre(Kind::unrecorded, Kind::formatting));
}

TEST(Verification, ComparesBytesWhereOperationsAreNotKnown) {
  const auto with_checksum = [](const std::string& digest) {
    alembic::Script script;
    script.declared.revision = "aa";
    script.path = "m/aa.cpp";
    script.upgrade = [](Operations& op) { op.get_bind().scalar("SELECT 1"); };
    script.checksum = [digest] { return digest; };
    return ScriptDirectory({script});
  };
  const auto one = with_checksum("1");
  PresentMigrations present(one, nullptr);
  std::vector<Record> history = {record_of(present, "aa", {"aa"})};
  chain(history);
  EXPECT_THAT(verify(history, one, {"aa"}), IsEmpty());
  const auto findings = verify(history, with_checksum("2"), {"aa"});
  ASSERT_THAT(kinds_of(findings), ElementsAre(Kind::edited));
  EXPECT_THAT(findings[0].message, HasSubstr("other bytes"));
}

TEST(Verification, DoesNotTakeAnotherCanonicalFormForTampering) {
  const auto scripts = project();
  auto history = upgraded(scripts);
  history[1].checksums.form = canonical_form + 1;
  history[1].operations = CanonicalOperations{.upgrade = {"ALTER"}, .downgrade = {}};
  history[1].checksums.operations = checksum(*history[1].operations);
  chain(history);
  EXPECT_THAT(verify(history, scripts), IsEmpty());
}

TEST(Verification, GoesByTheLastRecordOfARevision) {
  const auto scripts = project();
  PresentMigrations present(scripts, nullptr);
  auto history = upgraded(scripts);
  history[1].operations = CanonicalOperations{.upgrade = {"old"}, .downgrade = {}};
  history[1].checksums = {.bytes = "old", .operations = checksum(*history[1].operations)};
  auto repair = record_of(present, "bb", {"bb"});
  repair.direction = Record::Direction::repair;
  history.push_back(repair);
  chain(history);
  EXPECT_THAT(verify(history, scripts), IsEmpty());
  // Taken away by us, applied again by somebody else: nothing is known of it.
  history.back().applied = false;
  history.back().rows = {"aa"};
  chain(history);
  EXPECT_THAT(kinds_of(verify(history, scripts)), ElementsAre(Kind::unrecorded, Kind::diverged));
}

TEST(Verification, TellsOfAStepThatWasBegunAndNeverEnded) {
  const auto scripts = project();
  auto history = upgraded(scripts);
  history[1].outcome = Record::Outcome::started;
  history[1].applied = std::nullopt;
  chain(history);
  const auto findings = verify(history, scripts, {"aa"});
  ASSERT_THAT(kinds_of(findings), ElementsAre(Kind::unfinished));
  EXPECT_THAT(findings[0].message, AllOf(HasSubstr("upgrade of revision bb"), HasSubstr("on host-1")));
}

TEST(Verification, TellsOfARevisionThatIsGone) {
  std::vector<alembic::Script> scripts;
  scripts.push_back(sql_script("bb", "", "ALTER TABLE t ADD n int;", "ALTER TABLE t DROP n;"));
  EXPECT_THAT(kinds_of(verify(upgraded(project()), ScriptDirectory(std::move(scripts)))),
              ElementsAre(Kind::formatting, Kind::missing));
}

TEST(Author, NamesThisVeryBuild) {
  const auto author = author_of_process("1.2");
  EXPECT_THAT(author.build, testing::MatchesRegex("1\\.2 [0-9a-f]{16,}"));
  EXPECT_FALSE(author.os_user.empty());
  EXPECT_FALSE(author.host.empty());
}

}  // namespace
}  // namespace support::alembic::safety
