// Reads that may be a bounded time old: a primary and its standbys, who answers, and what is seen there.
#include <atomic>
#include <thread>

#include "app/database/database.hpp"
#include "app/database/database_metrics.hpp"
#include "app/database/standby_monitor.hpp"

#include "tests/support/standby.hpp"

#include "fixture.hpp"

namespace support::database::tests {
namespace {

using support::tests::Standby;

// Answered at once by a primary, and not for half a minute by a standby.
constexpr std::string_view slow_on_standby =
    "select case when pg_is_in_recovery() then pg_sleep(30)::text end, inet_server_port() as port";

config::DatabaseUrl url_of(const std::vector<int>& ports) {
  std::string hosts;
  for (const int port : ports) hosts += (hosts.empty() ? "127.0.0.1:" : ",127.0.0.1:") + std::to_string(port);
  return config::DatabaseUrl::parse("postgresql://support_agent@" + hosts +
                                    "/postgres?target_session_attrs=read-write");
}

StandbyMonitorOptions monitor_options(const config::DatabaseUrl& url, std::chrono::milliseconds max_lag) {
  StandbyMonitorOptions options;
  options.connect = connect_options(url);
  options.hosts = split_hosts(options.connect.keywords);
  options.max_lag = max_lag;
  options.interval = max_lag / 4;
  return options;
}

// The database as a thread of the service has it.
class Client {
 public:
  Client(asio::io_context& context, const config::DatabaseUrl& url, const std::shared_ptr<StandbyBoard>& board,
         std::size_t number = 0)
      : metrics_(std::make_shared<DatabaseMetrics>()),
        pool_(context, with(pool_options(url, 4), board)),
        shared_(context, MultiplexerOptions{.connect = with(pool_options(url), board).connect}),
        split_(context, *board, shared_.options(), number),
        database_(pool_, &shared_, &split_) {}

  asio::awaitable<Result<Rows>> read(std::string_view sql, Params params = {}) {
    return database_.read(Freshness::bounded, sql, std::move(params), Deadline::after(20s));
  }
  asio::awaitable<Result<Rows>> read_current(std::string_view sql) {
    Params none;
    return database_.read(Freshness::current, sql, std::move(none), Deadline::after(20s));
  }
  asio::awaitable<Result<std::int64_t>> write(std::string_view sql, Params params = {}) {
    return pool_.execute(sql, std::move(params), Deadline::after(20s));
  }
  const DatabaseMetrics::BoundedReads& counts() const { return metrics_->bounded_reads; }

 private:
  PoolOptions with(PoolOptions options, const std::shared_ptr<StandbyBoard>& board) const {
    options.connect.metrics = metrics_;
    options.connect.own_writes = {board, &board->own_writes()};
    return options;
  }

  std::shared_ptr<DatabaseMetrics> metrics_;
  Pool pool_;
  Multiplexer shared_;
  ReadSplit split_;
  Database database_;
};

class ReadSplitTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!Standby::is_possible(primary_)) GTEST_SKIP() << "this server comes without pg_basebackup";
    primary_.sql("create table notes(n int primary key)");
  }
  void watch(const std::vector<int>& ports, std::chrono::milliseconds max_lag = 1s) {
    const auto url = url_of(ports);
    auto options = monitor_options(url, max_lag);
    board_ = std::make_shared<StandbyBoard>(options.hosts, options.max_lag);
    monitor_.emplace(loop_.context(), std::move(options), *board_);
    client_.emplace(loop_.context(), url, board_);
  }
  // The port of the server that answers a read.
  int answered_by(std::string_view sql = "select inet_server_port() as port") {
    const auto rows = loop_.run([&] { return client_->read(sql); });
    return (*rows.value().begin()).get<std::int32_t>("port");
  }
  bool is_within_bound(std::size_t host) const {
    const auto current_as_of = board_->current_as_of(host);
    return current_as_of && Clock::now() - *current_as_of <= board_->max_lag();
  }
  void write(std::int32_t n) {
    const auto written = loop_.run([&] { return client_->write("insert into notes values ($1)", make_params(n)); });
    ASSERT_TRUE(written) << written.error().text();
  }
  std::int64_t count() {
    return loop_.run([&] { return client_->read("select count(*) from notes"); })
        .value()
        .single<std::int64_t>()
        .value();
  }
  void pass(Clock::duration time) {
    const auto until = Clock::now() + time;
    loop_.run_until([&] { return Clock::now() >= until; });
  }
  // Reads until `port` answers them.
  void read_until_answered_by(int port) {
    loop_.run([&]() -> asio::awaitable<void> {
      for (int by = 0; by != port;) {
        co_await sleep_for(5ms);
        const auto rows = co_await client_->read("select inet_server_port() as port");
        by = (*rows.value().begin()).get<std::int32_t>("port");
      }
    });
  }

  TestCluster primary_;
  Loop loop_;
  std::shared_ptr<StandbyBoard> board_;
  std::optional<StandbyMonitor> monitor_;
  std::optional<Client> client_;
};

TEST_F(ReadSplitTest, ReadsGoToTheStandbyAndEverythingElseToThePrimary) {
  const Standby standby(primary_);
  watch({primary_.tcp_port(), standby.tcp_port()}, 5s);
  // Before anything is known.
  EXPECT_EQ(answered_by(), primary_.tcp_port());
  EXPECT_EQ(client_->counts().no_standby.value(), 1U);
  loop_.run_until([&] { return is_within_bound(1); });
  EXPECT_FALSE(is_within_bound(0));
  EXPECT_EQ(answered_by(), standby.tcp_port());
  EXPECT_GE(client_->counts().standby.value(), 1U);
  const auto current = loop_.run([&] { return client_->read_current("select inet_server_port()"); });
  EXPECT_EQ(current.value().single<std::int32_t>().value(), primary_.tcp_port());
  // An idle primary makes no standby late.
  pass(6s);
  EXPECT_EQ(answered_by(), standby.tcp_port());
  // A write goes through, and its reader sees it wherever it is sent.
  for (std::int32_t n = 1; n <= 50; ++n) {
    write(n);
    ASSERT_EQ(count(), n);
  }
  read_until_answered_by(standby.tcp_port());
  EXPECT_EQ(client_->counts().standby_failed.value(), 0U);
}

TEST_F(ReadSplitTest, AWriteIsSeenWhileReplayStandsStill) {
  const Standby standby(primary_);
  watch({primary_.tcp_port(), standby.tcp_port()}, 60s);
  loop_.run_until([&] { return is_within_bound(1); });
  read_until_answered_by(standby.tcp_port());
  standby.sql("select pg_wal_replay_pause()");
  for (std::int32_t n = 1; n <= 20; ++n) {
    write(n);
    ASSERT_EQ(count(), n);
    ASSERT_EQ(answered_by(), primary_.tcp_port());
  }
  EXPECT_GE(client_->counts().after_write.value(), 40U);
  EXPECT_TRUE(is_within_bound(1)) << "the bound alone would have let the reads go there";
  standby.sql("select pg_wal_replay_resume()");
  read_until_answered_by(standby.tcp_port());
  EXPECT_EQ(count(), 20);
}

TEST_F(ReadSplitTest, AStandbyBeyondTheBoundIsLeftAndComesBack) {
  const Standby standby(primary_);
  watch({primary_.tcp_port(), standby.tcp_port()}, 1s);
  read_until_answered_by(standby.tcp_port());
  standby.sql("select pg_wal_replay_pause()");
  primary_.sql("insert into notes values (1)");  // by somebody else
  const auto committed = Clock::now();
  bool was_old = false;
  bool was_new = false;
  loop_.run([&]() -> asio::awaitable<void> {
    while (Clock::now() - committed < 2s) {
      const auto began = Clock::now();
      const auto rows = co_await client_->read("select count(*) from notes");
      const bool is_new = rows.value().single<std::int64_t>().value() == 1;
      (is_new ? was_new : was_old) = true;
      // Nobody sees what is older than the bound.
      EXPECT_TRUE(is_new || began - committed <= 1s);
      co_await sleep_for(2ms);
    }
  });
  EXPECT_TRUE(was_old);
  EXPECT_TRUE(was_new);
  EXPECT_EQ(answered_by(), primary_.tcp_port());
  standby.sql("select pg_wal_replay_resume()");
  read_until_answered_by(standby.tcp_port());
  EXPECT_EQ(count(), 1);
}

TEST_F(ReadSplitTest, WhatAStandbyDoesNotAnswerThePrimaryDoes) {
  Standby standby(primary_);
  watch({primary_.tcp_port(), standby.tcp_port()}, 5s);
  read_until_answered_by(standby.tcp_port());
  // It takes too long.
  EXPECT_EQ(answered_by(slow_on_standby), primary_.tcp_port());
  EXPECT_EQ(client_->counts().standby_failed.value(), 1U);
  read_until_answered_by(standby.tcp_port());
  // An error that is the standby's alone.
  EXPECT_EQ(answered_by("select inet_server_port() as port where 1 / (1 - pg_is_in_recovery()::int) = 1"),
            primary_.tcp_port());
  EXPECT_EQ(client_->counts().standby_failed.value(), 2U);
  EXPECT_EQ(answered_by(), standby.tcp_port()) << "one error of a statement says nothing about the standby";
  // An error of the statement is the primary's in the end.
  const auto failed = loop_.run([&] { return client_->read("select 1 / 0"); });
  EXPECT_EQ(failed.error().diagnostics().sqlstate, "22012");

  // It is killed while it works on several.
  std::vector<int> answers;
  for (int i = 0; i < 5; ++i) {
    loop_.start([&]() -> asio::awaitable<void> {
      const auto rows = co_await client_->read(slow_on_standby);
      answers.push_back((*rows.value().begin()).get<std::int32_t>("port"));
    });
  }
  loop_.run_until([&] {
    return standby.sql(
               "select count(*) from pg_stat_activity where query like '%pg_sleep(30)%' and state = 'active' "
               "and pid <> pg_backend_pid()") != "0";
  });
  standby.stop(cli::LocalCluster::StopMode::immediate);
  loop_.finish();
  EXPECT_EQ(answers, std::vector<int>(5, primary_.tcp_port()));
  EXPECT_EQ(answered_by(), primary_.tcp_port());
  // Back when it is.
  standby.start();
  read_until_answered_by(standby.tcp_port());
}

TEST_F(ReadSplitTest, AReadInTheWayOfReplayIsAnsweredByThePrimary) {
  const Standby standby(primary_);
  standby.sql("alter system set max_standby_streaming_delay = '10ms'");
  standby.sql("select pg_reload_conf()");
  watch({primary_.tcp_port(), standby.tcp_port()}, 60s);
  read_until_answered_by(standby.tcp_port());
  int answer = 0;
  loop_.start([&]() -> asio::awaitable<void> {
    const auto rows = co_await client_->read(
        "select case when pg_is_in_recovery() then pg_sleep(30)::text end, inet_server_port() as port, "
        "(select count(*) from notes)");
    answer = (*rows.value().begin()).get<std::int32_t>("port");
  });
  pass(100ms);
  primary_.sql("truncate notes");
  loop_.finish();
  EXPECT_EQ(answer, primary_.tcp_port());
  EXPECT_EQ(client_->counts().standby_failed.value(), 1U);
}

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
