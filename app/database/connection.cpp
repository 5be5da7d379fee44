#include "app/database/connection.hpp"

#include <array>
#include <cassert>
#include <utility>

#include <fmt/format.h>

#include "app/config/logging.hpp"
#include "app/database/blocking_threads.hpp"
#include "app/database/parameter_arrays.hpp"
#include "app/database/statement_name.hpp"
#include "app/database/wire.hpp"

namespace support::database {
namespace {

constexpr std::size_t max_parameters = 65'535;  // the protocol counts them in 16 bits

constexpr int binary_results = 1;

Error zero_byte_in_statement() {
  return {Condition::bad_parameter, "A statement holds a zero byte and can't be sent: take it out of the SQL text."};
}

bool has_zero_byte(std::string_view sql) {
  return sql.find('\0') != std::string_view::npos;
}

}  // namespace

// One operation at a time: two coroutines on one connection would read each other's answers.
class Connection::Operation {
 public:
  explicit Operation(Connection& connection) : connection_(connection) {
    assert(!connection_.busy_);
    connection_.busy_ = true;
  }
  ~Operation() {
    connection_.busy_ = false;
    connection_.last_used_ = Deadline::Clock::now();
  }
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;

 private:
  Connection& connection_;
};

Connection::Connection(std::unique_ptr<Wire> wire, const ConnectOptions& options)
    : wire_(std::move(wire)),
      statements_(options.statement_cache_size, unique_statement_prefix()),
      last_used_(Deadline::Clock::now()),
      command_timeout_(options.command_timeout),
      echo_(options.echo) {
  wire_->set_notice_handler(options.on_notice);
}

Connection::~Connection() = default;

std::unique_ptr<Wire> Connection::take_wire(std::unique_ptr<Connection> connection) {
  assert(connection->health() == Health::idle);
  return std::move(connection->wire_);
}

Connection::Health Connection::health() const {
  if (wire_->is_broken()) return Health::broken;
  if (wire_->is_interrupted()) return Health::interrupted;
  switch (PQtransactionStatus(wire_->handle())) {
    case PQTRANS_IDLE:
      return arrears_.empty() ? Health::idle : Health::in_transaction;
    case PQTRANS_INTRANS:
    case PQTRANS_INERROR:
      return Health::in_transaction;
    default:
      return Health::broken;
  }
}

int Connection::server_version() const {
  return PQserverVersion(wire_->handle());
}
int Connection::backend_pid() const {
  return PQbackendPID(wire_->handle());
}
bool Connection::is_alive() {
  return wire_->is_alive();
}

Connection::TimePoint Connection::effective(Deadline deadline) const {
  const TimePoint own = deadline.or_after(command_timeout_);
  return cap_.is_set() ? std::min(own, cap_.or_after({})) : own;
}

asio::awaitable<Result<Rows>> Connection::query(std::string_view sql, Params params, Deadline deadline) {
  auto result = co_await statement(sql, params, effective(deadline));
  if (!result) co_return result.error();
  co_return Rows(std::move(*result));
}

asio::awaitable<Result<std::int64_t>> Connection::execute(std::string_view sql, Params params, Deadline deadline) {
  auto result = co_await statement(sql, params, effective(deadline));
  if (!result) co_return result.error();
  co_return Rows(std::move(*result)).affected();
}

asio::awaitable<Result<void>> Connection::run(std::string sql, Deadline deadline) {
  const auto done = co_await query_text(std::move(sql), deadline);
  if (!done) co_return done.error();
  co_return Result<void>();
}

asio::awaitable<Result<TextRows>> Connection::query_text(std::string sql, Deadline deadline) {
  auto script = co_await run_script(std::move(sql), deadline);
  co_return std::move(script.last);
}

asio::awaitable<Connection::Script> Connection::run_script(std::string sql, Deadline deadline) {
  const Operation operation(*this);
  const auto started = Deadline::Clock::now();
  const auto until = effective(deadline);
  if (auto error = co_await prepare_simple(sql, until)) co_return Script{0, std::move(*error)};
  if (PQsendQuery(wire_->handle(), sql.c_str()) == 0) co_return Script{0, wire_->lost()};
  auto answer = co_await wire_->answer(until);
  if (!answer.error && !answer.result) answer.error = wire_->lost();
  if (echo_) echo(sql, started, answer.error ? *answer.error : Error());
  if (answer.error) co_return Script{answer.completed, std::move(*answer.error)};
  co_return Script{answer.completed, TextRows(std::move(answer.result))};
}

asio::awaitable<Result<std::int64_t>> Connection::copy_in(std::string sql, std::string data, Deadline deadline) {
  const Operation operation(*this);
  const auto started = Deadline::Clock::now();
  const auto until = effective(deadline);
  if (auto error = co_await prepare_simple(sql, until)) co_return std::move(*error);
  if (PQsendQuery(wire_->handle(), sql.c_str()) == 0) co_return wire_->lost();
  auto done = co_await wire_->copy_in(data, until);
  if (echo_) echo(sql, started, done ? Error() : done.error());
  if (!done) co_return done.error();
  co_return TextRows(std::move(*done)).affected();
}

asio::awaitable<std::optional<Error>> Connection::prepare_simple(std::string_view sql, TimePoint deadline) {
  if (has_zero_byte(sql)) co_return zero_byte_in_statement();
  if (auto error = obstacle(deadline)) co_return error;
  co_return co_await settle(deadline);
}

asio::awaitable<Result<ResultHandle>> Connection::statement(std::string_view sql, const Params& params,
                                                            TimePoint deadline) {
  const Operation operation(*this);
  const auto started = Deadline::Clock::now();
  if (!params.problem().empty()) co_return Error(Condition::bad_parameter, params.problem());
  if (params.size() > max_parameters) {
    co_return Error(Condition::bad_parameter,
                    fmt::format("A statement can have at most {} parameters, this one has {}: send an array.",
                                max_parameters, params.size()));
  }
  if (auto error = obstacle(deadline)) co_return std::move(*error);
  if (has_arrears()) {
    if (auto error = co_await settle(deadline)) co_return std::move(*error);
  }
  auto result = statements_.capacity() > 0 ? prepared(sql, params, deadline) : unprepared(sql, params, deadline);
  auto done = co_await std::move(result);
  if (echo_) echo(sql, started, done ? Error() : done.error());
  co_return done;
}

asio::awaitable<Result<ResultHandle>> Connection::unprepared(std::string_view sql, const Params& params,
                                                             TimePoint deadline) {
  if (has_zero_byte(sql)) co_return zero_byte_in_statement();
  const std::string text(sql);
  const ParameterArrays arrays(params);
  if (PQsendQueryParams(wire_->handle(), text.c_str(), arrays.count(), params.types().data(), arrays.values(),
                        arrays.lengths(), arrays.formats(), binary_results) == 0) {
    co_return wire_->lost();
  }
  co_return co_await wire_->exchange(deadline);
}

asio::awaitable<Result<ResultHandle>> Connection::prepared(std::string_view sql, const Params& params,
                                                           TimePoint deadline) {
  const ParameterArrays arrays(params);
  for (bool again = false;; again = true) {
    const auto* known = statements_.find(sql, params.types());
    if (!known) {
      if (auto error = co_await prepare(sql, params.types(), deadline)) co_return std::move(*error);
      known = statements_.find(sql, params.types());
    }
    if (PQsendQueryPrepared(wire_->handle(), known->name.c_str(), arrays.count(), arrays.values(), arrays.lengths(),
                            arrays.formats(), binary_results) == 0) {
      co_return wire_->lost();
    }
    auto answer = co_await wire_->answer(deadline);
    if (!answer.error && answer.result) co_return std::move(answer.result);
    if (!answer.error) co_return wire_->lost();
    if (!answer.stale_statement) co_return std::move(*answer.error);
    // A table changed under the statement. Nothing of it has run; outside a transaction it can simply run again.
    statements_.evict(sql, params.types());
    if (again || health() != Health::idle) co_return std::move(*answer.error);
  }
}

asio::awaitable<std::optional<Error>> Connection::prepare(std::string_view sql, std::span<const Oid> types,
                                                          TimePoint deadline) {
  if (has_zero_byte(sql)) co_return zero_byte_in_statement();
  const std::string text(sql);
  std::string name = statements_.next_name();
  preparing_ = true;
  if (PQsendPrepare(wire_->handle(), name.c_str(), text.c_str(), static_cast<int>(types.size()), types.data()) == 0) {
    co_return wire_->lost();
  }
  auto done = co_await wire_->exchange(deadline);
  preparing_ = wire_->is_interrupted();
  if (!done) co_return done.error();
  statements_.insert(sql, types, std::move(name));
  co_return std::nullopt;
}

asio::awaitable<Result<ResultHandle>> Connection::command(std::string_view sql, TimePoint deadline) {
  const std::string text(sql);
  if (PQsendQuery(wire_->handle(), text.c_str()) == 0) co_return wire_->lost();
  co_return co_await wire_->exchange(deadline);
}

bool Connection::has_arrears() const {
  return !arrears_.empty() || statements_.has_evicted();
}

asio::awaitable<std::optional<Error>> Connection::settle(TimePoint deadline) {
  if (!arrears_.empty()) {
    const std::string owed = std::exchange(arrears_, {});
    auto done = co_await command(owed, deadline);
    if (!done) co_return done.error();
  }
  // Not inside a transaction: should one be unknown to the server, the error would abort it.
  if (!statements_.has_evicted() || health() != Health::idle) co_return std::nullopt;
  std::string sql;
  for (const std::string& name : statements_.take_evicted()) sql += "DEALLOCATE " + name + ";";
  const auto done = co_await command(sql, deadline);
  if (done) co_return std::nullopt;
  if (health() != Health::idle) co_return done.error();
  co_return co_await forget_statements(deadline);
}

asio::awaitable<std::optional<Error>> Connection::forget_statements(TimePoint deadline) {
  statements_.clear();
  auto done = co_await command("DEALLOCATE ALL", deadline);
  if (!done) co_return done.error();
  co_return std::nullopt;
}

asio::awaitable<Result<void>> Connection::ping(Deadline deadline) {
  const Operation operation(*this);
  const auto until = effective(deadline);
  if (auto error = obstacle(until)) co_return std::move(*error);
  const auto done = co_await command("", until);
  if (!done) co_return done.error();
  co_return Result<void>();
}

asio::awaitable<Result<void>> Connection::commit(Deadline deadline) {
  const Operation operation(*this);
  const auto started = Deadline::Clock::now();
  const auto until = effective(deadline);
  if (auto error = obstacle(until)) co_return std::move(*error);
  if (auto error = co_await settle(until)) co_return std::move(*error);
  if (PQsendQuery(wire_->handle(), "COMMIT") == 0) co_return wire_->lost();
  auto done = co_await wire_->exchange(until);
  if (echo_) echo("COMMIT", started, done ? Error() : done.error());
  if (done) {
    if (std::string_view(PQcmdStatus(done->get())) == "COMMIT") co_return Result<void>();
    co_return Error(Condition::rolled_back,
                    "The transaction was rolled back instead of committed, because one of its statements had failed: "
                    "look at that statement's error.");
  }
  if (!wire_->is_interrupted() && !wire_->is_broken()) co_return done.error();
  co_return Error(Condition::in_doubt,
                  fmt::format("COMMIT was sent and its answer did not come, so whether the transaction happened is not "
                              "known: look for its effects before doing it again. Cause: {}",
                              done.error().text()));
}

asio::awaitable<Result<void>> Connection::recover(Deadline deadline) {
  const Operation operation(*this);
  const auto until = deadline.or_after(command_timeout_);
  cap_ = {};
  arrears_.clear();
  if (wire_->is_interrupted()) {
    if (auto error = co_await cancel_and_drain(until)) co_return std::move(*error);
  }
  if (health() == Health::in_transaction) {
    auto done = co_await command("ROLLBACK", until);
    if (!done) co_return done.error();
  }
  if (preparing_) {
    if (auto error = co_await forget_statements(until)) co_return std::move(*error);
    preparing_ = false;
  }
  if (health() != Health::idle) co_return Error(Condition::connection_lost, "The connection did not become idle.");
  co_return Result<void>();
}

asio::awaitable<std::optional<Error>> Connection::cancel_and_drain(TimePoint deadline) {
  const std::shared_ptr<PGcancel> cancel(PQgetCancel(wire_->handle()), CancelDeleter());
  std::function<void()> work = [cancel] {
    std::array<char, 256> ignored{};  // when it can't be sent, draining will find out
    PQcancel(cancel.get(), ignored.data(), static_cast<int>(ignored.size()));
  };
  // Waited for even if the statement ends meanwhile: a cancel that arrives late would hit the next statement.
  const auto sent = co_await BlockingThreads::for_cancels().run(wire_->context(), std::move(work), deadline);
  if (sent != BlockingThreads::Outcome::done) {
    co_return Error(Condition::connection_lost, "The statement could not be cancelled on the server in time.");
  }
  auto rest = co_await wire_->answer(deadline);
  if (wire_->is_interrupted() || wire_->is_broken()) co_return std::move(rest.error);
  co_return std::nullopt;
}

std::optional<Error> Connection::obstacle(TimePoint deadline) const {
  switch (health()) {
    case Health::broken:
      return wire_->lost();
    case Health::interrupted:
      return Error(Condition::connection_unusable,
                   "An earlier statement on this connection was given up: release the connection, the pool brings it "
                   "in order, and acquire another.");
    default:
      break;
  }
  if (Deadline::Clock::now() < deadline) return std::nullopt;
  return Error(Condition::deadline_exceeded, "The deadline had passed before the statement was sent.");
}

void Connection::echo(std::string_view sql, TimePoint started, const Error& error) const {
  const std::chrono::duration<double, std::milli> took = Deadline::Clock::now() - started;
  config::log_event(spdlog::level::info, "database", sql,
                    {{"duration_ms", took.count()}, {"outcome", error.code() ? error.code().message() : "ok"}});
}

}  // namespace support::database
