#include "app/database/connection.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

#include <fmt/format.h>

#include "app/config/logging.hpp"
#include "app/database/blocking_threads.hpp"
#include "app/database/operation.hpp"
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

// Inside '…', whatever standard_conforming_strings says: what could end or escape the literal becomes '_'.
std::string literal_text(std::string_view text) {
  std::string plain(text);
  for (char& c : plain) {
    if (c == '\'' || c == '\\' || c < ' ' || c > '~') c = '_';
  }
  return plain;
}

// What a session is given back its beginning with. Prepared statements stay.
constexpr std::string_view reset_sql =
    "SELECT pg_advisory_unlock_all(); CLOSE ALL; RESET SESSION AUTHORIZATION; RESET ALL; DISCARD TEMP; "
    "DISCARD SEQUENCES; DO 'BEGIN IF NOT pg_is_in_recovery() THEN UNLISTEN *; END IF; END';";

// `words` in upper case, each followed by one space.
bool begins_with_words(std::string_view sql, std::string_view words) {
  return sql.size() >= words.size() && std::equal(words.begin(), words.end(), sql.begin(), [](char word, char c) {
           return word == c || (c >= 'a' && c <= 'z' && word == c - 'a' + 'A');
         });
}

bool has_zero_byte(std::string_view sql) {
  return sql.find('\0') != std::string_view::npos;
}

}  // namespace

Connection::Connection(std::unique_ptr<Wire> wire, const ConnectOptions& options)
    : wire_(std::move(wire)),
      statements_(options.statement_cache_size, unique_statement_prefix()),
      last_used_(Deadline::Clock::now()),
      command_timeout_(options.command_timeout),
      session_settings_(options.session_settings()),
      session_timeout_(options.statement_timeout),
      statement_timeout_(options.statement_timeout),
      limit_transactions_(options.limit_transactions),
      own_writes_(options.own_writes),
      log_(options.metrics, options.slow_statement, options.echo) {
  wire_->set_notice_handler(options.on_notice);
  const char* name = PQparameterStatus(wire_->handle(), "application_name");
  if (options.tag_transactions && name) application_name_ = name;
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

bool Connection::has_refused_write() const {
  return wire_->has_refused_write();
}
int Connection::server_version() const {
  return PQserverVersion(wire_->handle());
}
int Connection::backend_pid() const {
  return PQbackendPID(wire_->handle());
}
std::string Connection::server_address() const {
  const char* address = PQhostaddr(wire_->handle());
  return address ? address : "";
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
  ended(sql, nullptr, started, answer.error ? *answer.error : Error());
  if (answer.result) note_alteration({}, *answer.result);
  if (answer.error) co_return Script{answer.completed, std::move(*answer.error)};
  co_return Script{answer.completed, TextRows(std::move(answer.result))};
}

asio::awaitable<std::optional<Error>> Connection::prepare_simple(std::string_view sql, TimePoint deadline) {
  if (has_zero_byte(sql)) co_return zero_byte_in_statement();
  if (auto error = obstacle(deadline)) co_return error;
  allow_until(deadline);
  co_return co_await settle(deadline);
}

asio::awaitable<Result<ResultHandle>> Connection::statement(std::string_view sql, const Params& params,
                                                            TimePoint deadline) {
  const Operation operation(*this);
  const auto started = Deadline::Clock::now();
  if (auto error = obstacle(params, deadline)) co_return std::move(*error);
  allow_until(deadline);
  if (has_arrears()) {
    if (auto error = co_await settle(deadline)) co_return std::move(*error);
  }
  auto result = statements_.capacity() > 0 ? prepared(sql, params, deadline) : unprepared(sql, params, deadline);
  auto done = co_await std::move(result);
  ended(sql, &params, started, done ? Error() : done.error());
  if (done) note_alteration(sql, **done);
  co_return done;
}

asio::awaitable<Result<ResultHandle>> Connection::unprepared(std::string_view sql, const Params& params,
                                                             TimePoint deadline) {
  if (auto error = send_unprepared(sql, params)) co_return std::move(*error);
  co_return co_await wire_->exchange(deadline);
}

std::optional<Error> Connection::send_unprepared(std::string_view sql, const Params& params) {
  if (has_zero_byte(sql)) return zero_byte_in_statement();
  const std::string text(sql);
  const ParameterArrays arrays(params);
  if (PQsendQueryParams(wire_->handle(), text.c_str(), arrays.count(), params.types().data(), arrays.values(),
                        arrays.lengths(), arrays.formats(), binary_results) == 0) {
    return wire_->lost();
  }
  return std::nullopt;
}

std::optional<Error> Connection::send_prepared(std::string_view sql, const Params& params) {
  const ParameterArrays arrays(params);
  const auto* known = statements_.find(sql, params.types());
  if (PQsendQueryPrepared(wire_->handle(), known->name.c_str(), arrays.count(), arrays.values(), arrays.lengths(),
                          arrays.formats(), binary_results) == 0) {
    return wire_->lost();
  }
  return std::nullopt;
}

asio::awaitable<Result<ResultHandle>> Connection::prepared(std::string_view sql, const Params& params,
                                                           TimePoint deadline) {
  for (bool again = false;; again = true) {
    if (!statements_.find(sql, params.types())) {
      if (auto error = co_await prepare(sql, params.types(), deadline)) co_return std::move(*error);
    }
    if (auto error = send_prepared(sql, params)) co_return std::move(*error);
    auto answer = co_await wire_->answer(deadline);
    if (!answer.error && answer.result) co_return std::move(answer.result);
    if (!answer.error) co_return wire_->lost();
    if (!answer.stale_statement) co_return std::move(*answer.error);
    // A table changed under the statement. Nothing of it has run; outside a transaction it can simply run again.
    statements_.evict(sql, params.types());
    if (health() != Health::idle) {
      // The transaction has failed, and has to begin again; it must not stumble over its next statement then.
      statements_.evict_all();
      co_return std::move(*answer.error);
    }
    // It has changed again since it was prepared again. What is not prepared can't be stale.
    if (again) co_return co_await unprepared(sql, params, deadline);
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

asio::awaitable<Result<void>> Connection::begin(std::string sql, Deadline deadline) {
  const Operation operation(*this);
  const auto started = Deadline::Clock::now();
  const auto until = effective(deadline);
  if (auto error = obstacle(until)) co_return std::move(*error);
  if (auto error = co_await settle(until)) co_return std::move(*error);
  const auto done = co_await command(sql + transaction_settings(deadline), until);
  ended(sql, nullptr, started, done ? Error() : done.error());
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
  ended("COMMIT", nullptr, started, done ? Error() : done.error());
  if (done) {
    if (std::string_view(PQcmdStatus(done->get())) == "COMMIT") co_return Result<void>();
    co_return Error(Condition::rolled_back,
                    "The transaction was rolled back instead of committed, because one of its statements had failed: "
                    "look at that statement's error.");
  }
  // libpq without memory for the server's answer reports an error of its own on a connection that goes on.
  const bool is_answer =
      !wire_->is_interrupted() && !wire_->is_broken() && !done.error().is(Condition::connection_lost);
  if (is_answer) co_return done.error();
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
  if (altered_) {
    if (auto error = co_await reset_session(until)) co_return std::move(*error);
  }
  if (health() != Health::idle) co_return Error(Condition::connection_lost, "The connection did not become idle.");
  // What was interrupted may have happened until now.
  if (own_writes_) own_writes_->note(Deadline::Clock::now());
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
  co_return co_await wire_->drain(deadline);
}

std::optional<Error> Connection::obstacle(const Params& params, TimePoint deadline) const {
  if (!params.problem().empty()) return Error(Condition::bad_parameter, params.problem());
  if (params.size() > max_parameters) {
    return Error(Condition::bad_parameter,
                 fmt::format("A statement can have at most {} parameters, this one has {}: send an array.",
                             max_parameters, params.size()));
  }
  return obstacle(deadline);
}

std::optional<Error> Connection::obstacle(TimePoint deadline) const {
  switch (health()) {
    case Health::broken:
      return wire_->lost();
    case Health::interrupted:
      return Error(Condition::connection_unusable,
                   "An earlier statement on this connection was given up, or its stream is still open: read the stream "
                   "to its end or cancel it, or release the connection, which the pool brings in order, and acquire "
                   "another.");
    default:
      break;
  }
  if (Deadline::Clock::now() < deadline) return std::nullopt;
  return Error(Condition::deadline_exceeded, "The deadline had passed before the statement was sent.");
}

// By the tag of the statement, or of a script's last one. `sql` is a single statement; empty: a script. What is SET for
// the transaction alone has the same tag, and is the usual case.
void Connection::note_alteration(std::string_view sql, const pg_result& result) {
  if (PQresultStatus(&result) != PGRES_COMMAND_OK) return;
  const std::string_view tag = PQcmdStatus(const_cast<pg_result*>(&result));
  if (tag != "SET" && tag != "RESET" && tag != "LISTEN") return;
  if (!begins_with_words(sql, "SET LOCAL ") && !begins_with_words(sql, "SET TRANSACTION ")) altered_ = true;
}

asio::awaitable<std::optional<Error>> Connection::reset_session(TimePoint deadline) {
  auto done = co_await command(fmt::format("{}{}", reset_sql, session_settings_), deadline);
  if (!done) co_return done.error();
  statement_timeout_ = session_timeout_;
  altered_ = false;
  co_return std::nullopt;
}

void Connection::allow_until(TimePoint deadline) {
  if (!statement_timeout_ || deadline - Deadline::Clock::now() <= *statement_timeout_) return;
  const bool is_open = PQtransactionStatus(wire_->handle()) == PQTRANS_INTRANS;
  owe(is_open ? "SET LOCAL statement_timeout = 0;" : "SET statement_timeout = 0;");
  if (is_open) return;  // as the transaction ends, so does that
  statement_timeout_.reset();
  altered_ = true;
}

void Connection::allow_pieces_until(Deadline deadline) {
  allow_until(deadline.is_set() || cap_.is_set() ? effective(deadline) : TimePoint::max());
}

std::string Connection::transaction_settings(Deadline deadline) const {
  std::string sql;
  const Deadline& limit = deadline.is_set() ? deadline : cap_;
  if (limit_transactions_ && limit.is_set()) {
    const auto left = limit.or_after({}) - Deadline::Clock::now() + server_margin;
    const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(left);
    if (!statement_timeout_ || milliseconds < *statement_timeout_) {
      sql += fmt::format("; SET LOCAL statement_timeout = {}", std::max<std::int64_t>(milliseconds.count(), 1));
    }
  }
  const auto& request_id = cap_.caller().request_id;
  if (!application_name_.empty() && !request_id.empty()) {
    sql += fmt::format("; SET LOCAL application_name = '{}/{}'", literal_text(application_name_),
                       literal_text(request_id));
  }
  return sql;
}

void Connection::ended(std::string_view sql, const Params* params, TimePoint started, const Error& error) const {
  if (own_writes_) own_writes_->note(Deadline::Clock::now());
  log_.ended({.sql = sql,
              .params = params,
              .started = started,
              .caller = cap_.caller(),
              .backend_pid = PQbackendPID(wire_->handle())},
             error);
}

}  // namespace support::database
