// Every deadline of a connection, shortened so that a test is over in a moment.
#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "loopback.hpp"

namespace support::http::tests {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

class Stopwatch {
 public:
  milliseconds elapsed() const { return std::chrono::duration_cast<milliseconds>(Clock::now() - start_); }

 private:
  Clock::time_point start_ = Clock::now();
};

// Sends `piece` every few milliseconds until the server has had enough; the answer, if there is one.
std::optional<RawResponse> drip(RawClient& client, std::string_view piece, milliseconds pause) {
  for (int count = 0; count < 500; ++count) {
    if (!client.send(piece)) break;
    std::this_thread::sleep_for(pause);
    if (client.has_input()) break;
  }
  return client.receive();
}

TEST(Deadlines, ClosesAnIdleConnectionWithoutAWord) {
  auto options = loopback_options();
  options.idle_timeout = milliseconds(80);
  Loopback server(options);
  RawClient silent(server.port());
  const Stopwatch watch;
  EXPECT_TRUE(silent.at_end());
  EXPECT_GE(watch.elapsed(), milliseconds(70));
  RawClient used(server.port());
  used.send(get("/ping"));
  EXPECT_EQ(used.receive()->status, 200);
  EXPECT_TRUE(used.at_end());
}

TEST(Deadlines, MeasuresTheHeadFromItsFirstByteAndNotFromItsLast) {
  auto options = loopback_options();
  options.header_timeout = milliseconds(150);
  Loopback server(options);
  RawClient client(server.port());
  const Stopwatch watch;
  client.send("GET /ping HTTP/1.1\r\nHost: test\r\n");
  const auto response = drip(client, "X: y\r\n", milliseconds(20));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 408);
  EXPECT_EQ(response->field("Connection"), "close");
  EXPECT_GE(watch.elapsed(), milliseconds(140));
  EXPECT_LT(watch.elapsed(), milliseconds(1500));
  EXPECT_TRUE(client.at_end());
}

TEST(Deadlines, LimitsTheTimeOfABody) {
  auto options = loopback_options();
  options.body_timeout = milliseconds(150);
  options.min_body_rate = 0;
  Loopback server(options);
  RawClient client(server.port());
  client.send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n[");
  const auto response = drip(client, " ", milliseconds(20));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 408);
  EXPECT_TRUE(client.at_end());
}

TEST(Deadlines, EndsABodyThatTricklesBelowTheMinimumRate) {
  auto options = loopback_options();
  options.body_timeout = std::chrono::seconds(60);
  options.min_body_rate = 10'000;
  options.body_rate_grace = milliseconds(100);
  Loopback server(options);
  for (const auto* framing : {"Content-Length: 100000\r\n\r\n[", "Transfer-Encoding: chunked\r\n\r\n1\r\n[\r\n"}) {
    RawClient client(server.port());
    const Stopwatch watch;
    client.send(std::string("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n") + framing);
    const auto response = drip(client, "1\r\n \r\n", milliseconds(20));
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 408);
    EXPECT_LT(watch.elapsed(), std::chrono::seconds(2));
  }
}

TEST(Deadlines, LetsABodyAboveTheMinimumRateTakeItsTime) {
  auto options = loopback_options();
  options.min_body_rate = 100;
  options.body_rate_grace = milliseconds(100);
  Loopback server(options);
  RawClient client(server.port());
  client.send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: 302\r\n\r\n[");
  for (int count = 0; count < 15; ++count) {
    client.send(std::string(20, ' '));
    std::this_thread::sleep_for(milliseconds(20));
  }
  client.send("]");
  EXPECT_EQ(client.receive()->status, 200);
}

TEST(Deadlines, AnswersInThePlaceOfAHandlerThatIsTooSlow) {
  auto options = loopback_options();
  options.request_timeout = milliseconds(80);
  Loopback server(options);
  RawClient client(server.port());
  const Stopwatch watch;
  client.send(get("/slow?ms=10000", "X-Request-Id: slow-1\r\n"));
  const auto response = client.receive();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 504);
  EXPECT_EQ(boost::json::parse(response->body).at("instance"), "urn:request:slow-1");
  EXPECT_GE(watch.elapsed(), milliseconds(70));
  EXPECT_TRUE(client.at_end());
  // The handler itself was cancelled: nothing is left of the request long before its ten seconds are over.
  const Stopwatch wait;
  while (server.counters().requests_in_flight > 0 && wait.elapsed() < std::chrono::seconds(3)) {
    std::this_thread::sleep_for(milliseconds(2));
  }
  EXPECT_EQ(server.counters().requests_in_flight, 0);
}

TEST(Deadlines, AnswersOnTimeEvenWhenTheHandlerIgnoresItsCancellation) {
  auto options = loopback_options();
  options.request_timeout = milliseconds(60);
  Loopback server(options);
  RawClient client(server.port());
  const Stopwatch watch;
  client.send(get("/stubborn?ms=600"));
  EXPECT_EQ(client.receive()->status, 504);
  EXPECT_LT(watch.elapsed(), milliseconds(500));
  EXPECT_TRUE(client.at_end());
}

TEST(Deadlines, AHandlersDeadlineDoesNotOutliveIt) {
  auto options = loopback_options();
  options.request_timeout = milliseconds(100);
  Loopback server(options);
  RawClient client(server.port());
  for (int count = 0; count < 5; ++count) {
    client.send(get("/slow?ms=60"));
    EXPECT_EQ(client.receive()->status, 200);
  }
}

TEST(Deadlines, GivesUpOnAClientThatDoesNotRead) {
  auto options = loopback_options();
  options.write_timeout = milliseconds(150);
  Loopback server(options);
  RawClient client(server.port());
  client.send(get("/big?size=50000000"));
  const Stopwatch watch;
  while (server.counters().accepted == 0 || server.counters().connections > 0) {
    ASSERT_LT(watch.elapsed(), std::chrono::seconds(5));
    std::this_thread::sleep_for(milliseconds(5));
  }
  EXPECT_GE(watch.elapsed(), milliseconds(140));
}

TEST(Deadlines, DoesNotWaitForeverForARefusedClientToClose) {
  auto options = loopback_options();
  options.linger_timeout = milliseconds(100);
  Loopback server(options);
  RawClient client(server.port());
  client.send("nonsense\r\n");
  EXPECT_EQ(client.receive()->status, 400);
  const Stopwatch watch;
  while (server.counters().connections > 0) {
    ASSERT_LT(watch.elapsed(), std::chrono::seconds(3));
    std::this_thread::sleep_for(milliseconds(2));
  }
}

}  // namespace
}  // namespace support::http::tests
