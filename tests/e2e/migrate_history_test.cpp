// verify, repair and status through the program itself, and what is left when it is killed.
#include <signal.h>

#include <chrono>
#include <thread>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "tests/e2e/migrate_fixture.hpp"

namespace support::tests {
namespace {

namespace json = boost::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class MigrateHistory : public MigrateTest {
 protected:
  void SetUp() override {
    write("r1", "", "CREATE TABLE r1 (id integer);\n", "DROP TABLE r1;\n");
    write("r2", "r1", "CREATE TABLE r2 (id integer);\n", "DROP TABLE r2;\n");
  }

  void edit_first() const { write("r1", "", "CREATE TABLE r1 (id bigint);\n", "DROP TABLE r1;\n"); }

  json::object report(std::vector<std::string> command, int exit_code) const {
    command.insert(command.end(), {"--format", "json"});
    const auto result = on_folder(std::move(command));
    EXPECT_EQ(result.exit_code, exit_code) << result.standard_output << result.standard_error;
    return json::parse(result.standard_output).as_object();
  }
};

TEST_F(MigrateHistory, VerifyFindsAnEditAndRepairAcceptsIt) {
  EXPECT_EQ(on_folder({"upgrade", "r1"}).exit_code, 0);
  EXPECT_EQ(on_folder({"verify", "--strict"}).exit_code, 0);
  edit_first();
  const auto verified = on_folder({"verify"});
  EXPECT_EQ(verified.exit_code, 1);
  EXPECT_THAT(verified.standard_output,
              AllOf(HasSubstr("edited: Revision r1 was edited after it was applied"),
                    HasSubstr("statement 1 of upgrade differs: it was `create table r1(id integer)`"),
                    HasSubstr("FAILED: 1 finding")));
  const auto document = report({"verify"}, 1);
  const auto& finding = document.at("findings").as_array().at(0).as_object();
  EXPECT_EQ(finding.at("kind").as_string(), "edited");
  EXPECT_EQ(finding.at("revision").as_string(), "r1");
  EXPECT_TRUE(finding.at("tampering").as_bool());

  const auto refused = on_folder({"upgrade", "head"});
  EXPECT_EQ(refused.exit_code, 5);
  EXPECT_THAT(refused.standard_output, HasSubstr("Revision r1 was edited"));
  EXPECT_THAT(relations(), ElementsAre("r1"));

  EXPECT_EQ(on_folder({"repair", "r1"}).exit_code, 2);
  const auto repaired = on_folder({"repair", "r1", "--reason", "the type only"});
  EXPECT_EQ(repaired.exit_code, 0);
  EXPECT_THAT(repaired.standard_output, HasSubstr("Accepted revision r1 as it is now."));
  EXPECT_EQ(on_folder({"upgrade", "head"}).exit_code, 0);
  EXPECT_EQ(report({"verify"}, 0).at("records").as_int64(), 3);
}

TEST_F(MigrateHistory, LintFindsAnEditedMigration) {
  EXPECT_EQ(on_folder({"upgrade", "head"}).exit_code, 0);
  EXPECT_EQ(on_folder({"lint"}).exit_code, 0);
  edit_first();
  const auto linted = on_folder({"lint"});
  EXPECT_EQ(linted.exit_code, 1);
  EXPECT_THAT(linted.standard_output, AllOf(HasSubstr("edited-migration"), HasSubstr("r1_.sql:3"),
                                            HasSubstr("statement 1 of upgrade differs")));
}

TEST_F(MigrateHistory, StatusIsOnePageAndAProbe) {
  const auto empty = report({"status"}, 1);
  EXPECT_EQ(empty.at("pending").as_array().size(), 2U);
  EXPECT_FALSE(empty.at("history").as_bool());
  EXPECT_THAT(rows(), testing::IsEmpty());
  EXPECT_EQ(database_.sql("SELECT count(*) FROM pg_class WHERE relname = 'alembic_version'").at(0).at(0), "0");

  EXPECT_EQ(on_folder({"upgrade", "head"}).exit_code, 0);
  const auto clean = report({"status", "--drift"}, 0);
  EXPECT_TRUE(clean.at("clean").as_bool());
  EXPECT_TRUE(clean.at("lock_holder").is_null());
  EXPECT_EQ(clean.at("drift").as_array().size(), 0U);
  EXPECT_EQ(clean.at("last").as_array().at(0).at("revision").as_string(), "r2");

  write("r3", "r2", "ALTER TABLE r2 DROP COLUMN id;\n", "ALTER TABLE r2 ADD COLUMN id integer;\n");
  const auto pending = on_folder({"status"});
  EXPECT_EQ(pending.exit_code, 1);
  EXPECT_THAT(pending.standard_output,
              AllOf(HasSubstr("heads     r3"), HasSubstr("current   r2"), HasSubstr("r3  Message of r3: lint finds 1"),
                    HasSubstr("lock      free"), HasSubstr("2 records, no tampering"), HasSubstr("upgrade r2  done")));
}

TEST_F(MigrateHistory, StatusTellsOfDriftAndTampering) {
  EXPECT_EQ(on_folder({"upgrade", "head"}).exit_code, 0);
  database_.sql("ALTER TABLE r1 ADD by_hand text");
  EXPECT_EQ(on_folder({"status"}).exit_code, 0);
  const auto drift = on_folder({"status", "--drift"});
  EXPECT_EQ(drift.exit_code, 1);
  EXPECT_THAT(drift.standard_output, AllOf(HasSubstr("drift     1"), HasSubstr("by_hand")));
  edit_first();
  const auto tampered = on_folder({"status"});
  EXPECT_EQ(tampered.exit_code, 1);
  EXPECT_THAT(tampered.standard_output, AllOf(HasSubstr("TAMPERED WITH"), HasSubstr("edited: Revision r1")));
}

TEST_F(MigrateHistory, CanBeSwitchedOffAndKeptElsewhere) {
  EXPECT_EQ(on_folder({"upgrade", "r1"}, {{"MIGRATION_HISTORY_SCHEMA", ""}}).exit_code, 0);
  EXPECT_TRUE(database_.sql("SELECT to_regnamespace('alembic')").at(0).at(0).empty());
  EXPECT_EQ(on_folder({"repair", "r1", "--reason", "x"}, {{"MIGRATION_HISTORY_SCHEMA", ""}}).exit_code, 2);
  EXPECT_EQ(on_folder({"upgrade", "head"}, {{"MIGRATION_HISTORY_SCHEMA", "Audit Trail"}}).exit_code, 0);
  EXPECT_EQ(database_.sql("SELECT count(*) FROM \"Audit Trail\".history").at(0).at(0), "1");
  EXPECT_EQ(on_folder({"verify"}, {{"MIGRATION_HISTORY_SCHEMA", "Audit Trail"}}).exit_code, 0);
}

TEST_F(MigrateHistory, TheMigrationsOfTheProgramAreVerifiedToo) {
  EXPECT_EQ(migrate({"upgrade", "head"}).exit_code, 0);
  const auto verified = migrate({"verify", "--strict"});
  EXPECT_EQ(verified.exit_code, 0) << verified.standard_output;
  EXPECT_EQ(
      database_.sql("SELECT count(*) FROM alembic.history WHERE bytes_sha256 IS NULL OR operations_sha256 IS NULL")
          .at(0)
          .at(0),
      "0");
  EXPECT_EQ(migrate({"check"}).exit_code, 0);
  EXPECT_EQ(migrate({"drift"}).exit_code, 0);
  EXPECT_EQ(migrate({"downgrade", "base"}).exit_code, 0);
  EXPECT_EQ(migrate({"verify", "--strict"}).exit_code, 0);
}

// Eight revisions of a few milliseconds each, one of them outside of a transaction.
void write_slow_project(const TemporaryFolder& folder) {
  for (int i = 1; i <= 8; ++i) {
    const auto header = fmt::format("-- Message\n--\n-- revision: k{}\n-- down_revision: {}\n{}\n", i,
                                    i == 1 ? "" : fmt::format("k{}", i - 1), i == 5 ? "-- transactional: false\n" : "");
    const auto body = i == 5 ? "CREATE TABLE IF NOT EXISTS k5 (id int);\nSELECT pg_sleep(0.005);\n"
                             : fmt::format("CREATE TABLE k{} (id int);\nSELECT pg_sleep(0.005);\n", i);
    folder.write(fmt::format("slow/k{}_.sql", i), header + "\n-- migrate:upgrade\n" + body +
                                                      fmt::format("\n-- migrate:downgrade\nDROP TABLE k{};\n", i));
  }
}

// What the version table says, and what the last record says of it.
std::string version_row(const TestDatabase& database) {
  if (database.sql("SELECT to_regclass('alembic_version')").at(0).at(0).empty()) return "";
  return database.sql("SELECT coalesce(max(version_num), '') FROM alembic_version").at(0).at(0);
}
std::string recorded_row(const TestDatabase& database) {
  if (database.sql("SELECT to_regclass('alembic.history')").at(0).at(0).empty()) return "";
  const auto rows = database.sql(
      "SELECT coalesce(rows[1], '') FROM alembic.history WHERE applied IS NOT NULL ORDER BY position DESC LIMIT 1");
  return rows.empty() ? "" : rows.at(0).at(0);
}
// The newest table; that of the step outside of a transaction may be there before its row.
std::string newest_table(const TestDatabase& database) {
  return database.sql("SELECT coalesce(max(relname), '') FROM pg_class WHERE relname ~ '^k[0-9]$' AND relkind = 'r'")
      .at(0)
      .at(0);
}

void wait_for_the_session_to_end(const TestDatabase& database) {
  for (int i = 0; i < 500; ++i) {
    if (database
            .sql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = "
                 "'support-agent migrate'")
            .at(0)
            .at(0) == "0")
      return;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  FAIL() << "the killed run's session is still there";
}

// Until the process has come this far, or has ended.
void wait_for_log(const AgentProcess& process, const std::string& words) {
  for (int i = 0; i < 30'000 && process.standard_error().find(words) == std::string::npos; ++i) {
    std::this_thread::sleep_for(std::chrono::microseconds(500));
  }
}

TEST(KilledMigration, LeavesVersionTableHistoryAndCatalogInAgreement) {
  const TemporaryFolder folder;
  write_slow_project(folder);
  int killed = 0;
  int agreed_half_way = 0;
  for (int attempt = 0; attempt < 40; ++attempt) {
    const TestDatabase database;
    const Environment environment = {{"DATABASE_URL", database.url_text()},
                                     {"MIGRATION_TRANSACTION_PER_MIGRATION", attempt % 2 == 0 ? "true" : "false"}};
    const auto command = [](std::vector<std::string> more) {
      std::vector<std::string> words = {"migrate", "--script-location", "slow"};
      words.insert(words.end(), more.begin(), more.end());
      return words;
    };
    AgentProcess process(command({"upgrade", "head"}), environment, folder.path());
    wait_for_log(process, fmt::format("-> k{}", attempt / 2 % 8 + 1));
    std::this_thread::sleep_for(std::chrono::milliseconds(attempt / 8));
    process.signal(SIGKILL);
    if (process.wait() == 128 + SIGKILL) ++killed;
    wait_for_the_session_to_end(database);

    const auto row = version_row(database);
    EXPECT_EQ(recorded_row(database), row) << attempt;
    const auto table = newest_table(database);
    EXPECT_TRUE(table == row || (row == "k4" && table == "k5")) << attempt << ": " << table << " and " << row;
    if (!row.empty() && row != "k8") ++agreed_half_way;
    const auto verified = run_agent(command({"verify"}), environment, folder.path());
    EXPECT_EQ(verified.exit_code, 0) << attempt << ": " << verified.standard_output;
    const auto again = run_agent(command({"upgrade", "head"}), environment, folder.path());
    EXPECT_EQ(again.exit_code, 0) << attempt << ": " << again.standard_output << again.standard_error;
    EXPECT_EQ(recorded_row(database), "k8");
    EXPECT_EQ(run_agent(command({"verify", "--strict"}), environment, folder.path()).exit_code, 0) << attempt;
  }
  fmt::print("killed {} of 40 runs, {} of them half-way\n", killed, agreed_half_way);
  EXPECT_GT(killed, 20);
  EXPECT_GT(agreed_half_way, 10);
}

}  // namespace
}  // namespace support::tests
