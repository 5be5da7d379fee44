#include "app/database/row_stream.hpp"

#include "app/database/operation.hpp"
#include "app/database/wire.hpp"

namespace support::database {

RowStream::RowStream(Connection& connection, ResultHandle first, Deadline deadline)
    : connection_(&connection), pending_(std::move(first)), deadline_(deadline) {}

RowStream::RowStream(RowStream&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)),
      pending_(std::move(other.pending_)),
      current_(std::move(other.current_)),
      deadline_(other.deadline_),
      count_(other.count_) {}

RowStream& RowStream::operator=(RowStream&& other) noexcept {
  connection_ = std::exchange(other.connection_, nullptr);
  pending_ = std::move(other.pending_);
  current_ = std::move(other.current_);
  deadline_ = other.deadline_;
  count_ = other.count_;
  return *this;
}

asio::awaitable<Result<std::optional<Row>>> RowStream::next() {
  if (auto ready = take_ready()) {
    current_ = std::move(*ready);
    co_return std::optional<Row>(current_[0]);
  }
  auto result = co_await next_result();
  if (!result) co_return result.error();
  if (!*result) co_return std::optional<Row>();
  current_ = Rows(std::move(*result));
  co_return std::optional<Row>(current_[0]);
}

asio::awaitable<Result<std::optional<Rows>>> RowStream::take() {
  auto result = co_await next_result();
  if (!result) co_return result.error();
  if (!*result) co_return std::optional<Rows>();
  co_return std::optional<Rows>(Rows(std::move(*result)));
}

std::optional<Rows> RowStream::take_ready() {
  if (!connection_) return std::nullopt;
  Wire& wire = *connection_->wire_;
  if (!pending_ && wire.has_result()) pending_.reset(PQgetResult(wire.handle()));
  if (!pending_ || PQresultStatus(pending_.get()) != PGRES_SINGLE_TUPLE) return std::nullopt;
  ++count_;
  return Rows(std::move(pending_));
}

asio::awaitable<Result<ResultHandle>> RowStream::next_result() {
  if (!connection_) co_return ResultHandle();
  Connection& connection = *connection_;
  const Connection::Operation operation(connection);
  Wire& wire = *connection.wire_;
  ResultHandle result = std::move(pending_);
  if (!result) {
    auto read = co_await wire.next_result(connection.effective(deadline_));
    if (!read) {
      connection_ = nullptr;
      co_return read.error();
    }
    result = std::move(*read);
  }
  if (result && PQresultStatus(result.get()) == PGRES_SINGLE_TUPLE) {
    ++count_;
    co_return result;
  }
  connection_ = nullptr;
  auto unread = co_await wire.drain(connection.effective(deadline_));
  if (result && is_error(*result)) co_return error_of(*result);
  if (unread) co_return std::move(*unread);
  co_return ResultHandle();
}

asio::awaitable<Result<void>> RowStream::cancel(Deadline deadline) {
  if (!connection_) co_return Result<void>();
  Connection& connection = *std::exchange(connection_, nullptr);
  pending_.reset();
  co_return co_await connection.abandon_answer(deadline);
}

}  // namespace support::database
