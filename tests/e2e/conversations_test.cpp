#include <atomic>
#include <thread>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "tests/e2e/service_fixture.hpp"

namespace support::tests {
namespace {

using ConversationsApi = ServiceTest;

TEST_F(ConversationsApi, RunsFromOpeningToClosing) {
  auto http = client();
  const auto customer = create_customer();
  const auto id = create_conversation(customer);
  const std::string path = "/api/v1/conversations/" + std::to_string(id);
  ASSERT_EQ(http.post(messages_of(id), R"({"role":"CUSTOMER","content":"Hello?"})").status, 201U);
  ASSERT_EQ(http.post(messages_of(id), R"({"role":"AGENT","content":"Good morning.","agent_name":"greeter",
      "confidence_score":97,"metadata":{"model":"m-1","tokens":12}})")
                .status,
            201U);

  const auto history = http.get(messages_of(id)).json();
  ASSERT_EQ(history.at("items").as_array().size(), 2U);
  EXPECT_EQ(history.at("items").at(0).at("content"), "Hello?");
  EXPECT_EQ(history.at("items").at(1).at("metadata").at("tokens"), 12);
  EXPECT_EQ(http.get(path).json().at("message_count"), 2);

  const auto of_customer = http.get("/api/v1/customers/" + std::to_string(customer) + "/conversations").json();
  EXPECT_EQ(of_customer.at("items").at(0).at("id"), id);

  const auto escalated = http.patch(path, R"({"status":"ESCALATED","escalation_reason":"A complaint","priority":"HIGH",
      "ticket_id":"T-1","assigned_group":"complaints"})");
  ASSERT_EQ(escalated.status, 200U) << escalated.body;
  EXPECT_EQ(escalated.json().at("priority"), "HIGH");
  EXPECT_EQ(http.post(messages_of(id), R"({"role":"HUMAN_AGENT","content":"I take over."})").status, 201U);

  EXPECT_EQ(http.request(boost::beast::http::verb::post, path + "/close", "", "").json().at("status"), "CLOSED");
  EXPECT_EQ(http.request(boost::beast::http::verb::post, path + "/close", "", "").status, 200U);
  const auto late = http.post(messages_of(id), R"({"role":"CUSTOMER","content":"One more thing"})");
  EXPECT_EQ(late.status, 409U);
  EXPECT_EQ(late.header("Content-Type"), "application/problem+json");
  EXPECT_EQ(http.patch(path, R"({"title":"Other"})").status, 409U);
  EXPECT_EQ(http.get(path).json().at("message_count"), 3);
}

TEST_F(ConversationsApi, RefusesMessagesWhileResolvedAndTakesThemWhenReopened) {
  auto http = client();
  const auto id = create_conversation(create_customer());
  const std::string path = "/api/v1/conversations/" + std::to_string(id);
  ASSERT_EQ(http.patch(path, R"({"status":"RESOLVED"})").status, 200U);
  EXPECT_EQ(http.post(messages_of(id), R"({"role":"CUSTOMER","content":"x"})").status, 409U);
  ASSERT_EQ(http.patch(path, R"({"status":"ACTIVE"})").status, 200U);
  EXPECT_EQ(http.post(messages_of(id), R"({"role":"CUSTOMER","content":"x"})").status, 201U);
}

TEST_F(ConversationsApi, CountsMessagesRightUnderConcurrency) {
  const auto id = create_conversation(create_customer());
  constexpr int writers = 8;
  constexpr int each = 25;
  std::atomic<int> accepted = 0;
  std::vector<std::thread> threads;
  for (int writer = 0; writer < writers; ++writer) {
    threads.emplace_back([&, port = service().port()] {
      HttpClient http(port);
      for (int i = 0; i < each; ++i) {
        if (http.post(messages_of(id), R"({"role":"CUSTOMER","content":"at once"})").status == 201) ++accepted;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(accepted, writers * each);
  const auto row = database().sql(
      "SELECT message_count, (SELECT count(*) FROM messages WHERE conversation_id = c.id), "
      "(SELECT bool_and(created_at >= before) FROM (SELECT created_at, lag(created_at) OVER "
      "(ORDER BY id) AS before FROM messages WHERE conversation_id = c.id) AS steps WHERE "
      "before IS NOT NULL) FROM conversations c WHERE id = " +
      std::to_string(id));
  EXPECT_EQ(row[0][0], std::to_string(writers * each));
  EXPECT_EQ(row[0][1], row[0][0]);
  EXPECT_EQ(row[0][2], "t") << "ids do not follow the order of time";
}

TEST_F(ConversationsApi, StopsTakingMessagesTheMomentItIsClosed) {
  const auto id = create_conversation(create_customer());
  std::atomic<bool> stop = false;
  std::atomic<int> accepted = 0;
  std::thread writer([&, port = service().port()] {
    HttpClient http(port);
    while (!stop) {
      if (http.post(messages_of(id), R"({"role":"CUSTOMER","content":"racing"})").status == 201) ++accepted;
    }
  });
  while (accepted < 10) std::this_thread::yield();
  auto http = client();
  const auto closed =
      http.request(boost::beast::http::verb::post, "/api/v1/conversations/" + std::to_string(id) + "/close", "", "");
  const auto count_at_closing = closed.json().at("message_count").as_int64();
  stop = true;
  writer.join();
  EXPECT_EQ(accepted, count_at_closing);
}

TEST_F(ConversationsApi, FiltersLists) {
  auto http = client();
  const auto customer = create_customer();
  const auto first = create_conversation(customer);
  const auto second = create_conversation(customer);
  http.patch("/api/v1/conversations/" + std::to_string(second), R"({"status":"ESCALATED","intent":"refund"})");
  const std::string of_customer = "/api/v1/conversations?customer_id=" + std::to_string(customer);
  const auto escalated = http.get(of_customer + "&status=ESCALATED").json().at("items").as_array();
  ASSERT_EQ(escalated.size(), 1U);
  EXPECT_EQ(escalated[0].at("id"), second);
  EXPECT_EQ(http.get(of_customer + "&status=ACTIVE").json().at("items").at(0).at("id"), first);
  EXPECT_EQ(http.get(of_customer + "&intent=refund").json().at("items").as_array().size(), 1U);
  EXPECT_EQ(http.get(of_customer + "&channel=SMS").json().at("items").as_array().size(), 0U);
  EXPECT_EQ(http.get(of_customer + "&status=active").status, 422U);
}

TEST_F(ConversationsApi, RefusesAnUnknownCustomer) {
  auto http = client();
  const auto answer = http.post("/api/v1/conversations", R"({"customer_id":999999999,"title":"x","channel":"WEB"})");
  EXPECT_EQ(answer.status, 422U);
  EXPECT_EQ(answer.json().at("errors").at(0).at("pointer"), "/customer_id");
}

TEST_F(ConversationsApi, KeepsWhatWasSaid) {
  auto http = client();
  const auto id = create_conversation(create_customer());
  const auto message = http.post(messages_of(id), R"({"role":"CUSTOMER","content":"As I said"})").json();
  const std::string path = "/api/v1/messages/" + std::to_string(message.at("id").as_int64());
  EXPECT_EQ(http.patch(path, R"({"content":"As I never said"})").status, 422U);
  const auto assessed = http.patch(path, R"({"intent":"complaint","confidence_score":80,"requires_human":true})");
  ASSERT_EQ(assessed.status, 200U) << assessed.body;
  EXPECT_EQ(assessed.json().at("content"), "As I said");
  EXPECT_EQ(assessed.json().at("requires_human"), true);
  EXPECT_EQ(http.get(messages_of(id) + "?requires_human=true").json().at("items").as_array().size(), 1U);
  EXPECT_EQ(http.request(boost::beast::http::verb::delete_, path, "", "").status, 405U);
}

TEST_F(ConversationsApi, AnswersUnknownIdsWith404) {
  auto http = client();
  EXPECT_EQ(http.get("/api/v1/conversations/999999999").status, 404U);
  EXPECT_EQ(http.get("/api/v1/conversations/999999999/messages").status, 404U);
  EXPECT_EQ(http.post("/api/v1/conversations/999999999/messages", R"({"role":"AGENT","content":"x"})").status, 404U);
  EXPECT_EQ(http.patch("/api/v1/conversations/999999999", R"({"title":"x"})").status, 404U);
  EXPECT_EQ(http.request(boost::beast::http::verb::post, "/api/v1/conversations/999999999/close", "", "").status, 404U);
  EXPECT_EQ(http.get("/api/v1/messages/999999999").status, 404U);
}

// The plan of a statement that is prepared for any parameters, a line each.
std::string generic_plan(const TestDatabase& database, const std::string& sql, const std::string& parameters) {
  std::string plan;
  for (const auto& line : database.sql("SET plan_cache_mode = force_generic_plan; PREPARE statement AS " + sql +
                                       "; EXPLAIN EXECUTE statement(" + parameters + ")")) {
    plan += line[0] + "\n";
  }
  return plan;
}

// Once a statement is prepared for any limit, the planner believes that a walk along the primary key of all messages
// finds those of one conversation soonest.
TEST_F(ConversationsApi, TheListOfMessagesWalksNoPrimaryKey) {
  const auto id = create_conversation(create_customer());
  auto http = client();
  ASSERT_EQ(http.post(messages_of(id), R"({"role":"CUSTOMER","content":"Hello?"})").status, 201U);
  database().sql(
      "INSERT INTO conversations (customer_id, title, status, channel, message_count, created_at, updated_at) "
      "SELECT customer_id, title, status, channel, 0, now(), now() FROM conversations, generate_series(1, 300) "
      "WHERE conversations.id = " +
      std::to_string(id));
  database().sql(
      "INSERT INTO messages (conversation_id, role, content, is_error, requires_human, created_at, updated_at) "
      "SELECT c.id, 'CUSTOMER', 'x', false, false, now(), now() FROM generate_series(1, 200), conversations c;"
      "ANALYZE messages");
  ASSERT_EQ(http.get(messages_of(id)).status, 200U);
  const auto sent = database().sql(
      "SELECT query FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
      "AND query LIKE '%FROM messages WHERE conversation_id = $1%' ORDER BY query_start DESC LIMIT 1");
  ASSERT_FALSE(sent.empty());
  std::string sql = sent[0][0];
  const auto parameters = std::to_string(id) + ", 0, 50";
  EXPECT_EQ(generic_plan(database(), sql, parameters).find("messages_pkey"), std::string::npos)
      << generic_plan(database(), sql, parameters);

  // These rows do tempt it.
  const auto order = sql.find("id + 0");
  ASSERT_NE(order, std::string::npos) << sql;
  sql.replace(order, 6, "id");
  EXPECT_NE(generic_plan(database(), sql, parameters).find("messages_pkey"), std::string::npos)
      << generic_plan(database(), sql, parameters);
}

}  // namespace
}  // namespace support::tests
