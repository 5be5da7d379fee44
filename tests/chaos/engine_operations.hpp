#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "app/database/multiplexer.hpp"
#include "app/database/pool.hpp"

#include "tests/support/test_cluster.hpp"

namespace support::tests {

// A pool and shared connections, one of each, on a loop of their own.
class Engine {
 public:
  // `url`: how to reach the server.
  explicit Engine(const std::string& url);

  // Throws when the operation does not end.
  template <class T>
  database::Result<T> run(boost::asio::awaitable<database::Result<T>> operation) {
    std::optional<database::Result<T>> outcome;
    boost::asio::co_spawn(context_, std::move(operation),
                          [&](const std::exception_ptr& thrown, database::Result<T> result) {
                            EXPECT_FALSE(thrown);
                            outcome.emplace(std::move(result));
                          });
    context_.restart();
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!outcome && std::chrono::steady_clock::now() < give_up) {
      context_.run_one_for(std::chrono::milliseconds(100));
    }
    if (!outcome) throw std::runtime_error("The operation did not end.");
    return std::move(*outcome);
  }
  boost::asio::io_context& context() { return context_; }
  const database::ConnectOptions& connect_options() const { return pool_.options().connect; }
  database::Pool& pool() { return pool_; }
  database::Multiplexer& shared() { return shared_; }

 private:
  boost::asio::io_context context_;
  database::Pool pool_;
  database::Multiplexer shared_;
};

// Something that the engine can do. Its right answer is 7.
struct EngineOperation {
  enum class Effect { none, one_row };  // in the table `written`
  std::string name;
  Effect effect = Effect::none;
  std::function<boost::asio::awaitable<database::Result<std::int32_t>>(Engine&)> run;
};

// One of each kind. They need a table `written (n integer)`.
std::vector<EngineOperation> engine_operations();

// Which error an operation may end with.
enum class Errors {
  that_say_try_again,
  // Also: that its time is up, or only the next operation's; where libpq could not keep what came, it goes on waiting,
  // or says so at the next request.
  that_may_come_late,
  none,
};

// Runs an operation on a new engine that reaches the server by `url`, while somebody disturbs it, and once more. Looks
// whether the answer was right, or the error true about what has happened; whether the next one succeeds; and whether
// connections or files are left. A sentence a line says what is wrong; nullopt: nobody had disturbed it when it ended.
std::optional<std::string> try_operation(const EngineOperation& operation, TestDatabase& database,
                                         const std::string& url, const std::function<bool()>& was_disturbed,
                                         Errors errors = Errors::that_say_try_again);

// The server's sessions of engines, once they have had time to leave.
std::size_t sessions_left(TestDatabase& database);

}  // namespace support::tests
