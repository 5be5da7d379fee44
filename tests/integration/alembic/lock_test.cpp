// Several migrations at once, on one database.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pqxx/pqxx>

#include "app/alembic/runtime/migration_lock.hpp"
#include "app/cli/cluster/server_account.hpp"

#include "tests/integration/alembic/engine.hpp"
#include "tests/support/agent_process.hpp"
#include "tests/support/free_port.hpp"
#include "tests/support/migration_scripts.hpp"
#include "tests/support/temporary_folder.hpp"

namespace support::tests {
namespace {

using alembic::ScriptDirectory;
using std::chrono::milliseconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

// One revision whose upgrade takes a while.
ScriptDirectory slow(const std::string& seconds) {
  return ScriptDirectory(
      {make_script({.revision = "r1"}, "slow",
                   {{"CREATE TABLE r1 (id integer)", "SELECT pg_sleep(" + seconds + ")"}, {"DROP TABLE r1"}})});
}

// Waits until the condition, a query, is true.
void wait_for(const TestDatabase& database, const std::string& condition) {
  for (int i = 0; i < 500; ++i) {
    if (database.sql("SELECT " + condition).front().front() == "t") return;
    std::this_thread::sleep_for(milliseconds(20));
  }
  FAIL() << "never true: " << condition;
}

// libpqxx begins a message of several statements with a SELECT of its own.
const std::string somebody_migrates =
    "EXISTS (SELECT FROM pg_stat_activity WHERE query ~ '^(SELECT 1; )?SELECT pg_sleep' AND "
    "datname = current_database())";

// Ends the sessions of the engine in this database: those whose last query is like `query`.
void terminate(const TestDatabase& database, const std::string& query) {
  database.sql(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
      "pg_backend_pid() AND application_name = 'support-agent migrate' AND query LIKE '" +
      query + "'");
}

TEST(Lock, FiveThreadsMigrateOnceAndAllSucceed) {
  const TestDatabase database;
  const auto scripts = slow("0.5");
  std::vector<std::future<Outcome>> runs;
  for (int i = 0; i < 5; ++i) {
    runs.push_back(std::async(std::launch::async, [&] { return Engine(database).upgrade(scripts); }));
  }
  for (auto& run : runs) {
    const auto outcome = run.get();
    EXPECT_EQ(outcome.exit_code, 0) << outcome.printed;
  }
  EXPECT_THAT(version_rows(database), ElementsAre("r1"));
}

// Python's Alembic takes no lock.
TEST(Lock, SomebodyWithoutTheLockWhoMakesTheVersionTableFirstIsNamed) {
  const TestDatabase database;
  pqxx::connection somebody(database.url_text());
  pqxx::work work(somebody);
  work.exec("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)");
  auto run = std::async(std::launch::async, [&] { return Engine(database).upgrade(slow("0")); });
  wait_for(database,
           "EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database())");
  work.commit();
  const auto outcome = run.get();
  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_THAT(outcome.printed, HasSubstr("made the version table alembic_version at the same time as this run"));
  EXPECT_FALSE(has_table(database, "r1"));
  EXPECT_EQ(Engine(database).upgrade(slow("0")).exit_code, 0);
}

TEST(Lock, EightProcessesMigrateOnceAndAllSucceed) {
  const TestDatabase database;
  std::vector<std::unique_ptr<AgentProcess>> processes;
  for (int i = 0; i < 8; ++i) {
    processes.push_back(std::make_unique<AgentProcess>(
        std::vector<std::string>{"migrate", "--driver", driver_name(), "upgrade", "head"},
        Environment{{"DATABASE_URL", database.url_text()}}));
  }
  std::size_t steps = 0;
  for (auto& process : processes) {
    EXPECT_EQ(process->wait(), 0) << process->standard_output() << process->standard_error();
    const auto log = process->standard_error();
    for (auto at = log.find("Running upgrade"); at != std::string::npos; at = log.find("Running upgrade", at + 1))
      ++steps;
  }
  EXPECT_EQ(steps, ScriptDirectory::builtin().map().size());
  EXPECT_THAT(version_rows(database), ElementsAre(*ScriptDirectory::builtin().get_current_head()));
}

// What the server does for a client that has vanished, it does for both sessions of a run.
TEST(Lock, BothSessionsAskForKeepalives) {
  const TestDatabase database;
  auto script = make_script({.revision = "r1"}, "first");
  std::string run;
  script.upgrade = [&](alembic::Operations& op) {
    run = op.get_bind().scalar("SELECT current_setting('tcp_keepalives_idle')");
  };
  const auto url = database.tcp_url().sync(config::Password::show);
  EXPECT_EQ(Engine(url).upgrade(ScriptDirectory({script})).exit_code, 0);
  EXPECT_EQ(run, "30");

  const auto environment = Engine(url).environment();
  alembic::MigrationLock lock(environment.connect(*environment.target), *environment.target, alembic::VersionTable(),
                              std::chrono::seconds(1));
  EXPECT_EQ(lock.query("SELECT current_setting('tcp_keepalives_idle')").at(0).at(0), "30");
}

TEST(Lock, AtHeadNobodyWaitsForIt) {
  const TestDatabase database;
  const Engine engine(database);
  ASSERT_EQ(engine.upgrade(slow("0")).exit_code, 0);
  const ScriptDirectory longer(
      {make_script({.revision = "r1"}, "first"),
       make_script({.revision = "r2", .down_revisions = {"r1"}}, "slow", {{"SELECT pg_sleep(60)"}})});
  auto busy = std::async(std::launch::async, [&] { return engine.upgrade(longer); });
  wait_for(database, somebody_migrates);
  auto at_head = Engine(database);
  at_head.environment().lock_timeout = milliseconds(0);
  EXPECT_EQ(at_head.upgrade(slow("0")).exit_code, 0);
  terminate(database, "%pg_sleep%");
  EXPECT_EQ(busy.get().exit_code, 4);
}

TEST(Lock, ATimeOutNamesTheHolder) {
  const TestDatabase database;
  auto busy = std::async(std::launch::async, [&] { return Engine(database).upgrade(slow("60")); });
  wait_for(database, somebody_migrates);
  auto second = Engine(database);
  second.environment().lock_timeout = milliseconds(300);
  testing::internal::CaptureStderr();
  const auto outcome = second.upgrade(slow("0"));
  const auto log = testing::internal::GetCapturedStderr();
  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_THAT(outcome.printed,
              AllOf(HasSubstr("within 300ms"), HasSubstr("held by pid "), HasSubstr("host local socket"),
                    HasSubstr("application support-agent migrate"), HasSubstr("MIGRATION_LOCK_TIMEOUT")));
  EXPECT_THAT(log, HasSubstr("Waiting for the migration lock, held by pid "));
  terminate(database, "%pg_sleep%");
  EXPECT_EQ(busy.get().exit_code, 4);
}

TEST(Lock, AHolderThatIsKilledFreesTheWaitingOne) {
  const TestDatabase database;
  const std::string sessions =
      "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'support-agent "
      "migrate'";
  auto holder = std::async(std::launch::async, [&] { return Engine(database).upgrade(slow("60")); });
  wait_for(database, somebody_migrates);
  const auto of_the_holder = database.sql(sessions);
  auto waiting = std::async(std::launch::async, [&] { return Engine(database).upgrade(slow("0")); });
  wait_for(database, fmt::format("(SELECT count(*) FROM ({}) s) = 4", sessions));
  for (const auto& row : of_the_holder) database.sql("SELECT pg_terminate_backend(" + row.at(0) + ")");
  EXPECT_EQ(holder.get().exit_code, 4);
  const auto outcome = waiting.get();
  EXPECT_EQ(outcome.exit_code, 0) << outcome.printed;
  EXPECT_THAT(version_rows(database), ElementsAre("r1"));
}

TEST(Lock, AProcessThatIsKilledFreesTheWaitingOneAndItsStatementIsStopped) {
  const TestDatabase database;
  database.sql("CREATE TABLE slow AS SELECT 60 AS seconds");
  const TemporaryFolder folder;
  folder.write("r1_slow.sql",
               "-- Slow\n--\n-- revision: r1\n-- down_revision:\n-- create_date: 2026-01-18 03:38:38\n\n"
               "-- migrate:upgrade\nSELECT pg_sleep(sum(seconds)) FROM slow;\n\n"
               "-- migrate:downgrade\nSELECT 1;\n");
  const std::vector<std::string> upgrade{"migrate",     "--script-location", folder.path(), "--driver",
                                         driver_name(), "upgrade",           "head"};
  const Environment environment{{"DATABASE_URL", database.url_text()}};
  AgentProcess holder(upgrade, environment);
  wait_for(database, somebody_migrates);
  AgentProcess waiting(upgrade, environment);
  for (int i = 0; i < 500 && waiting.standard_error().find("Waiting for the migration lock") == std::string::npos;
       ++i) {
    std::this_thread::sleep_for(milliseconds(20));
  }
  EXPECT_THAT(waiting.standard_error(), AllOf(HasSubstr("held by pid "), HasSubstr("(host local socket, application "
                                                                                   "support-agent migrate)")));
  database.sql("DELETE FROM slow");
  holder.signal(SIGKILL);
  EXPECT_EQ(waiting.wait(), 0) << waiting.standard_output() << waiting.standard_error();
  EXPECT_THAT(version_rows(database), ElementsAre("r1"));
  wait_for(database, "NOT " + somebody_migrates);
}

TEST(Lock, ItsLossIsNoticedBeforeTheCommit) {
  const TestDatabase database;
  auto busy = std::async(std::launch::async, [&] { return Engine(database).upgrade(slow("1")); });
  wait_for(database, somebody_migrates);
  terminate(database, "SELECT pg_try_advisory_lock%");
  const auto outcome = busy.get();
  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_THAT(outcome.printed, HasSubstr("The session that held the migration lock"));
  EXPECT_THAT(version_rows(database), ElementsAre("no table"));
}

TEST(Lock, IsForTheDatabaseAndNotForTheServer) {
  const TestDatabase one;
  const TestDatabase other;
  auto busy = std::async(std::launch::async, [&] { return Engine(one).upgrade(slow("60")); });
  wait_for(one, somebody_migrates);
  auto second = Engine(other);
  second.environment().lock_timeout = milliseconds(0);
  EXPECT_EQ(second.upgrade(slow("0")).exit_code, 0);
  terminate(one, "%pg_sleep%");
  busy.get();
}

bool is_listening(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  const bool connected = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(fd);
  return connected;
}

// PgBouncer before the test cluster; gone with the object.
class TransactionPooler {
 public:
  static constexpr auto program = "/usr/sbin/pgbouncer";

  explicit TransactionPooler(const TestDatabase& database) : port_(free_tcp_port()) {
    const auto account = cli::ServerAccount::current();
    folder_ = std::filesystem::temp_directory_path() / fmt::format("support-agent-pooler-{}", port_);
    account.make_private_folder(folder_);
    const auto url = database.url();
    std::ofstream(folder_ / "pgbouncer.ini")
        << "[databases]\n* = host=" << url.keyword("host") << " port=" << url.keyword("port")
        << " user=" << url.keyword("user") << "\n[pgbouncer]\n"
        << "listen_addr = 127.0.0.1\nlisten_port = " << port_ << "\nauth_type = any\npool_mode = transaction\n"
        << "logfile = " << (folder_ / "log").string() << "\npidfile = " << (folder_ / "pid").string()
        << "\nunix_socket_dir =\n";
    control("-d ");
    wait_until_it_listens();
    url_ = fmt::format("postgresql://{}@127.0.0.1:{}/{}", url.keyword("user"), port_, database.name());
  }
  ~TransactionPooler() {
    control("", "kill $(cat " + (folder_ / "pid").string() + ") && sleep 0.3");
    std::filesystem::remove_all(folder_);
  }

  const std::string& url() const { return url_; }

 private:
  void wait_until_it_listens() const {
    for (int i = 0; i < 250; ++i) {
      if (is_listening(static_cast<std::uint16_t>(port_))) return;
      std::this_thread::sleep_for(milliseconds(20));
    }
    throw std::runtime_error("PgBouncer does not listen");
  }

  // As the account of the server, because PgBouncer refuses to run as root.
  void control(const std::string& flags, std::string shell = {}) const {
    if (shell.empty()) shell = fmt::format("{} -q {}{}", program, flags, (folder_ / "pgbouncer.ini").string());
    std::string line;
    for (const auto& word : cli::ServerAccount::current().run_as({"sh", "-c", shell}))
      line += fmt::format("'{}' ", word);
    if (std::system(line.c_str()) != 0) throw std::runtime_error("PgBouncer did not obey: " + shell);
  }

  int port_;
  std::filesystem::path folder_;
  std::string url_;
};

TEST(Lock, APoolerInTransactionModeIsRefusedWithTheRemedy) {
  if (!std::filesystem::exists(TransactionPooler::program)) GTEST_SKIP() << "PgBouncer is not installed";
  const TestDatabase database;
  const TransactionPooler pooler(database);
  const auto outcome = Engine(pooler.url()).upgrade(line_of_tables(1));
  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_THAT(outcome.printed, AllOf(HasSubstr("pooler in transaction mode"), HasSubstr("session mode")));
  EXPECT_THAT(version_rows(database), ElementsAre("no table"));
  // Refusing left no lock behind on the pooler's session.
  auto direct = Engine(database);
  direct.environment().lock_timeout = milliseconds(0);
  EXPECT_EQ(direct.upgrade(line_of_tables(1)).exit_code, 0);
}

}  // namespace
}  // namespace support::tests
