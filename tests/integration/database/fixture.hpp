#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>

#include "app/database/pool.hpp"
#include "app/database/transaction.hpp"

#include "tests/support/test_cluster.hpp"

namespace support::database::tests {

using namespace std::chrono_literals;
using support::tests::TestCluster;
using support::tests::TestDatabase;
using Clock = std::chrono::steady_clock;

// No test waits longer than this for anything.
inline constexpr auto patience = 60s;

inline asio::awaitable<void> sleep_for(Clock::duration duration) {
  asio::steady_timer timer(co_await asio::this_coro::executor, duration);
  co_await timer.async_wait(asio::use_awaitable);
}

// An io_context that runs coroutines to their end on the test's thread.
class Loop {
 public:
  // `body` is a function that returns an awaitable; its captures live until the coroutine has ended.
  template <class Body>
  auto run(Body body) {
    using Value = typename std::invoke_result_t<Body&>::value_type;
    if constexpr (std::is_void_v<Value>) {
      std::optional<std::exception_ptr> done;
      asio::co_spawn(context_, body(), [&](std::exception_ptr exception) { done = exception; });
      run_until([&] { return done.has_value(); });
      if (*done) std::rethrow_exception(*done);
    } else {
      std::optional<std::pair<std::exception_ptr, Value>> done;
      asio::co_spawn(context_, body(),
                     [&](std::exception_ptr exception, Value value) { done.emplace(exception, std::move(value)); });
      run_until([&] { return done.has_value(); });
      if (done->first) std::rethrow_exception(done->first);
      return std::move(done->second);
    }
  }

  // Starts a coroutine and goes on; it has to end before the loop does. `body` is kept until then.
  template <class Body>
  void start(Body body) {
    auto kept = std::make_shared<Body>(std::move(body));
    ++running_;
    asio::co_spawn(context_, (*kept)(), [this, kept](std::exception_ptr exception) {
      --running_;
      if (exception) std::rethrow_exception(exception);
    });
  }
  void finish() {
    run_until([this] { return running_ == 0; });
  }

  template <class Condition>
  void run_until(Condition condition) {
    const auto give_up = Clock::now() + patience;
    context_.restart();
    while (!condition()) {
      if (Clock::now() > give_up) throw std::runtime_error("The loop did not come to the end that the test waits for.");
      if (context_.stopped()) context_.restart();
      context_.run_one_for(100ms);
    }
  }

  asio::io_context& context() { return context_; }

 private:
  asio::io_context context_;
  int running_ = 0;
};

inline ConnectOptions connect_options(const config::DatabaseUrl& url) {
  ConnectOptions options;
  options.keywords = url.keywords();
  return options;
}

inline PoolOptions pool_options(const config::DatabaseUrl& url, int size = 2, int overflow = 0) {
  PoolOptions options;
  options.connect = connect_options(url);
  options.size = size;
  options.max_overflow = overflow;
  options.timeout = 10s;
  return options;
}

// A database of its own, a loop, and one connection.
class ConnectionTest : public testing::Test {
 protected:
  void connect(ConnectOptions options) {
    auto made = loop_.run([&] { return Connection::connect(loop_.context(), options); });
    ASSERT_TRUE(made) << made.error().text();
    connection_ = std::move(*made);
  }
  void SetUp() override { connect(connect_options(database_.url())); }

  Result<Rows> query(std::string_view sql, Params params = {}, Deadline deadline = {}) {
    return loop_.run([&] { return connection_->query(sql, std::move(params), deadline); });
  }
  Result<void> run(const std::string& sql) {
    return loop_.run([&] { return connection_->run(sql); });
  }
  // The one value of a query that must succeed.
  template <class T>
  T value(std::string_view sql, Params params = {}) {
    return query(sql, std::move(params)).value().single<T>().value();
  }

  TestDatabase database_;
  Loop loop_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace support::database::tests
