#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/database/database.hpp"
#include "app/database/database_metrics.hpp"
#include "app/database/standby_monitor.hpp"

#include "tests/support/standby.hpp"

#include "fixture.hpp"

namespace support::database::tests {

using support::tests::Standby;

inline config::DatabaseUrl url_of(const std::vector<int>& ports) {
  std::string hosts;
  for (const int port : ports) hosts += (hosts.empty() ? "127.0.0.1:" : ",127.0.0.1:") + std::to_string(port);
  return config::DatabaseUrl::parse("postgresql://support_agent@" + hosts +
                                    "/postgres?target_session_attrs=read-write");
}

inline StandbyMonitorOptions monitor_options(const config::DatabaseUrl& url, std::chrono::milliseconds max_lag) {
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

}  // namespace support::database::tests
