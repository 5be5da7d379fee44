// `support-agent migrate plan` as a process.
#include <csignal>
#include <thread>

#include <boost/json.hpp>

#include "tests/e2e/migrate_fixture.hpp"

namespace support::tests {
namespace {

namespace json = boost::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class MigratePlanProcess : public MigrateTest {
 protected:
  MigratePlanProcess() {
    database_.sql(
        "CREATE TABLE parcel (id integer PRIMARY KEY, weight integer); INSERT INTO parcel SELECT g, g FROM "
        "generate_series(1, 20) g");
    database_.sql("ANALYZE");
  }
  std::vector<std::string> scratch_databases() const {
    std::vector<std::string> names;
    for (const auto& row : database_.sql("SELECT datname FROM pg_database WHERE datname ~ '^support_agent_scratch'")) {
      names.push_back(row.at(0));
    }
    return names;
  }
};

TEST_F(MigratePlanProcess, PrintsAListOfStatements) {
  folder_.write("new.sql", "ALTER TABLE parcel ALTER COLUMN weight TYPE bigint;\nSELECT 1;\n");
  for (const auto& arguments : {std::vector<std::string>{"plan", "new.sql", "--format", "json"},
                                std::vector<std::string>{"--format", "json", "plan", "new.sql"}}) {
    const auto result = migrate(arguments);
    ASSERT_EQ(result.exit_code, 0) << result.standard_error;
    const auto list = json::parse(result.standard_output).as_array();
    ASSERT_THAT(list, SizeIs(2));
    EXPECT_EQ(json::serialize(list[0].at("rewrites")), R"(["parcel"])");
    EXPECT_EQ(list[0].at("rows").to_number<int>(), 20);
  }
}

TEST_F(MigratePlanProcess, PrintsPendingRevisionsForPeople) {
  write("r1", "", "ALTER TABLE parcel ADD COLUMN note text;", "ALTER TABLE parcel DROP COLUMN note;");
  const auto result = on_folder({"plan"});
  EXPECT_EQ(result.exit_code, 0) << result.standard_error;
  EXPECT_THAT(result.standard_output,
              AllOf(HasSubstr("mig/r1_.sql:7 (r1)  ALTER TABLE parcel ADD COLUMN note text\n"),
                    HasSubstr("locks parcel ACCESS EXCLUSIVE (reads and writes wait)"), HasSubstr("1 statement")));
  EXPECT_THAT(rows(), IsEmpty());
}

TEST_F(MigratePlanProcess, TakesItsRatesAndAnotherServer) {
  folder_.write("new.sql", "SELECT count(*) FROM parcel;\n");
  const auto result = migrate({"plan", "new.sql", "--scan-rate", "1000", "--write-rate", "30", "--dev-url",
                               database_.tcp_url().sync(config::Password::show)});
  EXPECT_EQ(result.exit_code, 0) << result.standard_error;
  EXPECT_THAT(result.standard_output, HasSubstr("1000 MB/s read, 30 MB/s rewritten and 20 MB/s of index written"));
}

TEST_F(MigratePlanProcess, EndsWithTheCodesOfTheContract) {
  folder_.write("fails.sql", "SELECT 1;\nALTER TABLE parcel ADD COLUMN weight text;\n");
  const auto fails = migrate({"plan", "fails.sql"});
  EXPECT_EQ(fails.exit_code, 4);
  EXPECT_THAT(fails.standard_error, AllOf(HasSubstr("FAILED: fails.sql:2"), HasSubstr("42701")));
  EXPECT_THAT(fails.standard_output, IsEmpty());
  EXPECT_EQ(migrate({"plan", "nosuch.sql"}).exit_code, 2);
  EXPECT_EQ(migrate({"plan", "nosuch:head"}).exit_code, 2);
  EXPECT_EQ(migrate({"plan", "fails.sql", "r1:r2"}).exit_code, 2);
  EXPECT_EQ(migrate({"plan", "--format", "sarif"}).exit_code, 2);
  EXPECT_EQ(migrate({"plan", "--scan-rate", "-1"}).exit_code, 2);
  const auto unreachable = migrate({"plan"}, {{"DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing"}});
  EXPECT_EQ(unreachable.exit_code, 3);
  EXPECT_THAT(scratch_databases(), IsEmpty());
}

TEST_F(MigratePlanProcess, SweepsUpAfterOneThatWasKilled) {
  folder_.write("long.sql", "SELECT pg_sleep(60);\n");
  {
    AgentProcess killed({"migrate", "plan", "long.sql"}, {{"DATABASE_URL", database_.url_text()}}, folder_.path());
    const auto sleeps =
        "SELECT count(*) FROM pg_stat_activity WHERE datname ~ '^support_agent_scratch' AND query ~ 'pg_sleep'";
    for (int i = 0; i < 500 && database_.sql(sleeps).front().front() == "0"; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    killed.signal(SIGKILL);
    killed.wait();
  }
  ASSERT_THAT(scratch_databases(), SizeIs(1));
  folder_.write("new.sql", "SELECT 1;\n");
  // The server notices the end of the process that held the lock at once; its sleeping backend is ended by force.
  for (int i = 0; i < 100 && !scratch_databases().empty(); ++i) {
    const auto result = migrate({"plan", "new.sql"});
    EXPECT_EQ(result.exit_code, 0) << result.standard_error;
  }
  EXPECT_THAT(scratch_databases(), IsEmpty());
}

}  // namespace
}  // namespace support::tests
