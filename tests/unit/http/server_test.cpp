// Keep-alive, pipelining, Expect, HEAD, CORS, request ids, limits of connections: what a running server does beyond
// refusing malformed requests.
#include <vector>

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "loopback.hpp"

namespace support::http::tests {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

void eventually(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (!condition() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  EXPECT_TRUE(condition());
}

TEST(Server, AnswersManyRequestsOnOneConnection) {
  Loopback server;
  RawClient client(server.port());
  for (int count = 0; count < 100; ++count) {
    client.send(get("/ping"));
    const auto response = client.receive();
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->body, R"({"status":"ok"})");
  }
  EXPECT_EQ(server.counters().accepted, 1U);
  eventually([&] { return server.counters().requests == 100; });
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
  Loopback server;
  RawClient client(server.port());
  std::string all;
  for (int count = 0; count < 50; ++count) {
    all += post("/echo", "[" + std::to_string(count) + "]");
    all += get(count % 10 == 0 ? "/slow?ms=5" : "/ping");
  }
  client.send(all);
  for (int count = 0; count < 50; ++count) {
    const auto first = client.receive();
    ASSERT_TRUE(first);
    EXPECT_EQ(first->body, "[" + std::to_string(count) + "]");
    const auto second = client.receive();
    ASSERT_TRUE(second);
    EXPECT_EQ(second->body, count % 10 == 0 ? "slept" : R"({"status":"ok"})");
  }
}

TEST(Server, HonoursConnectionCloseInTheMiddleOfAPipeline) {
  Loopback server;
  RawClient client(server.port());
  client.send(get("/ping") + get("/ping", "Connection: close\r\n") + get("/ping"));
  EXPECT_EQ(client.receive()->field("Connection"), "");
  EXPECT_EQ(client.receive()->field("Connection"), "close");
  EXPECT_TRUE(client.at_end());
}

TEST(Server, ServesOthersWhileOneClientPipelinesWithoutEnd) {
  Loopback server;
  RawClient greedy(server.port());
  std::string flood;
  for (int count = 0; count < 2000; ++count) flood += get("/ping");
  std::thread sender([&] { greedy.send(flood); });
  EXPECT_EQ(ask(server.port(), get("/ping"))->status, 200);
  for (int count = 0; count < 2000; ++count) ASSERT_TRUE(greedy.receive());
  sender.join();
}

TEST(Server, SaysContinueOnlyWhenItWantsTheBody) {
  Loopback server;
  const std::string fields = "Expect: 100-continue\r\nContent-Length: 3\r\nContent-Type: application/json\r\n";
  const std::string head = " HTTP/1.1\r\nHost: test\r\n" + fields + "\r\n";

  RawClient wanted(server.port());
  wanted.send("POST /echo" + head);
  EXPECT_EQ(wanted.receive()->head, "HTTP/1.1 100 Continue\r\n");
  wanted.send("[1]");
  EXPECT_EQ(wanted.receive()->body, "[1]");

  for (const auto& [line, status] :
       {std::pair<std::string, int>("POST /nothing", 404), {"PUT /echo", 405}, {"GET /ping", 400}}) {
    RawClient refused(server.port());
    refused.send(line + head);
    EXPECT_EQ(refused.receive()->status, status) << line;
    EXPECT_TRUE(refused.at_end());
  }
}

TEST(Server, RefusesATooLargeBodyInsteadOfAskingForIt) {
  Loopback server;
  RawClient client(server.port());
  client.send(
      "POST /small HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Type: application/json\r\n"
      "Content-Length: 17\r\n\r\n");
  EXPECT_EQ(client.receive()->status, 413);
  EXPECT_TRUE(client.at_end());
}

TEST(Server, DoesNotSayContinueToHttp10OrWithoutABody) {
  Loopback server;
  EXPECT_EQ(ask(server.port(), "POST /things/1 HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\n\r\n")->status, 200);
  EXPECT_EQ(ask(server.port(),
                "POST /echo HTTP/1.0\r\nExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: "
                "3\r\n\r\n[1]")
                ->status,
            200);
}

TEST(Server, AnswersHeadLikeGetWithoutTheBody) {
  Loopback server;
  RawClient client(server.port());
  client.send("HEAD /ping HTTP/1.1\r\nHost: test\r\n\r\nHEAD /nothing HTTP/1.1\r\nHost: test\r\n\r\n" + get("/ping"));
  const auto found = client.receive(true);
  EXPECT_EQ(found->status, 200);
  EXPECT_EQ(found->field("Content-Length"), "15");
  const auto missing = client.receive(true);
  EXPECT_EQ(missing->status, 404);
  EXPECT_EQ(client.receive()->body, R"({"status":"ok"})");
}

TEST(Server, DeliversARefusalToAClientThatIsStillSending) {
  Loopback server;
  RawClient client(server.port());
  const std::string body(8 * 1024 * 1024, 'x');
  std::thread sender([&] { client.send(post("/echo", body)); });
  const auto response = client.receive();
  sender.join();
  ASSERT_TRUE(response) << "the answer was lost to a reset";
  EXPECT_EQ(response->status, 413);
}

TEST(Server, ReadsAndWritesLargeBodies) {
  Loopback server;
  const std::string body = "[\"" + std::string(1000 * 1000, 'x') + "\"]";
  EXPECT_EQ(ask(server.port(), post("/echo", body))->body, body);
  EXPECT_EQ(ask(server.port(), get("/big?size=20000000"))->body.size(), 20'000'000U);
}

TEST(Server, EchoesAValidRequestIdEverywhere) {
  Loopback server;
  const auto response = ask(server.port(), get("/nothing", "X-Request-Id: order-66\r\n"));
  EXPECT_EQ(response->field("X-Request-Id"), "order-66");
  EXPECT_EQ(boost::json::parse(response->body).at("instance"), "urn:request:order-66");
  const auto handler = ask(server.port(), get("/things/1", "X-Request-Id: order-66\r\n"));
  EXPECT_EQ(boost::json::parse(handler->body).at("request_id"), "order-66");
  const auto replaced = ask(server.port(), get("/ping", "X-Request-Id: order 66\r\n"));
  EXPECT_EQ(replaced->field("X-Request-Id").size(), 32U);
}

TEST(Server, KeepsInternalsOfAFailureToItself) {
  Loopback server;
  const auto response = ask(server.port(), get("/fail"));
  EXPECT_EQ(response->status, 500);
  EXPECT_THAT(response->body, Not(HasSubstr("secret_table")));
  EXPECT_EQ(boost::json::parse(response->body).at("instance").as_string(),
            "urn:request:" + response->field("X-Request-Id"));
}

TEST(Server, SetsTheSecurityFields) {
  Loopback server;
  const auto response = ask(server.port(), get("/ping"));
  EXPECT_EQ(response->field("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(response->field("Cache-Control"), "no-store");
  EXPECT_EQ(response->field("Date").size(), 29U);
}

TEST(Server, SpeaksCorsToTheConfiguredOrigins) {
  auto options = loopback_options();
  options.cors_origins = {"https://app.example"};
  Loopback server(options);
  const std::string preflight =
      "OPTIONS /echo HTTP/1.1\r\nHost: test\r\nAccess-Control-Request-Method: POST\r\nOrigin: ";
  const auto allowed = ask(server.port(), preflight + "https://app.example\r\n\r\n");
  EXPECT_EQ(allowed->status, 204);
  EXPECT_EQ(allowed->field("Access-Control-Allow-Origin"), "https://app.example");
  EXPECT_EQ(allowed->field("Access-Control-Allow-Methods"), "POST, OPTIONS");
  EXPECT_EQ(allowed->field("Access-Control-Max-Age"), "600");
  const auto refused = ask(server.port(), preflight + "https://evil.example\r\n\r\n");
  EXPECT_EQ(refused->status, 204);
  EXPECT_THAT(refused->head, Not(HasSubstr("Access-Control-")));
  EXPECT_EQ(refused->field("Vary"), "Origin");
  // A page may read errors, too.
  const auto error = ask(server.port(), get("/nothing", "Origin: https://app.example\r\n"));
  EXPECT_EQ(error->field("Access-Control-Allow-Origin"), "https://app.example");
}

TEST(Server, EndsAConnectionAfterItsShareOfRequests) {
  auto options = loopback_options();
  options.max_requests_per_connection = 3;
  Loopback server(options);
  RawClient client(server.port());
  for (int count = 1; count <= 3; ++count) {
    client.send(get("/ping"));
    EXPECT_EQ(client.receive()->field("Connection"), count == 3 ? "close" : "");
  }
  EXPECT_TRUE(client.at_end());
}

TEST(Server, RefusesConnectionsOverTheLimitAndTakesThemAgainLater) {
  auto options = loopback_options();
  options.max_connections = 2;
  Loopback server(options);
  {
    RawClient first(server.port());
    RawClient second(server.port());
    first.send(get("/ping"));
    second.send(get("/ping"));
    ASSERT_TRUE(first.receive());
    ASSERT_TRUE(second.receive());
    RawClient third(server.port());
    third.send(get("/ping"));
    const auto refused = third.receive();
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->status, 503);
    EXPECT_EQ(refused->field("Retry-After"), "1");
    EXPECT_TRUE(third.at_end());
    EXPECT_EQ(server.counters().refused, 1U);
    first.send(get("/ping"));
    EXPECT_EQ(first.receive()->status, 200);
  }
  eventually([&] { return server.counters().connections == 0; });
  EXPECT_EQ(ask(server.port(), get("/ping"))->status, 200);
}

TEST(Server, CountsConnectionsAndRequestsInFlight) {
  Loopback server;
  {
    RawClient client(server.port());
    client.send(get("/slow?ms=300"));
    eventually([&] { return server.counters().requests_in_flight == 1; });
    EXPECT_EQ(server.counters().connections, 1);
    EXPECT_EQ(server.state().connections(), 1);
    EXPECT_EQ(client.receive()->status, 200);
    eventually([&] { return server.counters().requests_in_flight == 0; });
  }
  eventually([&] { return server.counters().connections == 0; });
  EXPECT_EQ(server.state().connections(), 0);
}

TEST(Server, SurvivesClientsThatLeaveAtAnyPoint) {
  Loopback server;
  const std::string request = post("/echo", "[1]");
  for (std::size_t size = 0; size <= request.size(); ++size) {
    RawClient client(server.port());
    client.send(request.substr(0, size));
  }
  eventually([&] { return server.counters().connections == 0; });
  EXPECT_EQ(server.counters().requests_in_flight, 0);
  EXPECT_EQ(ask(server.port(), get("/ping"))->status, 200);
}

TEST(Server, AnswersAClientThatHasClosedItsSendingSide) {
  Loopback server;
  RawClient client(server.port());
  client.send(get("/slow?ms=5"));
  client.shutdown_send();
  EXPECT_EQ(client.receive()->status, 200);
  EXPECT_TRUE(client.at_end());

  RawClient half(server.port());
  half.send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\n[1");
  half.shutdown_send();
  EXPECT_EQ(half.receive()->status, 400);
}

}  // namespace
}  // namespace support::http::tests
