// LISTEN and NOTIFY: what is heard, and that nothing is missed in silence.
#include "app/database/listener.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include "fixture.hpp"
#include "tcp_gate.hpp"

namespace support::database::tests {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ListenerTest : public testing::Test {
 protected:
  Listener listen(std::vector<std::string> channels, const config::DatabaseUrl& url) {
    ListenerOptions options;
    options.connect = connect_options(url);
    options.channels = std::move(channels);
    return open(std::move(options));
  }
  Listener open(ListenerOptions options) { return Listener::open(loop_.context(), std::move(options)).value(); }

  // The next event as text: a gap's reason, or "channel: payload".
  std::string next(Listener& listener, Clock::duration limit = 10s) {
    const auto event = loop_.run([&] { return listener.next(Deadline::after(limit)); });
    if (!event) return event.error().text();
    if (const auto* heard = std::get_if<Notification>(&*event)) return heard->channel + ": " + heard->payload;
    const Gap& gap = std::get<Gap>(*event);
    switch (gap.reason) {
      case Gap::Reason::started:
        return "started";
      case Gap::Reason::reconnected:
        return "reconnected";
      case Gap::Reason::overflowed:
        return "dropped " + std::to_string(gap.dropped);
    }
    return "";
  }
  void terminate_listeners(TestCluster& cluster) {
    cluster.sql("select pg_terminate_backend(pid) from pg_stat_activity where query like 'LISTEN%'");
  }

  Loop loop_;
};

TEST_F(ListenerTest, HearsItsChannelsInOrder) {
  const TestDatabase database;
  auto listener = listen({"orders", "Odd \"name\" – é", "unused"}, database.url());
  EXPECT_EQ(next(listener), "started");
  database.sql(
      "notify orders, 'one'; select pg_notify('other', 'x'); notify \"Odd \"\"name\"\" – é\", 'two'; "
      "notify orders");
  EXPECT_EQ(next(listener), "orders: one");
  EXPECT_EQ(next(listener), "Odd \"name\" – é: two");
  EXPECT_EQ(next(listener), "orders: ");
  EXPECT_THAT(next(listener, 50ms), HasSubstr("before the deadline"));
  EXPECT_EQ(listener.stats().notifications, 3U);
  EXPECT_TRUE(listener.stats().connected);
}

TEST_F(ListenerTest, ATransactionsNotificationsComeWithItsCommit) {
  const TestDatabase database;
  auto listener = listen({"c"}, database.url());
  EXPECT_EQ(next(listener), "started");
  database.sql("begin; notify c, 'never'; rollback; begin; notify c, 'committed'; commit");
  EXPECT_EQ(next(listener), "c: committed");
}

TEST_F(ListenerTest, ANameThatCanBeNoChannelIsRefused) {
  const TestDatabase database;
  for (const std::string& name : {std::string(), std::string(64, 'x'), std::string("a\0b", 3)}) {
    ListenerOptions options;
    options.connect = connect_options(database.url());
    options.channels = {"good", name};
    const auto refused = Listener::open(loop_.context(), options);
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().is(Condition::bad_parameter));
    EXPECT_THAT(refused.error().text(), HasSubstr("channel"));
  }
  auto longest = listen({std::string(63, 'x')}, database.url());
  EXPECT_EQ(next(longest), "started");
  database.sql("notify " + std::string(63, 'x') + ", 'heard'");
  EXPECT_EQ(next(longest), std::string(63, 'x') + ": heard");
}

TEST_F(ListenerTest, ABrokenConnectionIsMadeAgainAndTellsOfTheGap) {
  TestDatabase database;
  auto listener = listen({"c"}, database.url());
  EXPECT_EQ(next(listener), "started");
  for (int i = 0; i < 3; ++i) {
    terminate_listeners(database.cluster());
    EXPECT_EQ(next(listener), "reconnected");
    database.sql("notify c, 'again'");
    EXPECT_EQ(next(listener), "c: again");
  }
  EXPECT_EQ(listener.stats().connections, 4U);
}

TEST_F(ListenerTest, AServerThatIsAwayIsWaitedFor) {
  TestCluster server;
  server.stop();
  auto listener = listen({"c"}, server.url());
  EXPECT_THAT(next(listener, 100ms), HasSubstr("not listened to at the moment"));
  server.start();
  EXPECT_EQ(next(listener), "started");
  server.stop();
  EXPECT_THAT(next(listener, 300ms), HasSubstr("not listened to at the moment"));
  EXPECT_FALSE(listener.stats().connected);
  server.start();
  const auto back = Clock::now();
  EXPECT_EQ(next(listener), "reconnected");
  EXPECT_LT(Clock::now() - back, 2s);
  server.sql("notify c, 'again'");
  EXPECT_EQ(next(listener), "c: again");
}

TEST_F(ListenerTest, APeerThatFellSilentIsNoticed) {
  const TestDatabase database;
  TcpGate gate(TestCluster::instance().tcp_port());
  ListenerOptions options;
  options.connect = connect_options(config::DatabaseUrl::parse(
      "postgresql://support_agent@127.0.0.1:" + std::to_string(gate.port()) + "/" + database.name()));
  options.connect.connect_timeout = 200ms;
  options.channels = {"c"};
  options.keep_alive = 50ms;
  options.keep_alive_timeout = 100ms;
  auto listener = open(options);
  EXPECT_EQ(next(listener), "started");
  EXPECT_THAT(next(listener, 300ms), HasSubstr("before the deadline"));  // pings that are answered change nothing
  EXPECT_EQ(listener.stats().connections, 1U);
  gate.freeze();
  loop_.run_until([&] { return !listener.stats().connected; });
  gate.thaw();
  EXPECT_EQ(next(listener), "reconnected");
  database.sql("notify c, 'again'");
  EXPECT_EQ(next(listener), "c: again");
}

TEST_F(ListenerTest, ASlowReaderIsToldWhatItMissed) {
  const TestDatabase database;
  ListenerOptions options;
  options.connect = connect_options(database.url());
  options.channels = {"c"};
  options.queue_limit = 3;
  auto listener = open(options);
  EXPECT_EQ(next(listener), "started");
  database.sql("select pg_notify('c', n::text) from generate_series(1, 10) n");
  loop_.run_until([&] { return listener.stats().notifications == 10; });
  std::vector<std::string> heard;
  for (int i = 0; i < 4; ++i) heard.push_back(next(listener));
  EXPECT_THAT(heard, ElementsAre("c: 1", "c: 2", "c: 3", "dropped 7"));
  EXPECT_EQ(listener.stats().dropped, 7U);
  database.sql("notify c, 'later'");
  EXPECT_EQ(next(listener), "c: later");
}

TEST_F(ListenerTest, WaitingCanBeCancelledWithoutLoss) {
  const TestDatabase database;
  auto listener = listen({"c"}, database.url());
  EXPECT_EQ(next(listener), "started");
  asio::cancellation_signal signal;
  std::optional<Error> error;
  const auto body = [&]() -> asio::awaitable<void> { error = (co_await listener.next()).error(); };
  asio::co_spawn(loop_.context(), body(), asio::bind_cancellation_slot(signal.slot(), [](std::exception_ptr) {}));
  loop_.run([] { return sleep_for(20ms); });
  signal.emit(asio::cancellation_type::terminal);
  loop_.run_until([&] { return error.has_value(); });
  EXPECT_EQ(error->code(), asio::error::operation_aborted);
  database.sql("notify c, 'still here'");
  EXPECT_EQ(next(listener), "c: still here");
}

TEST_F(ListenerTest, ItsEndClosesTheConnection) {
  const TestDatabase database;
  const auto sessions = [&] {
    return database.sql("select count(*) from pg_stat_activity where query like 'LISTEN%'")[0][0];
  };
  {
    auto listener = listen({"c"}, database.url());
    EXPECT_EQ(next(listener), "started");
    EXPECT_EQ(sessions(), "1");
  }
  loop_.run_until([&] { return sessions() == "0"; });
  // One that is destroyed while it still connects, or waits to try again.
  {
    auto listener =
        listen({"c"}, config::DatabaseUrl::parse("postgresql://u@127.0.0.1:" + std::to_string(closed_port()) + "/d"));
  }
  loop_.run([] { return sleep_for(20ms); });
}

}  // namespace
}  // namespace support::database::tests
