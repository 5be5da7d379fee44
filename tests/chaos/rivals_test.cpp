// A COMMIT of which nobody knows the end, and runs beside other runs.
#include <signal.h>

#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/chaos/chaos_project.hpp"
#include "tests/chaos/fault_count.hpp"
#include "tests/chaos/fault_proxy.hpp"
#include "tests/support/temporary_folder.hpp"

namespace support::tests {
namespace {

using When = FaultProxy::When;
using namespace std::chrono_literals;

// Migrations whose COMMIT takes a second, because a trigger of the table that they write runs then.
class SlowCommit : public testing::Test {
 protected:
  void SetUp() override {
    database_.sql(
        "CREATE TABLE log (line text);"
        "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(1); RETURN NULL; END $$;"
        "CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON log DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE "
        "FUNCTION slow()");
  }
  void write(bool is_transactional) const {
    folder_.write("mig/s1_.sql", fmt::format("-- Slow\n--\n-- revision: s1\n-- down_revision:\n{}\n-- migrate:upgrade\n"
                                             "INSERT INTO log VALUES ('s1');\n-- migrate:irreversible it is a test\n",
                                             is_transactional ? "" : "-- transactional: false\n"));
  }
  static std::vector<std::string> upgrade(const std::string& driver) {
    return {"migrate", "--script-location", "mig", "--driver", driver, "upgrade", "head"};
  }
  AgentResult run(int port, const std::string& driver = "libpqxx") const {
    return run_agent(upgrade(driver), ChaosProject::environment(database_.name(), port), folder_.path());
  }
  std::string count(const std::string& of) const { return database_.sql("SELECT count(*) FROM " + of).at(0).at(0); }
  void clear() const { database_.sql("TRUNCATE log; DROP TABLE alembic_version; DROP SCHEMA alembic CASCADE"); }
  // A server that has not read the COMMIT yet rolls back when its client is gone.
  void wait_until_committing(const FaultProxy& proxy, std::size_t connection) const {
    const auto busy = fmt::format("SELECT 1 FROM pg_stat_activity WHERE client_port = {} AND state = 'active'",
                                  proxy.port_at_server(connection));
    for (int i = 0; i < 1'000 && database_.sql(busy).empty(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
  static FaultProxy::Choice commit_of_row() {
    return [inserted = false](const std::string& request) mutable {
      inserted = inserted || request.find("INSERT INTO log") != std::string::npos;
      return inserted && request.find("COMMIT") != std::string::npos;
    };
  }

  TestDatabase database_;
  TemporaryFolder folder_;
};

TEST_F(SlowCommit, IsDecidedBeforeItsEndIsTold) {
  write(true);
  for (const auto* driver : {"libpqxx", "async"}) {
    FaultProxy proxy(TestCluster::instance().tcp_port(), commit_of_row(), When::sent,
                     [this](FaultProxy& struck, std::size_t connection) {
                       wait_until_committing(struck, connection);
                       struck.cut_client_side(connection);
                     });
    const auto result = run(proxy.port(), driver);
    EXPECT_TRUE(proxy.has_struck());
    EXPECT_EQ(result.exit_code, 0) << result.standard_output << result.standard_error;
    EXPECT_EQ(count("log"), "1");
    EXPECT_EQ(count("alembic_version"), "1");
    clear();
  }
}

TEST_F(SlowCommit, OfAKilledRunIsWaitedForByTheNextOne) {
  for (const bool is_transactional : {true, false}) {
    write(is_transactional);
    std::promise<pid_t> started;
    const auto client = started.get_future().share();
    FaultProxy proxy(TestCluster::instance().tcp_port(), commit_of_row(), When::sent,
                     [&](FaultProxy& struck, std::size_t connection) {
                       wait_until_committing(struck, connection);
                       ::kill(client.get(), SIGKILL);
                     });
    AgentProcess process(upgrade("libpqxx"), ChaosProject::environment(database_.name(), proxy.port()), folder_.path());
    started.set_value(process.pid());
    EXPECT_EQ(process.wait(), 128 + SIGKILL);
    const auto next = run(TestCluster::instance().tcp_port());
    EXPECT_EQ(next.exit_code, 0) << is_transactional << next.standard_output << next.standard_error;
    EXPECT_EQ(count("log"), "1") << is_transactional;
    EXPECT_EQ(count("alembic_version"), "1");
    clear();
  }
}

class Rivals : public testing::Test {
 protected:
  static void SetUpTestSuite() { project_ = new ChaosProject(TestCluster::instance()); }
  static void TearDownTestSuite() {
    delete project_;
    project_ = nullptr;
  }
  static int port() { return TestCluster::instance().tcp_port(); }

  inline static ChaosProject* project_ = nullptr;
};

TEST_F(Rivals, RunsThatBeginTogetherMigrateOnce) {
  FaultCount count{.fault = "three runs begin at the same time"};
  for (std::size_t round = 0; round < 100 / stride(33); ++round) {
    const TestDatabase database;
    std::vector<std::unique_ptr<AgentProcess>> processes;
    for (const auto* driver : {"libpqxx", "async", "libpqxx"}) {
      processes.push_back(std::make_unique<AgentProcess>(ChaosProject::command({"upgrade", "head"}, driver),
                                                         ChaosProject::environment(database.name(), port())));
    }
    std::string problems;
    for (const auto& process : processes) {
      if (process->wait(120) != 0) problems += process->standard_output() + process->standard_error();
    }
    problems += project_->check_complete(database.name());
    EXPECT_EQ(problems, "");
    ++count.tries;
    if (problems.empty()) ++count.survived;
  }
  print_counts({count});
}

// The session of the lock ends, and another run begins at that moment: it must not get between.
TEST_F(Rivals, ALostLockLetsNobodyIn) {
  FaultCount count{.fault = "the lock's session ends while another run begins"};
  for (std::size_t at = 7; at < 1000; at += stride(24)) {
    const TestDatabase database;
    std::optional<AgentProcess> rival;
    FaultProxy proxy(port(), at, When::before, [&](FaultProxy& struck, std::size_t) {
      struck.cut(1);
      rival.emplace(ChaosProject::command({"upgrade", "head"}), ChaosProject::environment(database.name(), port()));
      std::this_thread::sleep_for(300ms);
    });
    const auto result =
        run_agent(ChaosProject::command({"upgrade", "head"}), ChaosProject::environment(database.name(), proxy.port()));
    if (!proxy.has_struck()) break;
    std::string problems;
    if (rival->wait(120) != 0) problems += "  the other run: " + rival->standard_output() + rival->standard_error();
    problems += project_->check_complete(database.name());
    EXPECT_EQ(problems, "") << at << ": " << proxy.struck_request() << result.exit_code << result.standard_error;
    ++count.tries;
    if (problems.empty()) ++count.survived;
  }
  EXPECT_GT(count.tries, 0U);
  print_counts({count});
}

TEST_F(Rivals, AStoppedRunKeepsOthersOutAndGoesOn) {
  FaultCount count{.fault = "SIGSTOP, another run is refused, SIGCONT"};
  for (std::size_t at = 20; at < 1000; at += stride(60)) {
    const TestDatabase database;
    std::promise<pid_t> started;
    const auto client = started.get_future().share();
    std::atomic<bool> is_stopped = false;
    FaultProxy proxy(port(), at, When::answered, [&](FaultProxy&, std::size_t) {
      ::kill(client.get(), SIGSTOP);
      is_stopped = true;
    });
    AgentProcess process(ChaosProject::command({"upgrade", "head"}),
                         ChaosProject::environment(database.name(), proxy.port()));
    started.set_value(process.pid());
    while (!is_stopped && process.wait(1) == -1) {
    }
    if (!is_stopped) break;
    auto environment = ChaosProject::environment(database.name(), port());
    environment["MIGRATION_LOCK_TIMEOUT"] = "300ms";
    std::string problems;
    if (!project_->is_at_head(database.name())) {
      const auto refused = run_agent(ChaosProject::command({"upgrade", "head"}), environment);
      if (refused.exit_code != 5) problems += refused.standard_output + refused.standard_error;
    }
    process.signal(SIGCONT);
    if (process.wait(60) != 0) problems += process.standard_output() + process.standard_error();
    problems += project_->check_complete(database.name());
    EXPECT_EQ(problems, "") << at;
    ++count.tries;
    if (problems.empty()) ++count.survived;
  }
  EXPECT_GT(count.tries, 0U);
  print_counts({count});
}

}  // namespace
}  // namespace support::tests
