#include "app/database/copy_stream.hpp"

#include <utility>

#include "app/database/operation.hpp"
#include "app/database/text_rows.hpp"
#include "app/database/wire.hpp"

namespace support::database {

CopyIn::CopyIn(CopyIn&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)), deadline_(other.deadline_) {}

CopyIn& CopyIn::operator=(CopyIn&& other) noexcept {
  connection_ = std::exchange(other.connection_, nullptr);
  deadline_ = other.deadline_;
  return *this;
}

namespace {
Error copy_is_over() {
  return {Condition::connection_unusable, "The COPY has ended: no more can be written to it; start another."};
}
}  // namespace

asio::awaitable<Result<void>> CopyIn::write(std::string_view data) {
  if (!connection_) co_return copy_is_over();
  const Connection::Operation operation(*connection_);
  auto error = co_await connection_->wire_->put_copy_data(data, connection_->effective(deadline_));
  if (!error) co_return Result<void>();
  connection_ = nullptr;
  co_return std::move(*error);
}

asio::awaitable<Result<void>> CopyIn::write(CopyRows& rows) {
  if (!rows.problem().empty()) co_return Error(Condition::bad_parameter, rows.problem());
  auto sent = co_await write(rows.bytes());
  rows.clear();
  co_return sent;
}

asio::awaitable<Result<std::int64_t>> CopyIn::finish(CopyRows& rows) {
  rows.end();
  const auto sent = co_await write(rows);
  if (!sent) co_return sent.error();
  co_return co_await finish();
}

asio::awaitable<Result<std::int64_t>> CopyIn::finish() {
  if (!connection_) co_return copy_is_over();
  Connection& connection = *std::exchange(connection_, nullptr);
  const Connection::Operation operation(connection);
  const auto until = connection.effective(deadline_);
  if (auto error = co_await connection.wire_->end_copy_in(nullptr, until)) co_return std::move(*error);
  auto result = co_await connection.wire_->exchange(until);
  if (!result) co_return result.error();
  co_return TextRows(std::move(*result)).affected();
}

asio::awaitable<Result<void>> CopyIn::abort(std::string reason) {
  if (!connection_) co_return Result<void>();
  Connection& connection = *std::exchange(connection_, nullptr);
  const Connection::Operation operation(connection);
  const auto until = connection.effective(deadline_);
  if (auto error = co_await connection.wire_->end_copy_in(reason.c_str(), until)) co_return std::move(*error);
  if (auto error = co_await connection.wire_->drain(until)) co_return std::move(*error);
  co_return Result<void>();
}

CopyOut::CopyOut(CopyOut&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)),
      deadline_(other.deadline_),
      piece_(std::move(other.piece_)),
      rows_(other.rows_) {}

CopyOut& CopyOut::operator=(CopyOut&& other) noexcept {
  connection_ = std::exchange(other.connection_, nullptr);
  deadline_ = other.deadline_;
  piece_ = std::move(other.piece_);
  rows_ = other.rows_;
  return *this;
}

asio::awaitable<Result<std::optional<std::string_view>>> CopyOut::next() {
  if (!connection_) co_return std::optional<std::string_view>();
  Connection& connection = *connection_;
  const Connection::Operation operation(connection);
  auto piece = co_await connection.wire_->next_copy_piece(connection.effective(deadline_));
  if (!piece) {
    connection_ = nullptr;
    co_return piece.error();
  }
  piece_ = std::move(*piece);
  if (piece_.data) co_return std::optional(std::string_view(piece_.data.get(), piece_.size));
  connection_ = nullptr;
  auto result = co_await connection.wire_->exchange(connection.effective(deadline_));
  if (!result) co_return result.error();
  rows_ = TextRows(std::move(*result)).affected();
  co_return std::optional<std::string_view>();
}

asio::awaitable<Result<void>> CopyOut::cancel(Deadline deadline) {
  if (!connection_) co_return Result<void>();
  Connection& connection = *std::exchange(connection_, nullptr);
  co_return co_await connection.abandon_answer(deadline);
}

}  // namespace support::database
