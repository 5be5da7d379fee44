// Clients that go away, or stop sending, while a handler works for them.

#include <sys/socket.h>

#include <gmock/gmock.h>

#include "loopback.hpp"
#include "short_send.hpp"

namespace support::http::tests {
namespace {

using std::chrono::milliseconds;

ServerOptions watchful() {
  auto options = loopback_options();
  options.disconnect_watch = milliseconds(5);
  return options;
}

template <class Condition>
void eventually(Condition condition) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (!condition() && std::chrono::steady_clock::now() < give_up) std::this_thread::sleep_for(milliseconds(2));
  EXPECT_TRUE(condition());
}

void wait_for_a_request(const Loopback& server) {
  eventually([&] { return server.counters().requests_in_flight == 1; });
}

TEST(Disconnect, AHandlerWhoseClientClosesIsCancelled) {
  Loopback server(watchful());
  {
    RawClient client(server.port());
    client.send(get("/slow?ms=20000"));
    wait_for_a_request(server);
  }
  eventually([&] { return server.counters().connections == 0; });
  EXPECT_EQ(server.counters().clients_gone, 1U);
  EXPECT_EQ(server.counters().requests_in_flight, 0);
}

TEST(Disconnect, AHandlerWhoseClientResetsIsCancelledAlsoWithTheNextRequestThere) {
  Loopback server(watchful());
  {
    RawClient client(server.port());
    client.send(get("/slow?ms=20000") + get("/ping"));
    wait_for_a_request(server);
    std::this_thread::sleep_for(milliseconds(30));
    client.reset_on_close();
  }
  eventually([&] { return server.counters().connections == 0; });
  EXPECT_EQ(server.counters().clients_gone, 1U);
}

TEST(Disconnect, AClientThatOnlyStopsSendingHasItsAnswer) {
  Loopback server(watchful());
  RawClient client(server.port());
  client.send(get("/slow?ms=150"));
  client.shutdown_send();
  EXPECT_EQ(client.receive()->status, 100) << "the question whether it is there";
  EXPECT_EQ(client.receive()->status, 200);
  EXPECT_TRUE(client.at_end());
  EXPECT_EQ(server.counters().clients_gone, 0U);
}

TEST(Disconnect, AQuestionThatIsSentInPartEndsTheConnectionRatherThanSpoilTheAnswer) {
  const ShortSend part("HTTP/1.1 100 Continue\r\n\r\n", 10);
  Loopback server(watchful());
  RawClient client(server.port());
  client.send(get("/slow?ms=20000"));
  client.shutdown_send();
  EXPECT_FALSE(client.receive().has_value()) << "half a status line, and nothing behind it";
  EXPECT_TRUE(part.has_struck());
  eventually([&] { return server.counters().connections == 0; });
  EXPECT_EQ(server.counters().requests_in_flight, 0) << "nobody is left to read the answer";
}

TEST(Disconnect, ClientsOfHttp10AreNotAsked) {
  Loopback server(watchful());
  RawClient client(server.port());
  client.send("GET /slow?ms=100 HTTP/1.0\r\nHost: test\r\n\r\n");
  client.shutdown_send();
  EXPECT_EQ(client.receive()->status, 200);
}

TEST(Disconnect, PipelinedRequestsBeforeAnEndAreAllAnswered) {
  Loopback server(watchful());
  RawClient client(server.port());
  client.send(get("/slow?ms=60") + get("/slow?ms=61") + get("/ping"));
  client.shutdown_send();
  for (int answered = 0; answered < 3;) {
    const auto response = client.receive();
    ASSERT_TRUE(response);
    if (response->status == 100) continue;
    EXPECT_EQ(response->status, 200);
    ++answered;
  }
  EXPECT_EQ(server.counters().clients_gone, 0U);
}

TEST(Disconnect, BytesThatCameDuringASlowHandlerAreTheNextRequest) {
  Loopback server(watchful());
  RawClient client(server.port());
  client.send(get("/slow?ms=60"));
  wait_for_a_request(server);
  std::this_thread::sleep_for(milliseconds(20));
  client.send(get("/ping"));
  EXPECT_EQ(client.receive()->body, "slept");
  EXPECT_EQ(client.receive()->status, 200);
  client.send(get("/slow?ms=30"));
  EXPECT_EQ(client.receive()->body, "slept");
}

}  // namespace
}  // namespace support::http::tests
