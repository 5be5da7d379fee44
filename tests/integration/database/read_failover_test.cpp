// Reads on standbys when the primary changes, and on several threads.
#include <atomic>
#include <thread>

#include <boost/asio/post.hpp>

#include "read_split_fixture.hpp"

namespace support::database::tests {
namespace {

TEST_F(ReadSplitTest, WritesAndReadsGoOnAfterAPromotion) {
  Standby standby(primary_);
  watch({primary_.tcp_port(), standby.tcp_port()}, 1s);
  read_until_answered_by(standby.tcp_port());
  std::int32_t next = 0;
  int seen = 0;
  int refused = 0;
  bool stopping = false;
  for (int i = 0; i < 4; ++i) {
    loop_.start([&]() -> asio::awaitable<void> {
      while (!stopping) {
        const std::int32_t n = ++next;
        const auto written = co_await client_->write("insert into notes values ($1)", make_params(n));
        if (!written) {
          EXPECT_TRUE(written.error().is_unavailable() || written.error().is(sqlstates::read_only_sql_transaction))
              << written.error().text();
          ++refused;
          co_await sleep_for(5ms);
          continue;
        }
        const auto rows = co_await client_->read("select n from notes where n = $1", make_params(n));
        if (rows) {
          EXPECT_EQ(rows->size(), 1U) << "what was written is not seen";
          ++seen;
        } else {
          EXPECT_TRUE(rows.error().is_unavailable()) << rows.error().text();
        }
        co_await sleep_for(1ms);
      }
    });
  }
  loop_.run_until([&] { return seen > 100; });
  primary_.stop();
  loop_.run_until([&] { return refused > 3; });
  standby.promote();
  const int before = seen;
  loop_.run_until([&] { return seen > before + 100; });
  stopping = true;
  loop_.finish();
  EXPECT_EQ(answered_by(), standby.tcp_port());
  loop_.run_until([&] { return !board_->current_as_of(1).has_value(); });  // it is the primary now
  EXPECT_EQ(answered_by(), standby.tcp_port());
}

TEST_F(ReadSplitTest, AStandbyThatStayedOnTheOldTimelineIsNotRead) {
  Standby promoted(primary_);
  const Standby left_behind(primary_);
  watch({primary_.tcp_port(), promoted.tcp_port(), left_behind.tcp_port()}, 5s);
  loop_.run_until([&] { return is_within_bound(1) && is_within_bound(2); });
  // What the promoted one never gets puts the other ahead of it.
  promoted.sql("alter system set primary_conninfo = ''");
  promoted.sql("select pg_reload_conf()");
  loop_.run_until([&] { return promoted.sql("select count(*) from pg_stat_wal_receiver") == "0"; });
  primary_.sql("insert into notes select generate_series(1, 20000)");
  loop_.run_until([&] { return left_behind.sql("select count(*) from notes") == "20000"; });
  primary_.stop(cli::LocalCluster::StopMode::immediate);
  promoted.promote();
  EXPECT_EQ(promoted.sql("select count(*) from notes"), "0");
  loop_.run_until([&] { return !board_->current_as_of(1).has_value(); });
  for (int i = 0; i < 200; ++i) {
    ASSERT_EQ(answered_by(), promoted.tcp_port());
    ASSERT_FALSE(is_within_bound(2));
    pass(5ms);
  }
}

TEST_F(ReadSplitTest, WhatOneThreadWroteTheOthersSee) {
  const Standby standby(primary_);
  const auto url = url_of({primary_.tcp_port(), standby.tcp_port()});
  auto options = monitor_options(url, 500ms);
  const auto board = std::make_shared<StandbyBoard>(options.hosts, options.max_lag);
  asio::io_context context;
  std::optional<StandbyMonitor> monitor(std::in_place, context, std::move(options), *board);
  std::thread watcher([&] { context.run(); });

  std::atomic<int> acknowledged = 0;
  std::atomic<int> next = 0;
  std::atomic<std::uint64_t> on_standby = 0;
  std::atomic<bool> stopping = false;
  std::vector<std::thread> threads;
  for (std::size_t number = 0; number < 3; ++number) {
    threads.emplace_back([&, number] {
      Loop loop;
      Client client(loop.context(), url, board, number);
      // One writes now and then, and all look.
      loop.run([&]() -> asio::awaitable<void> {
        while (!stopping) {
          if (number == 0) {
            const int n = ++next;
            const auto written = co_await client.write("insert into notes values ($1)", make_params(std::int32_t{n}));
            EXPECT_TRUE(written) << written.error().text();
            acknowledged = n;
            co_await sleep_for(std::chrono::milliseconds(n % 7 * 10));
            continue;
          }
          const int wanted = acknowledged;
          const auto rows = co_await client.read("select coalesce(max(n), 0) from notes");
          EXPECT_TRUE(rows) << rows.error().text();
          EXPECT_GE(rows.value().single<std::int32_t>().value(), wanted);
          co_await sleep_for(1ms);
        }
      });
      on_standby += client.counts().standby.value();
    });
  }
  for (int i = 0; i < 5; ++i) {
    std::this_thread::sleep_for(400ms);
    standby.sql("select pg_wal_replay_pause()");
    std::this_thread::sleep_for(200ms);
    standby.sql("select pg_wal_replay_resume()");
  }
  stopping = true;
  for (std::thread& thread : threads) thread.join();
  asio::post(context, [&] { monitor.reset(); });
  watcher.join();
  EXPECT_GT(acknowledged, 10);
  EXPECT_GT(on_standby, 0U);
}

}  // namespace
}  // namespace support::database::tests
