// The statements of a Connection whose answers are read piece by piece.
#include <utility>

#include <fmt/format.h>

#include "app/database/connection.hpp"
#include "app/database/operation.hpp"
#include "app/database/wire.hpp"

namespace support::database {

asio::awaitable<Result<RowStream>> Connection::stream(std::string_view sql, Params params, Deadline deadline) {
  const Operation operation(*this);
  const auto started = Deadline::Clock::now();
  const auto until = effective(deadline);
  if (auto error = obstacle(params, until)) co_return std::move(*error);
  allow_pieces_until(deadline);
  if (has_arrears()) {
    if (auto error = co_await settle(until)) co_return std::move(*error);
  }
  auto first = co_await first_row(sql, params, until);
  ended(sql, &params, started, first ? Error() : first.error());
  if (!first) co_return first.error();
  co_return RowStream(*this, std::move(*first), deadline);
}

asio::awaitable<Result<ResultHandle>> Connection::first_row(std::string_view sql, const Params& params,
                                                            TimePoint deadline) {
  const bool prepares = statements_.capacity() > 0;
  for (bool again = false;; again = true) {
    if (prepares && !statements_.find(sql, params.types())) {
      if (auto error = co_await prepare(sql, params.types(), deadline)) co_return std::move(*error);
    }
    auto unsent = prepares ? send_prepared(sql, params) : send_unprepared(sql, params);
    if (unsent) co_return std::move(*unsent);
    if (PQsetSingleRowMode(wire_->handle()) == 0) co_return wire_->lost();
    auto first = co_await wire_->next_result(deadline);
    if (!first) co_return first.error();
    if (!*first) co_return wire_->lost();
    if (!is_error(**first)) co_return std::move(*first);
    Error error = error_of(**first);
    if (auto unread = co_await wire_->drain(deadline)) co_return std::move(*unread);
    if (!prepares || !is_stale_statement(**first)) co_return error;
    // As in prepared(): nothing of it has run.
    statements_.evict(sql, params.types());
    if (again || health() != Health::idle) co_return error;
  }
}

asio::awaitable<Result<CopyIn>> Connection::start_copy_in(std::string sql, Deadline deadline) {
  if (auto error = co_await start_copy(std::move(sql), CopyDirection::in, deadline)) {
    co_return std::move(*error);
  }
  co_return CopyIn(*this, deadline);
}

asio::awaitable<Result<CopyOut>> Connection::start_copy_out(std::string sql, Deadline deadline) {
  if (auto error = co_await start_copy(std::move(sql), CopyDirection::out, deadline)) {
    co_return std::move(*error);
  }
  co_return CopyOut(*this, deadline);
}

asio::awaitable<Result<std::int64_t>> Connection::copy_in(std::string sql, std::string data, Deadline deadline) {
  auto copy = co_await start_copy_in(std::move(sql), Deadline::at(effective(deadline)));
  if (!copy) co_return copy.error();
  if (const auto sent = co_await copy->write(data); !sent) co_return sent.error();
  co_return co_await copy->finish();
}

asio::awaitable<std::optional<Error>> Connection::start_copy(std::string sql, CopyDirection direction, Deadline given) {
  const Operation operation(*this);
  const auto started = Deadline::Clock::now();
  const auto deadline = effective(given);
  allow_pieces_until(given);
  if (auto error = co_await prepare_simple(sql, deadline)) co_return error;
  if (PQsendQuery(wire_->handle(), sql.c_str()) == 0) co_return wire_->lost();
  const auto first = co_await wire_->next_result(deadline);
  if (!first) co_return first.error();
  if (!*first) co_return wire_->lost();
  const auto status = PQresultStatus(first->get());
  const bool failed = is_error(**first);
  ended(sql, nullptr, started, failed ? error_of(**first) : Error());
  const bool is_in = direction == CopyDirection::in;
  if (status == (is_in ? PGRES_COPY_IN : PGRES_COPY_OUT)) co_return std::nullopt;
  // A COPY in the other direction ends without effect, and what it sends may be long.
  auto drained = status == PGRES_COPY_OUT ? cancel_and_drain(deadline) : wire_->drain(deadline);
  if (auto unread = co_await std::move(drained)) co_return unread;
  if (failed) co_return error_of(**first);
  co_return Error(Condition::bad_parameter,
                  fmt::format("The statement is no COPY … {}, so there is nothing to {}: send it with query().",
                              is_in ? "FROM STDIN" : "TO STDOUT", is_in ? "write" : "read"));
}

asio::awaitable<Result<void>> Connection::abandon_answer(Deadline deadline) {
  const Operation operation(*this);
  if (auto error = co_await cancel_and_drain(effective(deadline))) co_return std::move(*error);
  co_return Result<void>();
}

asio::awaitable<Result<bool>> Connection::wait_for_input(Deadline deadline) {
  const Operation operation(*this);
  co_return co_await wire_->wait_for_input(effective(deadline));
}

std::optional<Notification> Connection::take_notification() {
  PGnotify* arrived = PQnotifies(wire_->handle());
  if (!arrived) return std::nullopt;
  Notification notification{arrived->relname, arrived->extra, arrived->be_pid};
  PQfreemem(arrived);
  return notification;
}

}  // namespace support::database
