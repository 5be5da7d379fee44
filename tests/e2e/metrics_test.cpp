// What an operator sees of the service from outside, and what a client that leaves does to it.
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <gmock/gmock.h>

#include "tests/e2e/service_fixture.hpp"

namespace support::tests {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

class Metrics : public ServiceTest {
 protected:
  std::string page() { return client().get("/metrics").body; }
  // The value of one line, "name{labels}".
  double value(const std::string& line) {
    const std::string text = "\n" + page();
    const auto found = text.find("\n" + line + " ");
    if (found == std::string::npos) return 0;
    return std::stod(text.substr(found + line.size() + 2));
  }
  std::string statements_of(const std::string& what) {
    return database().sql(
        "select count(*) from pg_stat_activity where datname = current_database() and "
        "state = 'active' and pid <> pg_backend_pid() and query like '%" +
        what + "%'")[0][0];
  }
  template <class Condition>
  static bool eventually(Condition condition) {
    const auto give_up = std::chrono::steady_clock::now() + 10s;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > give_up) return false;
      std::this_thread::sleep_for(10ms);
    }
    return true;
  }
};

TEST_F(Metrics, CountRequestsByRouteAndClassOverAllThreads) {
  const std::string ok =
      R"(support_agent_http_requests_total{method="GET",route="/api/v1/customers/{id}",status="2xx"})";
  const std::string absent =
      R"(support_agent_http_requests_total{method="GET",route="/api/v1/customers/{id}",status="4xx"})";
  const auto id = create_customer();
  const double before = value(ok);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(client().get("/api/v1/customers/" + std::to_string(id)).status, 200U);  // a connection each
  }
  EXPECT_EQ(client().get("/api/v1/customers/999999").status, 404U);
  EXPECT_EQ(client().get("/nowhere").status, 404U);
  EXPECT_EQ(value(ok), before + 10);
  EXPECT_EQ(value(absent), 1);
  EXPECT_GE(value(R"(support_agent_http_requests_total{method="-",route="-",status="4xx"})"), 1);
  EXPECT_GE(value(R"(support_agent_http_request_duration_seconds_count{method="GET",route="/api/v1/customers/{id}"})"),
            11);
}

TEST_F(Metrics, CountWhatGoesThroughSharedConnections) {
  const std::string ok = R"(support_agent_database_statement_duration_seconds_count{outcome="ok"})";
  const auto id = create_customer();
  const double statements = value("support_agent_database_shared_statements_total");
  const double durations = value(ok);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(client().get("/api/v1/customers/" + std::to_string(id)).status, 200U);
  EXPECT_EQ(value("support_agent_database_shared_statements_total"), statements + 10);
  EXPECT_GE(value(ok), durations + 10);
  EXPECT_GE(value("support_agent_database_shared_connections"), 1);
  EXPECT_EQ(value("support_agent_database_shared_in_flight"), 0);
  EXPECT_EQ(value("support_agent_database_shared_lost_connections_total"), 0);
}

TEST_F(Metrics, ArePlainTextInPrometheusFormat) {
  const auto answer = client().get("/metrics");
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(answer.header("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  for (const char* line : {"# TYPE support_agent_http_requests_total counter\n",
                           "# TYPE support_agent_database_acquire_duration_seconds histogram\n",
                           "support_agent_database_connections{state=\"in_use\"} 0\n",
                           "support_agent_database_connections_closed_total{reason=\"expired\"} 0\n",
                           "support_agent_database_statement_duration_seconds_count{outcome=\"failed\"}",
                           "support_agent_database_acquires_refused_total 0\n", "support_agent_info{version=\""}) {
    EXPECT_THAT(answer.body, HasSubstr(line));
  }
  EXPECT_EQ(client().get("/api/v1/metrics").status, 404U);
}

TEST_F(Metrics, CanBeSwitchedOff) {
  auto environment = environment_for(database().url_text());
  environment["HTTP_METRICS"] = "false";
  RunningService quiet(environment);
  HttpClient http(quiet.port());
  EXPECT_EQ(http.get("/metrics").status, 404U);
}

TEST_F(Metrics, AClientThatLeavesHasItsStatementCancelledOnTheServer) {
  const auto conversation = create_conversation(create_customer());
  database().sql(
      "create function dawdle() returns trigger language plpgsql as $$ begin perform pg_sleep(30); return new; end $$;"
      "create trigger dawdle before insert on messages for each row execute function dawdle()");
  const double before = value("support_agent_http_clients_gone_total");
  {
    namespace asio = boost::asio;
    asio::io_context context;
    asio::ip::tcp::socket socket(context);
    socket.connect({asio::ip::make_address_v4("127.0.0.1"), service().port()});
    const std::string body = R"({"role":"CUSTOMER","content":"Hello?"})";
    const std::string request =
        "POST " + messages_of(conversation) +
        " HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
        "\r\n\r\n" + body;
    asio::write(socket, asio::buffer(request));
    EXPECT_TRUE(eventually([&] { return statements_of("INSERT INTO messages") == "1"; }));
  }
  EXPECT_TRUE(eventually([&] { return statements_of("INSERT INTO messages") == "0"; }));
  EXPECT_EQ(value("support_agent_http_clients_gone_total"), before + 1);
  EXPECT_TRUE(eventually([&] { return value(R"(support_agent_database_connections{state="in_use"})") == 0; }));
  database().sql("drop function dawdle() cascade");
  EXPECT_EQ(client().post(messages_of(conversation), R"({"role":"CUSTOMER","content":"Hello."})").status, 201U);
  EXPECT_EQ(
      database().sql("select count(*) from messages where conversation_id = " + std::to_string(conversation))[0][0],
      "1");
}

}  // namespace
}  // namespace support::tests
