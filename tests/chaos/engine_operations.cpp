#include "tests/chaos/engine_operations.hpp"

#include <filesystem>
#include <iterator>
#include <thread>
#include <variant>

#include <fmt/format.h>

#include "app/database/listener.hpp"
#include "app/database/transaction.hpp"

namespace support::tests {
namespace {

using namespace std::chrono_literals;
using boost::asio::awaitable;
using database::Deadline;
using database::make_params;
using database::Result;
using database::Rows;
using Answer = Result<std::int32_t>;
using Clock = std::chrono::steady_clock;
using Effect = EngineOperation::Effect;

const char* const read = "SELECT $1 + 0";
const char* const write = "INSERT INTO written VALUES ($1) RETURNING n";

database::ConnectOptions options_for(const std::string& url) {
  database::ConnectOptions options;
  options.keywords = config::DatabaseUrl::parse(url).keywords();
  options.connect_timeout = 5s;
  options.command_timeout = 3s;
  return options;
}

database::PoolOptions pool_options_for(const std::string& url) {
  database::PoolOptions options{.connect = options_for(url), .size = 1, .max_overflow = 0};
  options.recovery_timeout = 500ms;
  return options;
}

Answer number(const Result<Rows>& rows) {
  if (!rows) return rows.error();
  return rows->single<std::int32_t>();
}

awaitable<Answer> query(Engine& engine) {
  co_return number(co_await engine.pool().query(read, make_params(std::int32_t{7})));
}

awaitable<Answer> send_much(Engine& engine) {
  const std::string large(1'000'007, 'x');
  co_return number(co_await engine.pool().query("SELECT length($1) - 1000000", make_params(large)));
}

awaitable<Answer> insert_in_transaction(Engine& engine) {
  auto begun = co_await engine.pool().begin();
  if (!begun) co_return begun.error();
  database::Transaction transaction = std::move(*begun);
  const auto rows = co_await transaction->query(write, make_params(std::int32_t{7}));
  if (!rows) co_return rows.error();
  const auto committed = co_await transaction.commit();
  if (!committed) co_return committed.error();
  co_return number(rows);
}

awaitable<Answer> copy_in_transaction(Engine& engine) {
  auto begun = co_await engine.pool().begin();
  if (!begun) co_return begun.error();
  database::Transaction transaction = std::move(*begun);
  auto copy = co_await transaction->start_copy_in("COPY written FROM STDIN");
  if (!copy) co_return copy.error();
  const auto sent = co_await copy->write("7\n");
  if (!sent) co_return sent.error();
  const auto copied = co_await copy->finish();
  if (!copied) co_return copied.error();
  const auto committed = co_await transaction.commit();
  if (!committed) co_return committed.error();
  co_return *copied == 1 ? 7 : 0;
}

awaitable<Answer> stream(Engine& engine) {
  auto lease = co_await engine.pool().acquire();
  if (!lease) co_return lease.error();
  auto rows = co_await (*lease)->stream("SELECT repeat('x', 9999) FROM generate_series(1, 7)");
  if (!rows) co_return rows.error();
  for (;;) {
    const auto row = co_await rows->next();
    if (!row) co_return row.error();
    if (!*row) co_return static_cast<std::int32_t>(rows->count());
  }
}

awaitable<Answer> copy_out(Engine& engine) {
  auto lease = co_await engine.pool().acquire();
  if (!lease) co_return lease.error();
  auto rows = co_await (*lease)->start_copy_out("COPY (SELECT repeat('x', 9999) FROM generate_series(1, 7)) TO STDOUT");
  if (!rows) co_return rows.error();
  for (;;) {
    const auto row = co_await rows->next();
    if (!row) co_return row.error();
    if (!*row) co_return static_cast<std::int32_t>(rows->rows());
  }
}

awaitable<Answer> read_shared(Engine& engine) {
  co_return number(co_await engine.shared().read(read, make_params(std::int32_t{7})));
}

awaitable<Answer> execute_once(Engine& engine) {
  co_return number(co_await engine.shared().execute_once(write, make_params(std::int32_t{7})));
}

awaitable<Answer> query_after_cancelling(Engine& engine) {
  {
    auto lease = co_await engine.pool().acquire();
    if (!lease) co_return lease.error();
    const auto late = co_await (*lease)->query("SELECT pg_sleep(2)", {}, Deadline::after(15ms));
    if (late) co_return 0;
    if (!late.error().is_deadline_exceeded()) co_return late.error();
  }
  co_return number(co_await engine.pool().query(read, make_params(std::int32_t{7})));
}

awaitable<Answer> read_shared_after_cancelling(Engine& engine) {
  const auto connected = co_await engine.shared().read(read, make_params(std::int32_t{7}));
  if (!connected) co_return connected.error();
  const auto late = co_await engine.shared().read("SELECT pg_sleep(2)", {}, Deadline::after(25ms));
  if (late) co_return 0;
  if (!late.error().is_deadline_exceeded()) co_return late.error();
  co_return number(co_await engine.shared().read(read, make_params(std::int32_t{7})));
}

// Whatever a gap may have swallowed is sent again.
awaitable<Answer> listen(Engine& engine) {
  database::ListenerOptions options;
  options.connect = engine.connect_options();
  options.channels = {"numbers"};
  auto listener = database::Listener::open(engine.context(), options);
  if (!listener) co_return listener.error();
  for (;;) {
    const auto event = co_await listener->next(Deadline::after(10s));
    if (!event) co_return event.error();
    if (const auto* heard = std::get_if<database::Notification>(&*event)) co_return std::stoi(heard->payload);
    const auto sent = co_await engine.pool().query("SELECT pg_notify('numbers', '7')");
    if (!sent) co_return sent.error();
  }
}

std::ptrdiff_t open_files() {
  const std::filesystem::directory_iterator files("/proc/self/fd");
  return std::distance(std::filesystem::begin(files), std::filesystem::end(files));
}

// What is wrong with the outcome, given the rows that are there now.
std::string judge(const EngineOperation& operation, const Answer& outcome, int rows, Errors errors) {
  std::string problem;
  if (outcome) {
    if (*outcome != 7) problem += fmt::format("The answer is {}, another's.\n", *outcome);
    const int right = operation.effect == Effect::one_row ? 1 : 0;
    if (rows != right) problem += fmt::format("It was done {} times.\n", rows);
    return problem;
  }
  const auto& error = outcome.error();
  if (errors == Errors::none) problem += "It need not have failed.\n";
  const bool is_too_late = errors == Errors::that_may_come_late && error.is_deadline_exceeded();
  if (!error.is_unavailable() && !error.is_in_doubt() && !is_too_late) {
    problem += "The error does not say: try again.\n";
  }
  if (error.is_in_doubt() && operation.effect == Effect::none) problem += "A read can't be in doubt.\n";
  if (rows > 1) problem += "It was done twice.\n";
  // Where the answer to a COMMIT is lost, the row may be there; nowhere else.
  if (rows == 1 && !error.is_in_doubt()) problem += "It was done, and the error does not say that it may be.\n";
  if (!problem.empty()) problem += error.text() + "\n";
  return problem;
}

std::string run_twice(const EngineOperation& operation, TestDatabase& database, const std::string& url,
                      const std::function<bool()>& was_disturbed, Errors errors, bool& disturbed) {
  Engine engine(url);
  const auto outcome = engine.run(operation.run(engine));
  disturbed = was_disturbed();
  if (!disturbed) return {};
  auto problem = judge(operation, outcome, std::stoi(database.sql("SELECT count(*) FROM written")[0][0]), errors);
  auto next = engine.run(operation.run(engine));
  const bool may_be_unseen = errors == Errors::that_may_come_late;
  if (may_be_unseen && !next) next = engine.run(operation.run(engine));
  if (!next) problem += "The next one fails: " + next.error().text() + "\n";
  if (engine.pool().stats().in_use != 0) problem += "A connection of the pool was not given back.\n";
  return problem;
}

}  // namespace

Engine::Engine(const std::string& url)
    : pool_(context_, pool_options_for(url)), shared_(context_, {.connect = options_for(url), .connections = 1}) {}

std::vector<EngineOperation> engine_operations() {
  return {
      {"a query of the pool", Effect::none, query},
      {"a large parameter", Effect::none, send_much},
      {"a transaction that writes", Effect::one_row, insert_in_transaction},
      {"COPY in, in a transaction", Effect::one_row, copy_in_transaction},
      {"a stream of rows", Effect::none, stream},
      {"COPY out", Effect::none, copy_out},
      {"a query after a cancelled one", Effect::none, query_after_cancelling},
      {"a shared read", Effect::none, read_shared},
      {"execute_once", Effect::one_row, execute_once},
      {"a shared read after a cancelled one", Effect::none, read_shared_after_cancelling},
      {"a notification", Effect::none, listen},
  };
}

std::optional<std::string> try_operation(const EngineOperation& operation, TestDatabase& database,
                                         const std::string& url, const std::function<bool()>& was_disturbed,
                                         Errors errors) {
  database.sql("TRUNCATE written");
  const auto files = open_files();
  bool disturbed = false;
  auto problem = run_twice(operation, database, url, was_disturbed, errors, disturbed);
  if (!disturbed) return std::nullopt;
  // A cancellation may still be under way, on a thread of its own.
  const auto give_up = Clock::now() + 5s;
  while (open_files() > files && Clock::now() < give_up) std::this_thread::sleep_for(1ms);
  if (const auto now = open_files(); now > files) problem += fmt::format("{} files are left open.\n", now - files);
  return problem;
}

std::size_t sessions_left(TestDatabase& database) {
  const auto give_up = Clock::now() + 20s;
  for (;;) {
    const auto left =
        std::stoul(database.sql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                                "AND application_name = 'support-agent'")[0][0]);
    if (left == 0 || Clock::now() > give_up) return left;
    std::this_thread::sleep_for(20ms);
  }
}

}  // namespace support::tests
