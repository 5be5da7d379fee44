// The service with a primary and a standby, as its clients and its operator see it.
#include <signal.h>

#include <atomic>
#include <thread>

#include <boost/json/object.hpp>

#include "tests/e2e/service_fixture.hpp"
#include "tests/support/standby.hpp"

namespace support::tests {
namespace {

using namespace std::chrono_literals;

std::string customer_number(int n) {
  const std::string number = std::to_string(n);
  return R"({"customer_id":"C-)" + number + R"(","first_name":"Test","last_name":"Person","email":"t)" + number +
         R"(@example.org"})";
}

double figure(HttpClient& http, const std::string& line) {
  const std::string page = "\n" + http.get("/metrics").body;
  const auto found = page.find("\n" + line + " ");
  return found == std::string::npos ? -1 : std::stod(page.substr(found + line.size() + 2));
}

// Waits for it: there is at most a line a second, and none in the first.
bool says(AgentProcess& process, const std::string& text) {
  const auto give_up = std::chrono::steady_clock::now() + 30s;
  while (process.standard_error().find(text) == std::string::npos) {
    if (std::chrono::steady_clock::now() > give_up) return false;
    std::this_thread::sleep_for(50ms);
  }
  return true;
}

TEST(StandbyReads, AreWithinTheBoundAndSeeWhatTheServiceWrote) {
  TestCluster primary;
  if (!Standby::is_possible(primary)) GTEST_SKIP() << "This server comes without pg_basebackup.";
  const TestDatabase database(primary);
  Standby standby(primary);
  auto environment = environment_for("postgresql://support_agent@127.0.0.1:" + std::to_string(primary.tcp_port()) +
                                     ",127.0.0.1:" + std::to_string(standby.tcp_port()) + "/" + database.name() +
                                     "?target_session_attrs=read-write");
  environment["DATABASE_READ_MAX_LAG"] = "2s";
  const auto migrated = run_agent({"migrate", "upgrade", "head"}, environment);
  ASSERT_EQ(migrated.exit_code, 0) << migrated.standard_error;
  RunningService service(environment);
  HttpClient http(service.port());
  const std::string by_standby =
      R"(support_agent_database_bounded_reads_total{server="standby",reason="within_bound"})";
  const std::string after_write =
      R"(support_agent_database_bounded_reads_total{server="primary",reason="after_write"})";

  ASSERT_EQ(http.post("/api/v1/customers", customer_number(0)).status, 201U);
  const auto give_up = std::chrono::steady_clock::now() + 30s;
  while (figure(http, by_standby) < 1 && std::chrono::steady_clock::now() < give_up) {
    EXPECT_EQ(http.get("/api/v1/customers/1").status, 200U);
    std::this_thread::sleep_for(5ms);
  }
  EXPECT_GE(figure(http, by_standby), 1);
  EXPECT_GE(figure(http, R"(support_agent_database_standby_lag_seconds{host="127.0.0.1:)" +
                             std::to_string(standby.tcp_port()) + R"("})"),
            0);

  EXPECT_TRUE(says(service.process(), "Reads may go to a standby."));

  // Whatever connection, and so whatever thread, the client comes back on.
  standby.sql("select pg_wal_replay_pause()");
  for (int n = 1; n <= 20; ++n) {
    const auto created = HttpClient(service.port()).post("/api/v1/customers", customer_number(n));
    ASSERT_EQ(created.status, 201U) << created.body;
    const auto id = created.json().at("id").as_int64();
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(HttpClient(service.port()).get("/api/v1/customers/" + std::to_string(id)).status, 200U);
    }
  }
  EXPECT_GE(figure(http, after_write), 1);
  standby.sql("select pg_wal_replay_resume()");

  // The standby goes while it is read: nobody notices.
  std::atomic<bool> stopping = false;
  std::atomic<int> answered = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back([&] {
      HttpClient client(service.port());
      while (!stopping) {
        EXPECT_EQ(client.get("/api/v1/customers/1").status, 200U);
        EXPECT_EQ(client.get("/api/v1/customers?limit=10").status, 200U);
        ++answered;
      }
    });
  }
  const double before = figure(http, by_standby);
  while (figure(http, by_standby) < before + 100 && std::chrono::steady_clock::now() < give_up + 30s) {
    std::this_thread::sleep_for(5ms);
  }
  standby.stop(cli::LocalCluster::StopMode::immediate);
  const int at_the_end = answered;
  while (answered < at_the_end + 100 && std::chrono::steady_clock::now() < give_up + 60s) {
    std::this_thread::sleep_for(5ms);
  }
  stopping = true;
  for (std::thread& client : clients) client.join();
  EXPECT_GE(answered, at_the_end + 100);
  EXPECT_EQ(http.get("/ready").status, 200U);

  EXPECT_TRUE(says(service.process(), "Reads no longer go to a standby."));
  service.process().signal(SIGTERM);
  EXPECT_EQ(service.process().wait(), 0);
}

}  // namespace
}  // namespace support::tests
