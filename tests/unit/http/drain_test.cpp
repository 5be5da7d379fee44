// Going out of service: no request that reached the server is left without an answer.
#include <atomic>
#include <vector>

#include <gtest/gtest.h>

#include "loopback.hpp"

namespace support::http::tests {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Drain, EndsAtOnceWithoutConnections) {
  Loopback server;
  const auto result = server.drain(milliseconds(0), seconds(5)).get();
  EXPECT_EQ(result.finished, 0);
  EXPECT_EQ(result.cancelled, 0);
  EXPECT_FALSE(RawClient(server.port()).is_connected());
}

TEST(Drain, KeepsAcceptingDuringTheDelayAndSaysThatItIsNotReady) {
  Loopback server;
  EXPECT_EQ(ask(server.port(), get("/ready"))->status, 200);
  auto drained = server.drain(milliseconds(300), seconds(5));
  while (!server.state().draining()) std::this_thread::sleep_for(milliseconds(1));
  const auto response = ask(server.port(), get("/ready"));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 503);
  EXPECT_EQ(response->field("Connection"), "close");
  EXPECT_EQ(ask(server.port(), get("/ping"))->status, 200);
  drained.get();
}

TEST(Drain, LetsARequestInFlightFinish) {
  Loopback server;
  RawClient client(server.port());
  client.send(get("/slow?ms=400"));
  while (server.counters().requests_in_flight == 0) std::this_thread::sleep_for(milliseconds(1));
  auto drained = server.drain(milliseconds(0), seconds(5));
  const auto response = client.receive();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->field("Connection"), "close");
  const auto result = drained.get();
  EXPECT_EQ(result.finished, 1);
  EXPECT_EQ(result.cancelled, 0);
}

TEST(Drain, ClosesIdleConnectionsAfterTheirGrace) {
  auto options = loopback_options();
  options.drain_grace = milliseconds(50);
  Loopback server(options);
  RawClient used(server.port());
  used.send(get("/ping"));
  ASSERT_TRUE(used.receive());
  RawClient silent(server.port());
  const auto result = server.drain(milliseconds(0), seconds(5)).get();
  EXPECT_EQ(result.finished, 2);
  EXPECT_EQ(result.cancelled, 0);
  EXPECT_TRUE(used.at_end());
  EXPECT_TRUE(silent.at_end());
}

TEST(Drain, AnswersARequestThatArrivesOnAnOpenConnection) {
  auto options = loopback_options();
  options.drain_grace = milliseconds(1000);
  Loopback server(options);
  RawClient client(server.port());
  client.send(get("/ping"));
  ASSERT_TRUE(client.receive());
  auto drained = server.drain(milliseconds(0), seconds(5));
  while (!server.state().draining()) std::this_thread::sleep_for(milliseconds(1));
  std::this_thread::sleep_for(milliseconds(150));  // the port is closed by now
  client.send(get("/ping"));
  const auto response = client.receive();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->field("Connection"), "close");
  drained.get();
}

TEST(Drain, AnswersEveryRequestOfAPipeline) {
  Loopback server;
  RawClient client(server.port());
  std::string all = get("/slow?ms=200");
  for (int count = 0; count < 20; ++count) all += get("/ping");
  client.send(all);
  while (server.counters().requests_in_flight == 0) std::this_thread::sleep_for(milliseconds(1));
  auto drained = server.drain(milliseconds(0), seconds(5));
  for (int count = 0; count < 21; ++count) {
    const auto response = client.receive();
    ASSERT_TRUE(response) << count;
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->field("Connection"), count == 20 ? "close" : "");
  }
  drained.get();
}

TEST(Drain, CancelsWhatIsLeftAtTheTimeoutWithAnAnswer) {
  Loopback server;
  RawClient client(server.port());
  client.send(get("/slow?ms=60000"));
  while (server.counters().requests_in_flight == 0) std::this_thread::sleep_for(milliseconds(1));
  const auto result = server.drain(milliseconds(0), milliseconds(100)).get();
  EXPECT_EQ(result.cancelled, 1);
  EXPECT_EQ(result.finished, 0);
  const auto response = client.receive();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 503);
  EXPECT_EQ(server.counters().connections, 0);
}

TEST(Drain, IsCutShortByStop) {
  Loopback server;
  RawClient client(server.port());
  client.send(get("/slow?ms=60000"));
  while (server.counters().requests_in_flight == 0) std::this_thread::sleep_for(milliseconds(1));
  auto drained = server.drain(seconds(30), seconds(30));
  while (!server.state().draining()) std::this_thread::sleep_for(milliseconds(1));
  server.stop();
  ASSERT_EQ(drained.wait_for(seconds(5)), std::future_status::ready);
}

// Clients as a load balancer has them: keep-alive connections under constant load, new ones all the time. A request
// that was written in full on a connection the server had accepted gets its answer, also when the drain falls in
// between. What a client may meet is a closed connection instead of one it had kept (it has read "Connection: close",
// or had no request on the wire) and a refused connect.
struct Tally {
  std::atomic<int> answered{0};
  std::atomic<int> lost{0};
  std::atomic<int> refused{0};
};

void fresh_connections(std::uint16_t port, Tally& tally) {
  while (true) {
    RawClient client(port);
    if (!client.is_connected()) {
      ++tally.refused;
      return;
    }
    client.send(get("/slow?ms=1", "Connection: close\r\n"));
    const auto response = client.receive();
    ++(response && response->status == 200 ? tally.answered : tally.lost);
  }
}

void kept_connections(std::uint16_t port, Tally& tally) {
  while (true) {
    RawClient client(port);
    if (!client.is_connected()) {
      ++tally.refused;
      return;
    }
    for (bool open = true; open;) {
      client.send(get("/ping"));
      const auto response = client.receive();
      ++(response && response->status == 200 ? tally.answered : tally.lost);
      open = response && response->field("Connection") != "close";
    }
  }
}

TEST(Drain, LosesNoRequestUnderLoad) {
  for (int round = 0; round < 3; ++round) {
    Loopback server;
    Tally tally;
    std::vector<std::thread> clients;
    for (int count = 0; count < 4; ++count) {
      clients.emplace_back(fresh_connections, server.port(), std::ref(tally));
      clients.emplace_back(kept_connections, server.port(), std::ref(tally));
    }
    while (tally.answered < 500) std::this_thread::sleep_for(milliseconds(1));
    const auto result = server.drain(milliseconds(20), seconds(10)).get();
    for (auto& client : clients) client.join();
    EXPECT_EQ(tally.lost, 0);
    EXPECT_EQ(tally.refused, 8);
    EXPECT_EQ(result.cancelled, 0);
    EXPECT_EQ(server.counters().connections, 0);
  }
}

TEST(Drain, TakesServersOfSeveralThreadsOutTogether) {
  for (int round = 0; round < 2; ++round) {
    ServiceState state;
    Router router;
    add_test_routes(router, state);
    boost::asio::io_context first_context(1);
    boost::asio::io_context second_context(1);
    Server first(first_context, router, loopback_options(), state);
    Server second(second_context, router, loopback_options(), state);
    ASSERT_EQ(first.port(), second.port());
    first.start();
    second.start();
    std::thread first_thread([&] { first_context.run(); });
    std::thread second_thread([&] { second_context.run(); });
    Tally tally;
    std::vector<std::thread> clients;
    for (int count = 0; count < 6; ++count) {
      clients.emplace_back(count % 2 == 0 ? fresh_connections : kept_connections, first.port(), std::ref(tally));
    }
    while (tally.answered < 500) std::this_thread::sleep_for(milliseconds(1));
    auto first_drained =
        boost::asio::co_spawn(first_context, first.drain(milliseconds(10), seconds(10)), boost::asio::use_future);
    auto second_drained =
        boost::asio::co_spawn(second_context, second.drain(milliseconds(10), seconds(10)), boost::asio::use_future);
    EXPECT_EQ(first_drained.get().cancelled, 0);
    EXPECT_EQ(second_drained.get().cancelled, 0);
    for (auto& client : clients) client.join();
    first_thread.join();
    second_thread.join();
    EXPECT_EQ(tally.lost, 0);
    EXPECT_EQ(state.connections(), 0);
    EXPECT_GT(first.counters().accepted, 0U);
    EXPECT_GT(second.counters().accepted, 0U);
  }
}

}  // namespace
}  // namespace support::http::tests
