// Each operation of the runtime engine, with the connection cut at any of its messages to the server.
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "app/database/multiplexer.hpp"
#include "app/database/pool.hpp"
#include "app/database/transaction.hpp"

#include "tests/chaos/chaos_project.hpp"
#include "tests/chaos/fault_proxy.hpp"
#include "tests/support/test_cluster.hpp"

namespace support::tests {
namespace {

using namespace std::chrono_literals;
using database::make_params;
using database::Result;
using database::Rows;
using When = FaultProxy::When;

// A pool and shared connections on a loop of their own, through a proxy.
class Engine {
 public:
  explicit Engine(const std::string& url)
      : pool_(context_, {.connect = connect_options(url), .size = 1, .max_overflow = 0}),
        shared_(context_, {.connect = connect_options(url), .connections = 1}) {}

  template <class T>
  Result<T> run(boost::asio::awaitable<Result<T>> operation) {
    std::optional<Result<T>> outcome;
    boost::asio::co_spawn(context_, std::move(operation), [&](const std::exception_ptr& thrown, Result<T> result) {
      EXPECT_FALSE(thrown);
      outcome.emplace(std::move(result));
    });
    context_.restart();
    const auto give_up = std::chrono::steady_clock::now() + 5s;
    while (!outcome && std::chrono::steady_clock::now() < give_up) context_.run_one_for(100ms);
    if (!outcome) throw std::runtime_error("The operation did not end.");
    return std::move(*outcome);
  }
  database::Pool& pool() { return pool_; }
  database::Multiplexer& shared() { return shared_; }

 private:
  static database::ConnectOptions connect_options(const std::string& url) {
    database::ConnectOptions options;
    options.keywords = config::DatabaseUrl::parse(url).keywords();
    options.connect_timeout = 2s;
    options.command_timeout = 2s;
    return options;
  }

  boost::asio::io_context context_;
  database::Pool pool_;
  database::Multiplexer shared_;
};

enum class Effect { none, one_row };

struct Operation {
  std::string name;
  Effect effect;
  std::function<boost::asio::awaitable<Result<Rows>>(Engine&)> run;
};

boost::asio::awaitable<Result<Rows>> insert_in_transaction(Engine& engine) {
  auto begun = co_await engine.pool().begin();
  if (!begun) co_return begun.error();
  database::Transaction transaction = std::move(*begun);
  auto rows = co_await transaction->query("INSERT INTO written VALUES ($1) RETURNING n", make_params(std::int32_t{7}));
  if (!rows) co_return rows.error();
  const auto committed = co_await transaction.commit();
  if (!committed) co_return committed.error();
  co_return std::move(*rows);
}

const char* const read = "SELECT $1 + 0";
const char* const write = "INSERT INTO written VALUES ($1) RETURNING n";

std::vector<Operation> operations() {
  return {
      {"a query of the pool", Effect::none,
       [](Engine& engine) { return engine.pool().query(read, make_params(std::int32_t{7})); }},
      {"a transaction that writes", Effect::one_row, insert_in_transaction},
      {"a shared read", Effect::none,
       [](Engine& engine) { return engine.shared().read(read, make_params(std::int32_t{7})); }},
      {"execute_once", Effect::one_row,
       [](Engine& engine) { return engine.shared().execute_once(write, make_params(std::int32_t{7})); }},
  };
}

// What is wrong, a sentence a line; nullopt: the operation has no request `at`.
std::optional<std::string> try_cut(const Operation& operation, TestDatabase& database, std::size_t at, When when) {
  database.sql("TRUNCATE written");
  FaultProxy proxy(database.cluster().tcp_port(), at, when,
                   [](FaultProxy& struck, std::size_t connection) { struck.cut(connection); });
  Engine engine(
      fmt::format("postgresql://support_agent@127.0.0.1:{}/{}?sslmode=disable", proxy.port(), database.name()));
  const auto outcome = engine.run(operation.run(engine));
  if (!proxy.has_struck()) return std::nullopt;

  std::string problem;
  const auto rows = std::stoi(database.sql("SELECT count(*) FROM written")[0][0]);
  if (outcome) {
    if (outcome->single<std::int32_t>().value() != 7) problem += "The answer is another's.\n";
    if (operation.effect == Effect::one_row && rows != 1) problem += fmt::format("It was done, {} times.\n", rows);
  } else {
    const auto& error = outcome.error();
    if (!error.is_unavailable() && !error.is_in_doubt()) problem += "The error does not say: try again.\n";
    if (error.is_in_doubt() && operation.effect == Effect::none) problem += "A read can't be in doubt.\n";
    if (rows > 1) problem += "It was done twice.\n";
    // Where the answer to a COMMIT is lost, the row may be there; nowhere else.
    if (rows == 1 && !error.is_in_doubt()) problem += "It was done, and the error does not say that it may be.\n";
    if (!problem.empty()) problem += error.text();
  }
  // The next one gets a new connection.
  const auto next = engine.run(operation.run(engine));
  if (!next) problem += "The next one fails: " + next.error().text();
  return problem;
}

TEST(EngineChaos, AnOperationIsCutAtAnyOfItsMessages) {
  TestDatabase database;
  database.sql("CREATE TABLE written (n integer)");
  std::vector<FaultCount> counts;
  for (const auto& operation : operations()) {
    FaultCount count{.fault = "the connection is cut at each message of " + operation.name};
    for (const When when : {When::before, When::torn, When::sent, When::answered}) {
      for (std::size_t at = 1;; ++at) {
        const auto problem = try_cut(operation, database, at, when);
        if (!problem) break;
        ++count.tries;
        if (problem->empty()) {
          ++count.survived;
        } else {
          ADD_FAILURE() << operation.name << ", message " << at << ", fault " << static_cast<int>(when) << ":\n"
                        << *problem;
        }
      }
    }
    EXPECT_GT(count.tries, 4U) << operation.name;
    counts.push_back(count);
  }
  print_counts(counts);
}

}  // namespace
}  // namespace support::tests
