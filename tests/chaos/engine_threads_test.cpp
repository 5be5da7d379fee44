// Several threads with an engine each, as in the service, on a bad network: many callers, few connections, deadlines
// and cancellations in the middle of everything.
#include <atomic>
#include <chrono>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "app/database/database_metrics.hpp"
#include "app/database/multiplexer.hpp"
#include "app/database/pool.hpp"

#include "tests/chaos/byte_proxy.hpp"
#include "tests/chaos/engine_operations.hpp"
#include "tests/chaos/fault_count.hpp"

namespace support::tests {
namespace {

using namespace std::chrono_literals;
using database::Deadline;
using database::make_params;
using database::Result;
using database::Rows;
using Clock = std::chrono::steady_clock;
using Manner = ByteProxy::Manner;

constexpr std::size_t threads = 3;
constexpr std::size_t callers = 170;  // of each thread: 510 for pools of four connections

class EngineThread {
 public:
  EngineThread(const std::string& url, unsigned seed)
      : random_(seed), pool_(context_, pool_options(url)), shared_(context_, {.connect = connect_options(url)}) {
    thread_ = std::thread([this] { run(); });
  }
  ~EngineThread() { end(); }
  EngineThread(const EngineThread&) = delete;
  EngineThread& operator=(const EngineThread&) = delete;

  void end() {
    is_over_ = true;
    if (thread_.joinable()) thread_.join();
  }
  std::size_t answered() const { return answered_; }
  const database::DatabaseMetrics& metrics() const { return pool_.metrics(); }

  // After end().
  std::size_t refused() const { return refused_; }
  std::size_t late() const { return late_; }
  std::size_t cancelled() const { return cancelled_; }
  const std::vector<std::string>& wrong() const { return wrong_; }

 private:
  static database::ConnectOptions connect_options(const std::string& url) {
    database::ConnectOptions options;
    options.keywords = config::DatabaseUrl::parse(url).keywords();
    options.connect_timeout = 2s;
    options.command_timeout = 2s;
    return options;
  }
  static database::PoolOptions pool_options(const std::string& url) {
    database::PoolOptions options{.connect = connect_options(url), .size = 4, .max_overflow = 0};
    options.timeout = 10s;
    options.recovery_timeout = 300ms;
    return options;
  }

  void run() {
    for (std::size_t caller = 0; caller < callers; ++caller) start(caller);
    boost::asio::co_spawn(context_, cancel_at_random(), [](const std::exception_ptr&) {});
    while (running_ > 0) context_.run_one_for(100ms);
    const auto stats = pool_.stats();
    if (stats.in_use != 0 || stats.waiting != 0)
      wrong_.emplace_back("A connection has leaked, or a waiter was forgotten.");
    if (stats.size > 4) wrong_.push_back(fmt::format("The pool of four has {} connections.", stats.size));
  }

  // Asks again and again until it is over.
  void start(std::size_t caller) {
    ++running_;
    boost::asio::co_spawn(
        context_, ask(static_cast<std::int32_t>(caller)),
        boost::asio::bind_cancellation_slot(signals_[caller].slot(),
                                            [this, caller](const std::exception_ptr& thrown, Result<Rows> rows) {
                                              take(static_cast<std::int32_t>(caller), thrown, rows);
                                              if (!is_over_) start(caller);
                                              --running_;
                                            }));
  }

  boost::asio::awaitable<Result<Rows>> ask(std::int32_t number) {
    auto params = make_params(number);
    switch (random_() % 6) {
      case 0:
        return pool_.query("SELECT $1 + 0", std::move(params));
      case 1:
        return pool_.query("SELECT $1 + 0, pg_sleep(0.002)", std::move(params));
      case 2:
        return pool_.query("SELECT $1 + 0, pg_sleep(0.01)", std::move(params), Deadline::after(random_() % 20 * 1ms));
      case 3:
        return shared_.read("SELECT $1 + 0, pg_sleep(0.01)", std::move(params), Deadline::after(random_() % 20 * 1ms));
      default:
        return shared_.read("SELECT $1 + 0", std::move(params));
    }
  }

  void take(std::int32_t caller, const std::exception_ptr& thrown, const Result<Rows>& rows) {
    if (thrown) {
      ++cancelled_;  // Asio's own way to end a coroutine whose cancellation came with its answer
    } else if (rows) {
      ++answered_;
      const auto number = (*rows)[0].get<std::int32_t>(0);
      if (number != caller) wrong_.push_back(fmt::format("{} was answered with {}.", caller, number));
    } else if (rows.error().is_deadline_exceeded()) {
      ++late_;
    } else if (rows.error().is_unavailable()) {
      ++refused_;
    } else if (rows.error().code() == boost::asio::error::operation_aborted) {
      ++cancelled_;
    } else {
      wrong_.push_back(rows.error().text());
    }
  }

  boost::asio::awaitable<void> cancel_at_random() {
    boost::asio::steady_timer timer(context_);
    while (!is_over_) {
      timer.expires_after(2ms);
      co_await timer.async_wait(boost::asio::use_awaitable);
      signals_[random_() % callers].emit(boost::asio::cancellation_type::terminal);
    }
  }

  std::minstd_rand random_;
  std::vector<boost::asio::cancellation_signal> signals_{callers};
  boost::asio::io_context context_{1};
  database::Pool pool_;
  database::Multiplexer shared_;
  std::size_t running_ = 0;
  std::size_t refused_ = 0;
  std::size_t late_ = 0;
  std::size_t cancelled_ = 0;
  std::vector<std::string> wrong_;
  std::atomic<std::size_t> answered_ = 0;
  std::atomic<bool> is_over_ = false;
  std::thread thread_;
};

using EngineThreads = std::vector<std::unique_ptr<EngineThread>>;

// Reads what a page of metrics would, while the threads write it.
std::uint64_t connections_made(const EngineThreads& engines) {
  std::uint64_t made = 0;
  for (const auto& engine : engines) made += engine->metrics().created.value();
  return made;
}

bool all_go_on(const EngineThreads& engines, std::size_t answers, Clock::time_point latest) {
  std::vector<std::size_t> wanted;
  for (const auto& engine : engines) wanted.push_back(engine->answered() + answers);
  for (;;) {
    bool all = true;
    for (std::size_t i = 0; i < engines.size(); ++i) all = all && engines[i]->answered() >= wanted[i];
    if (all || Clock::now() > latest) return all;
    std::this_thread::sleep_for(2ms);
  }
}

TEST(EngineThreads, FiveHundredCallersOnABadNetwork) {
  TestDatabase database;
  ByteProxy proxy(database.cluster().tcp_port());
  FaultCount count{.fault = "the network is bad, for 510 callers with cancellation at random"};
  EngineThreads engines;
  for (unsigned i = 0; i < threads; ++i) {
    // By name, so that the threads share those that resolve it.
    engines.push_back(std::make_unique<EngineThread>(
        fmt::format("postgresql://support_agent@localhost:{}/{}?sslmode=disable", proxy.port(), database.name()),
        i + 1));
  }
  EXPECT_TRUE(all_go_on(engines, 200, Clock::now() + 30s)) << "before anything happens";

  std::minstd_rand random(1);
  const auto for_a_while = [&](Manner manner) {
    proxy.behave(manner);
    std::this_thread::sleep_for(random() % 60 * 1ms);
    proxy.behave(Manner::pass);
  };
  const auto made_before = connections_made(engines);
  for (; count.tries < 60; ++count.tries) {
    switch (random() % 5) {
      case 0:
        for_a_while(Manner::stall);
        break;
      case 1:
        for_a_while(Manner::split);
        break;
      case 2:
        proxy.end_answers();
        break;
      default:
        proxy.cut();
    }
    if (all_go_on(engines, 10, Clock::now() + 20s)) {
      ++count.survived;
    } else {
      ADD_FAILURE() << "Not every thread goes on after fault " << count.tries << ".";
    }
  }
  EXPECT_GT(connections_made(engines), made_before);

  std::size_t refused = 0;
  std::size_t late = 0;
  std::size_t cancelled = 0;
  for (const auto& engine : engines) engine->end();
  for (const auto& engine : engines) {
    EXPECT_TRUE(engine->wrong().empty()) << engine->wrong().size() << ", the first: " << engine->wrong().front();
    refused += engine->refused();
    late += engine->late();
    cancelled += engine->cancelled();
  }
  EXPECT_GT(refused, 0U);
  EXPECT_GT(late, 0U);
  EXPECT_GT(cancelled, 0U);
  engines.clear();
  EXPECT_EQ(sessions_left(database), 0U);
  print_counts({count});
}

}  // namespace
}  // namespace support::tests
