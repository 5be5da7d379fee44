// The record that runs leave in the database, and what it finds.
#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/autogenerate/inspect.hpp"

#include "tests/integration/alembic/recording_engine.hpp"
#include "tests/support/migration_scripts.hpp"

namespace support::tests {
namespace {

using alembic::RevisionIds;
using alembic::ScriptDirectory;
using alembic::TransactionMode;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// r1, r2: a table each; what r2 does in more words.
ScriptDirectory two(const std::string& second = "CREATE TABLE r2 (id integer)") {
  std::vector<alembic::Script> scripts;
  scripts.push_back(make_sql_script({.revision = "r1"}, {{"CREATE TABLE r1 (id integer)"}, {"DROP TABLE r1"}}));
  scripts.push_back(
      make_sql_script({.revision = "r2", .down_revisions = {"r1"}}, {{second}, {"DROP TABLE IF EXISTS r2"}}));
  return ScriptDirectory(std::move(scripts));
}

alembic::Script third(std::vector<std::string> upgrade) {
  return make_sql_script({.revision = "r3", .down_revisions = {"r2"}}, {std::move(upgrade), {"SELECT 1"}});
}

ScriptDirectory three(std::vector<std::string> upgrade, const std::string& second = "CREATE TABLE r2 (id integer)") {
  std::vector<alembic::Script> scripts;
  scripts.push_back(make_sql_script({.revision = "r1"}, {{"CREATE TABLE r1 (id integer)"}, {"DROP TABLE r1"}}));
  scripts.push_back(
      make_sql_script({.revision = "r2", .down_revisions = {"r1"}}, {{second}, {"DROP TABLE IF EXISTS r2"}}));
  scripts.push_back(third(std::move(upgrade)));
  return ScriptDirectory(std::move(scripts));
}

class InEachMode : public testing::TestWithParam<TransactionMode> {};

TEST_P(InEachMode, EachStepIsRecordedWithTheRowsItLeaves) {
  const TestDatabase database;
  RecordingEngine engine(database);
  engine.engine().environment().transaction_mode = GetParam();
  EXPECT_EQ(engine.upgrade(two()).exit_code, 0);
  EXPECT_EQ(engine.downgrade(two(), "r1").exit_code, 0);
  auto lines = records(database);
  std::erase_if(lines, [](const std::string& line) { return line.find("started") != std::string::npos; });
  EXPECT_THAT(lines, ElementsAre("upgrade r1 done t {r1}", "upgrade r2 done t {r2}", "downgrade r2 done f {r1}"));
  const auto verified = engine.verify(two());
  EXPECT_EQ(verified.exit_code, 0) << verified.printed;
  EXPECT_THAT(verified.printed, HasSubstr("Verified: 1 applied migration"));
}

INSTANTIATE_TEST_SUITE_P(History, InEachMode,
                         testing::Values(TransactionMode::per_run, TransactionMode::per_migration,
                                         TransactionMode::none));

TEST(History, SaysWhoWhenHowLongAndWhatWasRun) {
  const TestDatabase database;
  RecordingEngine engine(database);
  EXPECT_EQ(engine.upgrade(two("SELECT pg_sleep(0.2)")).exit_code, 0);
  const auto row = database.sql(
      "SELECT database_user = session_user, os_user, host, build, upgrade_statements, downgrade_statements, duration "
      "BETWEEN '0.2 s' AND '20 s', started_at BETWEEN now() - interval '1 minute' AND now(), bytes_sha256 ~ "
      "'^[0-9a-f]{64}$' FROM alembic.history WHERE revision = 'r2'");
  EXPECT_THAT(row.at(0), ElementsAre("t", "deploy", "host-1", "1.0 abc", "{\"select pg_sleep(0.2)\"}",
                                     "{\"drop table if exists r2\"}", "t", "t", "t"));
}

TEST(History, OfAFailingFirstRunIsRolledBackWithIt) {
  const TestDatabase database;
  RecordingEngine engine(database);
  EXPECT_EQ(engine.upgrade(two("SELECT 1/0")).exit_code, 4);
  EXPECT_THAT(records(database), ElementsAre("no history"));
  EXPECT_THAT(version_rows(database), ElementsAre("no table"));
}

TEST(History, KeepsTheFailureOfALaterRun) {
  const TestDatabase database;
  RecordingEngine engine(database);
  EXPECT_EQ(engine.upgrade(two(), "r1").exit_code, 0);
  EXPECT_EQ(engine.upgrade(two("SELECT 1/0")).exit_code, 4);
  EXPECT_THAT(records(database), ElementsAre("upgrade r1 done t {r1}", "upgrade r2 failed {r1}"));
  EXPECT_THAT(database.sql("SELECT error FROM alembic.history WHERE outcome = 'failed'").at(0).at(0),
              AllOf(HasSubstr("Revision r2"), HasSubstr("division by zero")));
  EXPECT_EQ(engine.upgrade(two()).exit_code, 0);
  EXPECT_EQ(engine.verify(two()).exit_code, 0);
}

// A deferred constraint fails with the COMMIT, behind the record of the step.
TEST(History, KeepsTheFailureOfACommit) {
  const TestDatabase database;
  RecordingEngine engine(database);
  EXPECT_EQ(engine.upgrade(two(), "r1").exit_code, 0);
  std::vector<alembic::Script> scripts;
  scripts.push_back(make_sql_script({.revision = "r1"}, {{"CREATE TABLE r1 (id integer)"}, {"DROP TABLE r1"}}));
  scripts.push_back(make_sql_script(
      {.revision = "r2", .down_revisions = {"r1"}},
      {{"CREATE TABLE r2 (id integer UNIQUE DEFERRABLE INITIALLY DEFERRED)", "INSERT INTO r2 VALUES (1), (1)"},
       {"DROP TABLE r2"}}));
  const auto outcome = engine.upgrade(ScriptDirectory(std::move(scripts)));
  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_THAT(outcome.printed, HasSubstr("duplicate key"));
  EXPECT_THAT(records(database), ElementsAre("upgrade r1 done t {r1}", "upgrade r2 failed {r1}"));
  EXPECT_FALSE(has_table(database, "r2"));
}

TEST(History, AgreesWithTheVersionTableWhenTheConnectionBreaksDuringCommit) {
  const TestDatabase database;
  RecordingEngine engine(database);
  EXPECT_EQ(engine.upgrade(two(), "r1").exit_code, 0);
  const auto outcome = engine.upgrade(
      two("CREATE FUNCTION leave() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM "
          "pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(5); RETURN NULL; END $$; CREATE CONSTRAINT TRIGGER "
          "at_commit AFTER INSERT ON r1 DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION leave(); INSERT "
          "INTO r1 "
          "VALUES (1)"));
  EXPECT_EQ(outcome.exit_code, 4) << outcome.printed;
  EXPECT_THAT(outcome.printed, HasSubstr("was lost during COMMIT"));
  EXPECT_THAT(version_rows(database), ElementsAre("r1"));
  EXPECT_THAT(records(database), ElementsAre("upgrade r1 done t {r1}"));
  EXPECT_EQ(engine.upgrade(two()).exit_code, 0);
  EXPECT_EQ(engine.verify(two()).exit_code, 0);
}

TEST(History, KeepsThatAStepWasBegunOutsideOfTheTransaction) {
  const TestDatabase database;
  RecordingEngine engine(database);
  auto script = make_script({.revision = "r1"}, "first");
  script.upgrade = [](alembic::Operations& op) {
    op.execute("CREATE TABLE r1 (id integer)");
    op.autocommit_block([&] { op.execute("CREATE INDEX CONCURRENTLY i ON r1 (id)"); });
    op.execute("SELECT 1/0");
  };
  EXPECT_EQ(engine.upgrade(ScriptDirectory({script})).exit_code, 4);
  EXPECT_THAT(records(database), ElementsAre("upgrade r1 started {}", "upgrade r1 failed {}"));
}

TEST(History, RefusesToGoOnFromAnEditedMigrationAndSaysWhatChanged) {
  const TestDatabase database;
  RecordingEngine engine(database);
  EXPECT_EQ(engine.upgrade(two()).exit_code, 0);
  const auto edited = three({"CREATE TABLE r3 (id integer)"}, "CREATE TABLE r2 (id bigint)");
  const auto before = records(database);
  for (const auto& outcome : {engine.upgrade(edited), engine.downgrade(edited, "base")}) {
    EXPECT_EQ(outcome.exit_code, 5);
    EXPECT_THAT(outcome.printed,
                AllOf(HasSubstr("Revision r2 was edited after it was applied"), HasSubstr("by deploy"),
                      HasSubstr("mig/r2.sql, statement 1 of upgrade differs: it was `create table r2(id integer)`, and "
                                "is `create table r2(id bigint)`"),
                      HasSubstr("migrate repair r2 --reason")));
  }
  EXPECT_EQ(records(database), before);
  EXPECT_FALSE(has_table(database, "r3"));
  EXPECT_EQ(engine.verify(edited).exit_code, 0 + 1);
  // At head there is nothing to refuse.
  EXPECT_EQ(engine.upgrade(two("CREATE TABLE r2 (id bigint)")).exit_code, 0);

  EXPECT_EQ(engine.repair(edited, {.revisions = {"r2"}, .reason = "only the type"}).exit_code, 0);
  EXPECT_EQ(engine.upgrade(edited).exit_code, 0);
  EXPECT_THAT(database.sql("SELECT direction, reason FROM alembic.history WHERE position = 3").at(0),
              ElementsAre("repair", "only the type"));
  EXPECT_EQ(engine.verify(edited, {.strict = true}).exit_code, 0);
}

TEST(History, DoesNotMindNewCommentsOfAnAppliedMigration) {
  const TestDatabase database;
  RecordingEngine engine(database);
  EXPECT_EQ(engine.upgrade(two()).exit_code, 0);
  EXPECT_EQ(engine.upgrade(three({"SELECT 1"}, "-- new\ncreate   table R2 (ID integer)")).exit_code, 0);
}

TEST(History, RefusesARepairWithoutReasonOrOfWhatIsNotApplied) {
  const TestDatabase database;
  RecordingEngine engine(database);
  EXPECT_EQ(engine.upgrade(two(), "r1").exit_code, 0);
  EXPECT_EQ(engine.repair(two(), {.revisions = {"r1"}, .reason = " "}).exit_code, 2);
  EXPECT_EQ(engine.repair(two(), {.reason = "x"}).exit_code, 2);
  const auto outcome = engine.repair(two(), {.revisions = {"r2"}, .reason = "x"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.printed, HasSubstr("Revision r2 is not applied"));
  EXPECT_THAT(engine.repair(two(), {.revisions = {"r1"}, .reason = "x"}).printed, HasSubstr("Nothing to repair"));
  EXPECT_THAT(records(database), ElementsAre("upgrade r1 done t {r1}"));
}

TEST(History, OfAStampHasARecordForEachRevisionItConcerns) {
  const TestDatabase database;
  RecordingEngine engine(database);
  EXPECT_EQ(engine.stamp(two(), {"head"}).exit_code, 0);
  EXPECT_EQ(engine.stamp(two(), {"r1"}).exit_code, 0);
  EXPECT_THAT(records(database), ElementsAre("stamp r1 done t {r2}", "stamp r2 done t {r2}", "stamp r2 done f {r1}"));
  EXPECT_EQ(engine.stamp(two(), {"head"}, true).exit_code, 0);
  EXPECT_EQ(engine.verify(two(), {.strict = true}).exit_code, 0);
  EXPECT_EQ(engine.upgrade(three({"SELECT 1"}, "SELECT 2")).exit_code, 5);
}

TEST(History, OfADatabaseTakenOverBeginsWithTheFirstRun) {
  const TestDatabase database;
  database.sql(
      "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); INSERT INTO alembic_version VALUES ('r1')");
  RecordingEngine engine(database);
  const auto before = engine.verify(two());
  EXPECT_EQ(before.exit_code, 0);
  EXPECT_THAT(before.printed, AllOf(HasSubstr("no history"), HasSubstr("unrecorded: r1 is applied")));
  EXPECT_EQ(engine.upgrade(two()).exit_code, 0);
  EXPECT_THAT(engine.verify(two()).printed, HasSubstr("unrecorded: r1"));
  EXPECT_EQ(engine.verify(two(), {.strict = true}).exit_code, 1);
  EXPECT_EQ(engine.repair(two(), {.unrecorded = true, .reason = "taken over"}).exit_code, 0);
  EXPECT_EQ(engine.verify(two(), {.strict = true}).exit_code, 0);
  EXPECT_THAT(records(database), ElementsAre("upgrade r2 done t {r2}", "repair r1 done t {r2}"));
}

// What Python's Alembic leaves: its row, and nothing else.
TEST(History, GoesOnWhereAnotherToolHasMigratedMeanwhile) {
  const TestDatabase database;
  RecordingEngine engine(database);
  EXPECT_EQ(engine.upgrade(two(), "r1").exit_code, 0);
  database.sql("CREATE TABLE r2 (id integer); UPDATE alembic_version SET version_num = 'r2'");
  const auto verified = engine.verify(two());
  EXPECT_EQ(verified.exit_code, 0);
  EXPECT_THAT(verified.printed, AllOf(HasSubstr("unrecorded: r2"), HasSubstr("diverged: ")));
  const auto scripts = three({"SELECT 1"});
  EXPECT_EQ(engine.upgrade(scripts).exit_code, 0);
  EXPECT_EQ(engine.downgrade(scripts, "base").exit_code, 0);
  EXPECT_EQ(engine.upgrade(scripts).exit_code, 0);
  EXPECT_EQ(engine.verify(scripts, {.strict = true}).exit_code, 0);
}

TEST(History, CanBeAddedToAndNotChanged) {
  const TestDatabase database;
  RecordingEngine engine(database);
  EXPECT_EQ(engine.upgrade(two()).exit_code, 0);
  for (const auto* statement :
       {"UPDATE alembic.history SET host = 'x'", "DELETE FROM alembic.history", "TRUNCATE alembic.history",
        "SET session_replication_role = replica; DELETE FROM alembic.history"}) {
    EXPECT_THROW(database.sql(statement), std::exception) << statement;
  }
  EXPECT_EQ(engine.verify(two()).exit_code, 0);
}

struct Tampering {
  const char* statement;
  const char* found;
};

TEST(History, FindsItsOwnRecordsChangedOrRemoved) {
  for (const auto& [statement, found] : std::vector<Tampering>{
           {"UPDATE alembic.history SET os_user = 'nobody' WHERE position = 1", "Record 1 of the history"},
           {"UPDATE alembic.history SET started_at = started_at + interval '1 us' WHERE position = 2",
            "Record 2 of the history"},
           {"UPDATE alembic.history SET upgrade_statements = '{select 1}' WHERE position = 1",
            "The statements in record 1"},
           {"UPDATE alembic.history SET rows = '{}' WHERE position = 2", "Record 2 of the history"},
           {"DELETE FROM alembic.history WHERE position = 1", "Record 1 of the history was removed"}}) {
    const TestDatabase database;
    RecordingEngine engine(database);
    EXPECT_EQ(engine.upgrade(two()).exit_code, 0);
    const std::string table = "ALTER TABLE alembic.history ";
    database.sql(table + "DISABLE TRIGGER ALL; " + statement + "; " + table + "ENABLE ALWAYS TRIGGER append_only; " +
                 table + "ENABLE ALWAYS TRIGGER append_only_truncate");
    const auto outcome = engine.verify(two());
    EXPECT_EQ(outcome.exit_code, 1) << statement;
    EXPECT_THAT(outcome.printed, HasSubstr(std::string("broken: ") + found)) << statement;
    EXPECT_EQ(engine.repair(two(), {.chain = true, .reason = "seen"}).exit_code, 0);
    const auto after = engine.verify(two());
    EXPECT_EQ(after.exit_code, 0) << after.printed;
    EXPECT_THAT(after.printed, HasSubstr("accepted: "));
  }
}

TEST(History, MissesItsGuard) {
  const TestDatabase database;
  RecordingEngine engine(database);
  EXPECT_EQ(engine.upgrade(two()).exit_code, 0);
  database.sql("ALTER TABLE alembic.history DISABLE TRIGGER append_only");
  const auto outcome = engine.verify(two());
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.printed, HasSubstr("unprotected: "));
}

TEST(History, FindsItsEndCutOffWhenTheChainWasNoted) {
  const TestDatabase database;
  RecordingEngine engine(database);
  EXPECT_EQ(engine.upgrade(two()).exit_code, 0);
  const auto noted = database.sql("SELECT record_chain FROM alembic.history WHERE position = 2").at(0).at(0);
  EXPECT_EQ(engine.verify(two(), {.head = noted.substr(0, 12)}).exit_code, 0);
  database.sql(
      "ALTER TABLE alembic.history DISABLE TRIGGER append_only; DELETE FROM alembic.history WHERE position = 2; ALTER "
      "TABLE alembic.history ENABLE ALWAYS TRIGGER append_only");
  const auto outcome = engine.verify(two(), {.head = noted.substr(0, 12)});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.printed, HasSubstr("No record of the history has the chain"));
}

// A role that owns the public schema of its database and no more, as databases taken over often have it.
class Restricted {
 public:
  Restricted() {
    database_.sql(
        "DROP ROLE IF EXISTS history_role; CREATE ROLE history_role LOGIN; GRANT ALL ON SCHEMA public TO "
        "history_role; REVOKE CREATE ON DATABASE " +
        database_.sql("SELECT quote_ident(current_database())").at(0).at(0) + " FROM PUBLIC");
  }
  ~Restricted() {
    database_.sql("DROP OWNED BY history_role CASCADE");
    database_.sql("DROP ROLE history_role");
  }
  Restricted(const Restricted&) = delete;
  Restricted& operator=(const Restricted&) = delete;

  const TestDatabase& database() const { return database_; }
  std::string url() const {
    auto url = database_.url_text();
    const auto user = url.find("support_agent");
    return url.replace(user, std::string("support_agent").size(), "history_role");
  }

 private:
  TestDatabase database_;
};

TEST(History, IsNotNeededWhereTheRoleMayNotMakeIt) {
  const Restricted restricted;
  RecordingEngine engine(restricted.url());
  testing::internal::CaptureStderr();
  const auto outcome = engine.upgrade(two());
  testing::internal::GetCapturedStderr();
  EXPECT_EQ(outcome.exit_code, 0) << outcome.printed;
  EXPECT_THAT(records(restricted.database()), ElementsAre("no history"));
  const auto repaired = engine.repair(two(), {.unrecorded = true, .reason = "x"});
  EXPECT_EQ(repaired.exit_code, 5);
  // What the sentence says to do.
  restricted.database().sql("CREATE SCHEMA alembic AUTHORIZATION history_role");
  EXPECT_EQ(engine.downgrade(two(), "base").exit_code, 0);
  EXPECT_THAT(records(restricted.database()), ElementsAre("downgrade r2 done f {r1}", "downgrade r1 done f {}"));
}

TEST(History, ThatIsThereAndMayNotBeWrittenRefusesTheRun) {
  const Restricted restricted;
  RecordingEngine owner(restricted.database());
  EXPECT_EQ(owner.upgrade(two(), "r1").exit_code, 0);
  restricted.database().sql("GRANT ALL ON alembic_version TO history_role");
  RecordingEngine engine(restricted.url());
  const auto outcome = engine.upgrade(two());
  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_THAT(outcome.printed,
              AllOf(HasSubstr("role history_role may not read and write alembic.history"),
                    HasSubstr("GRANT SELECT, INSERT ON alembic.history"), HasSubstr("MIGRATION_HISTORY_SCHEMA")));
  restricted.database().sql(
      "GRANT USAGE ON SCHEMA alembic TO history_role; GRANT SELECT, INSERT ON alembic.history TO history_role");
  EXPECT_EQ(engine.upgrade(two()).exit_code, 0);
  EXPECT_EQ(records(restricted.database()).size(), 2U);
}

TEST(History, IsWrittenByTheRoleOfTheRunWhateverAMigrationSets) {
  const Restricted restricted;
  RecordingEngine engine(restricted.database());
  restricted.database().sql(
      "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); GRANT ALL ON alembic_version TO "
      "history_role");
  std::vector<alembic::Script> scripts;
  scripts.push_back(
      make_script({.revision = "r1"}, "first", {{"SET ROLE history_role", "CREATE TABLE mine (id int)"}}));
  const auto outcome = engine.upgrade(ScriptDirectory(std::move(scripts)));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.printed;
  EXPECT_THAT(records(restricted.database()), ElementsAre("upgrade r1 done t {r1}"));
}

TEST(History, IsKeptForEachVersionTableByItself) {
  const TestDatabase database;
  database.sql("CREATE SCHEMA tenant");
  RecordingEngine engine(database);
  RecordingEngine tenant(database, "tenant");
  EXPECT_EQ(engine.upgrade(two()).exit_code, 0);
  const auto others = two("CREATE TABLE another (id integer)");
  EXPECT_EQ(tenant.stamp(others, {"head"}).exit_code, 0);
  EXPECT_EQ(database.sql("SELECT string_agg(version_table || ' ' || position, ', ' ORDER BY version_table, position) "
                         "FROM alembic.history"),
            std::vector<std::vector<std::string>>{{"public.alembic_version 1, public.alembic_version 2, "
                                                   "tenant.alembic_version 1, tenant.alembic_version 2"}});
  EXPECT_EQ(engine.verify(two(), {.strict = true}).exit_code, 0);
  EXPECT_EQ(tenant.verify(others, {.strict = true}).exit_code, 0);
  EXPECT_EQ(tenant.verify(two()).exit_code, 1);
}

TEST(History, LeavesASchemaOfOthersAlone) {
  const TestDatabase database;
  database.sql("CREATE SCHEMA alembic; CREATE TABLE alembic.theirs (id int)");
  RecordingEngine engine(database);
  EXPECT_EQ(engine.upgrade(two()).exit_code, 0);
  EXPECT_THAT(records(database), ElementsAre("no history"));
}

TEST(History, IsNoPartOfWhatIsCompared) {
  const TestDatabase database;
  RecordingEngine engine(database);
  EXPECT_EQ(engine.upgrade(two()).exit_code, 0);
  auto& environment = engine.engine().environment();
  const auto connection = environment.connect(*environment.target);
  std::vector<std::string> schemas;
  const auto snapshot = alembic::autogenerate::inspect(*connection);
  for (const auto& schema : snapshot.schemas) schemas.push_back(schema.name);
  EXPECT_THAT(schemas, ElementsAre("public"));
  EXPECT_THAT(snapshot.routines, IsEmpty());
  EXPECT_THAT(snapshot.triggers, IsEmpty());
}

TEST(History, KeepsStatementsOfAnyLettersAndBackslashes) {
  const TestDatabase database;
  RecordingEngine engine(database);
  const auto scripts = two(R"(SELECT E'a\\b''"{}, é', '\', $$ \x "q" $$)");
  EXPECT_EQ(engine.upgrade(scripts).exit_code, 0);
  const auto outcome = engine.verify(scripts);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.printed;
}

}  // namespace
}  // namespace support::tests
