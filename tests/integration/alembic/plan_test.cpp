// `migrate plan` on real servers: what a migration does, measured on a copy beside a live database that stays as it is.
#include "app/alembic/safety/command/plan.hpp"

#include <fstream>
#include <sstream>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/errors.hpp"
#include "app/alembic/safety/scratch/made_up_rows.hpp"

#include "tests/integration/alembic/database_session.hpp"
#include "tests/integration/alembic/engine.hpp"
#include "tests/support/migration_scripts.hpp"

namespace support::tests {
namespace {

namespace json = boost::json;
using namespace alembic::safety;
using alembic::CommandError;
using alembic::ExitCode;
using alembic::ScriptDirectory;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

alembic::Environment environment_of(const std::string& url) {
  return alembic::make_environment(config::Settings::load({.environment = {{"DATABASE_URL", url}}}),
                                   alembic::Mode::online);
}

std::string as_text(const json::value& value) {
  return std::string(value.as_string());
}

class MigratePlan : public testing::Test {
 protected:
  PlanReport plan(const PlanRequest& request, std::vector<alembic::Script> scripts = {}) {
    return make_plan(request, environment_of(database_.url_text()),
                     [&] { return ScriptDirectory(std::move(scripts)); });
  }
  PlanReport plan_sql(const std::string& sql, PlanRequest request = {}) {
    request.files = {{"new.sql", sql}};
    return plan(request);
  }
  json::array as_json(const PlanReport& report) {
    std::ostringstream out;
    write_plan_json(report, out);
    return json::parse(out.str()).as_array();
  }
  std::string as_words(const PlanReport& report) {
    std::ostringstream out;
    write_plan_text(report, Colours::no, out);
    return out.str();
  }
  std::pair<ExitCode, std::string> failure(const std::function<void()>& work) {
    try {
      work();
    } catch (const CommandError& error) {
      return {error.exit_code(), error.what()};
    }
    return {ExitCode::done, "it did not fail"};
  }
  std::string scratch_databases() {
    return database_
        .sql(
            "SELECT count(*) FROM pg_database WHERE datname LIKE 'support\\_agent\\_scratch\\_%' AND "
            "datname <> 'x'")
        .front()
        .front();
  }

  TestDatabase database_;
};

// The strongest mode of each table and index, but for reading and for what belongs to TOAST; of indexes only where
// their table is not locked as strongly.
std::map<std::string, std::string> strongest(const json::object& statement) {
  const std::vector<std::string> order = {"RowShareLock",       "RowExclusiveLock",      "ShareUpdateExclusiveLock",
                                          "ShareLock",          "ShareRowExclusiveLock", "ExclusiveLock",
                                          "AccessExclusiveLock"};
  const auto rank = [&](const std::string& mode) { return std::ranges::find(order, mode) - order.begin(); };
  std::map<std::string, std::string> modes;
  for (const auto& lock : statement.at("locks").as_array()) {
    const auto relation = as_text(lock.at("relation"));
    const auto mode = as_text(lock.at("mode"));
    if (relation.starts_with("toast") || std::ranges::find(order, mode) == order.end()) continue;
    auto& known = modes[relation];
    if (known.empty() || rank(known) < rank(mode)) known = mode;
  }
  return modes;
}

void compare(const json::object& actual, const json::object& expected) {
  EXPECT_EQ(actual.at("execution"), expected.at("execution"));
  for (const auto* list : {"rewrites", "index_rebuilds", "scans", "index_builds"}) {
    EXPECT_EQ(actual.at(list), expected.at(list)) << list;
  }
  auto modes = strongest(actual);
  for (const auto& [relation, mode] : expected.at("strongest").as_object()) {
    EXPECT_EQ(modes[std::string(relation)], as_text(mode)) << relation;
  }
  for (const auto& [relation, mode] : modes) {
    const bool is_index = relation.find('_') != std::string::npos;
    EXPECT_TRUE(is_index || expected.at("strongest").as_object().contains(relation)) << relation << ' ' << mode;
  }
  if (const auto* rows = expected.if_contains("rows")) {
    EXPECT_EQ(actual.at("rows"), *rows);
  }
}

TEST_F(MigratePlan, MeasuresTheCases) {
  std::ifstream cases(SUPPORT_SOURCE_DIR "/tests/data/plan.jsonl");
  int compared = 0;
  for (std::string line; std::getline(cases, line); ++compared) {
    const auto plan_case = json::parse(line).as_object();
    SCOPED_TRACE(as_text(plan_case.at("case")));
    database_.sql("DROP SCHEMA IF EXISTS depot CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public; " +
                  as_text(plan_case.at("live")));
    // The rows have to have been reported.
    database_.sql("ANALYZE");
    json::array statements;
    ASSERT_NO_THROW(statements = as_json(plan_sql(as_text(plan_case.at("sql")))));
    const auto& expected = plan_case.at("expected").as_array();
    ASSERT_EQ(statements.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      SCOPED_TRACE(as_text(statements[i].at("statement")));
      compare(statements[i].as_object(), expected[i].as_object());
    }
  }
  EXPECT_GE(compared, 14);
}

TEST_F(MigratePlan, ChangesNothingInTheLiveDatabaseAndLeavesNothingBehind) {
  database_.sql("CREATE TABLE parcel (id serial PRIMARY KEY, weight integer); INSERT INTO parcel (weight) VALUES (1)");
  const auto before = database_.cluster().describe_catalog(database_.name());
  const auto report = plan_sql("DROP TABLE parcel; CREATE TABLE other (id integer);");
  EXPECT_THAT(report.statements, SizeIs(2));
  EXPECT_EQ(database_.cluster().describe_catalog(database_.name()), before);
  EXPECT_EQ(database_.sql("SELECT weight FROM parcel").front().front(), "1");
  EXPECT_EQ(scratch_databases(), "0");
}

TEST_F(MigratePlan, RunsTheRevisionsThatTheDatabaseLacksOnItsSchemaAsItStands) {
  Engine engine(database_);
  const auto scripts = [] {
    return std::vector{
        make_sql_script({.revision = "r1"}, {.upgrade = {"CREATE TABLE parcel (id integer)"}, .downgrade = {}}),
        make_sql_script({.revision = "r2", .down_revisions = {"r1"}},
                        {.upgrade = {"ALTER TABLE parcel ADD COLUMN a integer",
                                     "CREATE INDEX parcel_by_hand_2 ON parcel (by_hand)"},
                         .downgrade = {}})};
  };
  ASSERT_EQ(engine.upgrade(ScriptDirectory(scripts()), "r1").exit_code, 0);
  // Past the migrations.
  database_.sql("ALTER TABLE parcel ADD COLUMN by_hand integer");
  const auto statements = as_json(plan({}, scripts()));
  ASSERT_THAT(statements, SizeIs(2));
  EXPECT_EQ(as_text(statements[0].at("revision")), "r2");
  EXPECT_EQ(as_text(statements[0].at("file")), "mig/r2.sql");
  EXPECT_EQ(statements[0].at("line").to_number<int>(), 9);
  EXPECT_EQ(statements[1].at("line").to_number<int>(), 10);
  EXPECT_THAT(strongest(statements[1].as_object()), testing::Contains(testing::Pair("parcel", "AccessExclusiveLock")));
  EXPECT_EQ(statements[1].at("locks").as_array().back().at("since").to_number<int>(), 1);
}

TEST_F(MigratePlan, TakesTheSqlThatAnOfflineRunWrites) {
  Engine engine(database_);
  const ScriptDirectory scripts(
      {make_sql_script({.revision = "r1"}, {.upgrade = {"CREATE TABLE parcel (id integer)"}, .downgrade = {}})});
  ASSERT_EQ(engine.upgrade(scripts, "r1").exit_code, 0);
  const auto report = plan_sql(
      "BEGIN;\nALTER TABLE parcel ADD COLUMN a integer;\nUPDATE alembic_version SET version_num='r2' WHERE "
      "alembic_version.version_num = 'r1';\nCOMMIT;");
  ASSERT_THAT(report.statements, SizeIs(2));
  EXPECT_EQ(report.statements[0].strongest, LockMode::access_exclusive);
}

TEST_F(MigratePlan, BeginsARangeWithWhatTheRevisionsBeforeItMake) {
  const auto report =
      plan({.range = "r2:r3"},
           {make_script({.revision = "r1"}, "one", {{"CREATE TABLE parcel (id integer)"}, {}}),
            make_script({.revision = "r2", .down_revisions = {"r1"}}, "two", {{"CREATE TABLE depot (id integer)"}, {}}),
            make_script({.revision = "r3", .down_revisions = {"r2"}}, "three", {{"DROP TABLE depot"}, {}}),
            make_script({.revision = "r4", .down_revisions = {"r3"}}, "four", {{"DROP TABLE parcel"}, {}})});
  ASSERT_THAT(report.statements, SizeIs(1));
  EXPECT_EQ(report.statements[0].trace.sql, "DROP TABLE depot");
  EXPECT_EQ(report.statements[0].strongest, LockMode::access_exclusive);
}

TEST_F(MigratePlan, SaysThatThereIsNothingToRun) {
  EXPECT_EQ(as_words(plan({})), "Nothing to run.\n");
  EXPECT_THAT(as_json(plan({})), IsEmpty());
}

TEST_F(MigratePlan, TakesTheSchemaFromAFileWithItsRows) {
  const auto report = plan_sql("UPDATE parcel SET id = id + 10;",
                               {.schemas = {{"schema.sql",
                                             "CREATE TABLE parcel (id integer PRIMARY KEY);\nCOPY parcel "
                                             "FROM stdin;\n1\n2\n\\.\n"}}});
  ASSERT_THAT(report.statements, SizeIs(1));
  EXPECT_THAT(report.statements[0].trace.scans, SizeIs(1));
  const auto [code, message] = failure([&] {
    plan_sql("SELECT 1", {.schemas = {{"schema.sql", "CREATE TABLE a (id integer);\nCREATE TABLE\n  b (id nosuch);"}}});
  });
  EXPECT_EQ(code, ExitCode::request);
  EXPECT_THAT(message, AllOf(HasSubstr("schema.sql:3"), HasSubstr("nosuch"), HasSubstr("42704")));
}

TEST_F(MigratePlan, TakesTheSizesFromAnotherDatabase) {
  database_.sql("CREATE TABLE parcel (id integer PRIMARY KEY)");
  const TestDatabase production;
  production.sql(
      "CREATE TABLE parcel (id integer PRIMARY KEY, filler text); INSERT INTO parcel SELECT g, repeat('x', "
      "100) FROM generate_series(1, 5000) g");
  production.sql("ANALYZE parcel");
  const auto report = plan_sql("ALTER TABLE parcel ALTER COLUMN id TYPE bigint;", {.against = production.url_text()});
  ASSERT_THAT(report.statements, SizeIs(1));
  EXPECT_EQ(report.statements[0].rows, 5000U);
  EXPECT_GT(report.statements[0].bytes, 500'000U);
  EXPECT_THAT(report.sizes_of, HasSubstr(production.name()));
}

TEST_F(MigratePlan, SaysWhoseTransactionAStatementWouldWaitFor) {
  database_.sql("CREATE TABLE parcel (id integer PRIMARY KEY); CREATE TABLE depot (id integer PRIMARY KEY)");
  DatabaseSession reader(database_);
  reader->execute("SET application_name = 'nightly report'");
  reader->execute("BEGIN ISOLATION LEVEL REPEATABLE READ");
  reader->query("SELECT * FROM parcel");
  reader->query("SELECT pg_sleep(5.2)");
  const auto text =
      as_words(plan_sql("ALTER TABLE parcel ADD COLUMN a integer;\nALTER TABLE depot ADD COLUMN a integer;\n"
                        "CREATE INDEX CONCURRENTLY depot_a ON depot (a);"));
  const auto waits = as_json(plan_sql("ALTER TABLE parcel ADD COLUMN a integer;"))[0].at("waits_for").as_array();
  ASSERT_THAT(waits, SizeIs(1));
  EXPECT_EQ(as_text(waits[0].at("application")), "nightly report");
  EXPECT_EQ(as_text(waits[0].at("relation")), "parcel");
  EXPECT_EQ(as_text(waits[0].at("mode")), "AccessShareLock");
  EXPECT_GT(waits[0].at("seconds").to_number<double>(), 5.0);
  EXPECT_THAT(text, AllOf(HasSubstr("holds ACCESS SHARE on parcel"), HasSubstr("nightly report"),
                          HasSubstr("has an old snapshot")));
}

TEST_F(MigratePlan, NamesTheStatementThatFails) {
  database_.sql("CREATE TABLE parcel (id integer)");
  const auto [code, message] = failure([&] { plan_sql("SELECT 1;\n\nALTER TABLE parcel\n  ADD COLUMN a nosuch;"); });
  EXPECT_EQ(code, ExitCode::rolled_back);
  EXPECT_THAT(message, AllOf(HasSubstr("new.sql:4"), HasSubstr("42704"), HasSubstr("ALTER TABLE parcel ADD COLUMN a")));
  EXPECT_EQ(scratch_databases(), "0");
}

TEST_F(MigratePlan, RefusesInARevisionWhatItsTransactionWouldNotTake) {
  database_.sql("CREATE TABLE parcel (id integer)");
  const auto [code, message] = failure([&] {
    plan({}, {make_script({.revision = "r1"}, "one", {{"VACUUM parcel"}, {}})});
  });
  EXPECT_EQ(code, ExitCode::rolled_back);
  EXPECT_THAT(message, AllOf(HasSubstr("25001"), HasSubstr("transactional: false"), HasSubstr("r1")));
}

TEST_F(MigratePlan, LeavesTransactionsToTheEngine) {
  const auto ends = failure([&] { plan({}, {make_script({.revision = "r1"}, "one", {{"COMMIT"}, {}})}); });
  EXPECT_EQ(ends.first, ExitCode::rolled_back);
  EXPECT_THAT(ends.second, AllOf(HasSubstr("COMMIT"), HasSubstr("r1")));
  auto script = make_script({.revision = "r1"}, "one", {{"BEGIN", "CREATE TABLE parcel (id integer)"}, {}});
  script.transactional = false;
  const auto open = failure([&] { plan({}, {script}); });
  EXPECT_EQ(open.first, ExitCode::rolled_back);
  EXPECT_THAT(open.second, HasSubstr("add COMMIT"));
  script = make_script({.revision = "r1"}, "one",
                       {{"CREATE TABLE parcel (id integer)", "BEGIN", "LOCK TABLE parcel", "COMMIT", "SELECT 1"}, {}});
  script.transactional = false;
  const auto report = plan({}, {script});
  ASSERT_THAT(report.statements, SizeIs(3));
  EXPECT_EQ(report.statements[1].strongest, LockMode::access_exclusive);
  EXPECT_EQ(report.statements[2].strongest, LockMode::none);
}

TEST_F(MigratePlan, LeavesTheTransactionWhereARevisionAsksForIt) {
  database_.sql("CREATE TABLE parcel (id integer)");
  auto script = make_script({.revision = "r1"}, "one");
  script.upgrade = [](alembic::Operations& op) {
    op.execute("LOCK TABLE parcel");
    op.create_index("parcel_id", "parcel", {"id"}, {.concurrently = true});
    op.execute("SELECT 1");
  };
  const auto report = plan({}, {script});
  ASSERT_THAT(report.statements, SizeIs(3));
  EXPECT_EQ(report.statements[0].strongest, LockMode::access_exclusive);
  EXPECT_EQ(report.statements[1].trace.execution, Execution::sampled);
  EXPECT_EQ(report.statements[1].strongest, LockMode::share_update_exclusive);
  EXPECT_EQ(report.statements[2].strongest, LockMode::none);
}

TEST_F(MigratePlan, RefusesWhatCannotBeAsked) {
  const auto unknown = failure([&] { plan({.range = "nosuch:head"}); });
  EXPECT_EQ(unknown.first, ExitCode::request);
  EXPECT_THAT(unknown.second, HasSubstr("nosuch"));
  const auto broken = failure([&] { plan_sql("SELECT 1;\nSELECT 'a"); });
  EXPECT_EQ(broken.first, ExitCode::request);
  EXPECT_THAT(broken.second, HasSubstr("new.sql:2"));
  const auto url = failure([&] { plan_sql("SELECT 1", {.against = "mysql://x"}); });
  EXPECT_EQ(url.first, ExitCode::request);
  EXPECT_THAT(url.second, HasSubstr("--against"));
}

// Values are made up for the tables that have rows, and are no reason to refuse a statement.
TEST_F(MigratePlan, MeasuresWithoutRowsWhatMadeUpRowsDoNotLet) {
  database_.sql("CREATE TABLE parcel (id integer PRIMARY KEY, code text); INSERT INTO parcel VALUES (1, 'A')");
  const auto report = plan_sql("ALTER TABLE parcel ADD CONSTRAINT c CHECK (code ~ '^[A-Z]$');");
  ASSERT_THAT(report.statements, SizeIs(1));
  EXPECT_THAT(report.statements[0].trace.scans, SizeIs(1));
}

TEST_F(MigratePlan, NeedsNoMoreThanTheRightToCreateDatabases) {
  database_.sql(
      "DROP ROLE IF EXISTS planner; CREATE ROLE planner LOGIN CREATEDB; CREATE SCHEMA mine AUTHORIZATION "
      "planner; CREATE TABLE mine.parcel (id integer PRIMARY KEY); ALTER TABLE mine.parcel OWNER TO planner");
  auto environment = environment_of(database_.url_text());
  environment.target->conninfo += "&user=planner";
  const PlanRequest request{.files = {{"new.sql", "CREATE INDEX CONCURRENTLY i ON mine.parcel (id);"}}};
  const auto report = make_plan(request, environment, [] { return ScriptDirectory({}); });
  ASSERT_THAT(report.statements, SizeIs(1));
  EXPECT_EQ(report.statements[0].strongest, LockMode::share_update_exclusive);
  database_.sql("DROP SCHEMA mine CASCADE; DROP OWNED BY planner; DROP ROLE planner");
}

TEST_F(MigratePlan, MakesUpRowsThatReferToEachOther) {
  database_.sql(
      "CREATE TYPE size AS ENUM ('s', 'l'); CREATE DOMAIN weight AS numeric(6, 2) CHECK (VALUE > 0);"
      "CREATE TABLE parcel (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, depot integer NOT NULL, size size NOT "
      "NULL, weight weight, sent timestamptz NOT NULL, tags text[] NOT NULL, code char(3) UNIQUE, twice bigint "
      "GENERATED "
      "ALWAYS AS (id * 2) STORED, at inet, key uuid NOT NULL, extra jsonb);"
      "CREATE TABLE depot (id integer PRIMARY KEY, open boolean NOT NULL);"
      "ALTER TABLE parcel ADD FOREIGN KEY (depot) REFERENCES depot;"
      "CREATE TABLE strict (id integer CHECK (id = 7));"
      "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END';"
      "CREATE TRIGGER t BEFORE INSERT ON depot FOR EACH ROW EXECUTE FUNCTION refuse();"
      "CREATE TABLE full_already (id integer); INSERT INTO full_already VALUES (1)");
  DatabaseSession session(database_);
  make_up_rows(*session, {{"public", "parcel"}, {"public", "depot"}, {"public", "strict"}, {"public", "full_already"}});
  const auto count = [&](const std::string& table) { return session->scalar("SELECT count(*) FROM " + table); };
  EXPECT_EQ(count("parcel"), "100");
  EXPECT_EQ(count("depot"), "100");
  EXPECT_EQ(count("strict"), "1") << "with NULL";
  EXPECT_EQ(count("full_already"), "1");
  EXPECT_EQ(session->scalar("SELECT tgenabled FROM pg_trigger WHERE tgname = 't'"), "O");
}

}  // namespace
}  // namespace support::tests
