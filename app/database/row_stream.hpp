#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "app/database/deadline.hpp"
#include "app/database/error.hpp"
#include "app/database/rows.hpp"

namespace support::database {

class Connection;

// The rows of one statement, one at a time, in the memory of one row however many there are. The server is read only as
// fast as next() is called: a slow reader slows the server down (through TCP), it does not fill memory.
//
// While rows are left the connection does nothing else (connection_unusable). A stream that is dropped before its end
// leaves the connection interrupted: the pool cancels and drains it; cancel() does the same at once. A time limit given
// to Connection::stream() holds for the whole stream; without one every step has DATABASE_COMMAND_TIMEOUT.
//
// Borrows the connection, which must outlive every call here. Movable.
class RowStream {
 public:
  RowStream(RowStream&& other) noexcept;
  RowStream& operator=(RowStream&& other) noexcept;
  ~RowStream() = default;

  // The next row, valid until the next call or move; empty after the last one, and then the connection is free again.
  // After the server's error it is free again too; after deadline_exceeded and operation_aborted it is interrupted.
  boost::asio::awaitable<Result<std::optional<Row>>> next();
  // The same, the row as a Rows of its own.
  boost::asio::awaitable<Result<std::optional<Rows>>> take();
  // The next row when it is here already; empty says nothing. Spares the next row of many a coroutine of its own.
  std::optional<Rows> take_ready();
  // Ends it early: cancels on the server and drains. The connection is idle afterwards, or in a failed transaction. On
  // an error it is only fit to be given back.
  boost::asio::awaitable<Result<void>> cancel(Deadline deadline = {});

  // No rows are left, or there was an error.
  bool is_over() const { return connection_ == nullptr; }
  // Rows handed out so far.
  std::int64_t count() const { return count_; }

 private:
  friend class Connection;
  RowStream(Connection& connection, ResultHandle first, Deadline deadline);

  boost::asio::awaitable<Result<ResultHandle>> next_result();

  Connection* connection_;  // null: over
  ResultHandle pending_;    // read, and not handed out yet
  Rows current_;
  Deadline deadline_;
  std::int64_t count_ = 0;
};

// The same, every row as a T: a struct by its RowMapping, anything else from the first column.
template <class T>
class RecordStream {
 public:
  explicit RecordStream(RowStream rows) : rows_(std::move(rows)) {}

  // The next record; empty after the last one. After bad_conversion the stream can go on or be cancelled.
  boost::asio::awaitable<Result<std::optional<T>>> next() {
    auto row = rows_.take_ready();
    if (!row) {
      auto taken = co_await rows_.take();
      if (!taken) co_return taken.error();
      row = std::move(*taken);
    }
    std::optional<T> record;
    if (!row) co_return record;
    if (auto error = read(*row, record.emplace())) co_return std::move(*error);
    co_return record;
  }
  // Appends the records that are here, after waiting for one when none is; false when there are no more. The quickest
  // way through many: what has come is read while the server sends more.
  boost::asio::awaitable<Result<bool>> read_some(std::vector<T>& records) {
    auto row = rows_.take_ready();
    if (!row) {
      auto taken = co_await rows_.take();
      if (!taken) co_return taken.error();
      row = std::move(*taken);
    }
    const bool any = row.has_value();
    for (; row; row = rows_.take_ready()) {
      if (auto error = read(*row, records.emplace_back())) co_return std::move(*error);
    }
    co_return any;
  }
  boost::asio::awaitable<Result<void>> cancel(Deadline deadline = {}) { return rows_.cancel(deadline); }
  const RowStream& rows() const { return rows_; }

 private:
  std::optional<Error> read(const Rows& row, T& record) {
    if (!columns_) {
      const auto located = row.locate<T>();
      if (!located) return located.error();
      columns_ = *located;
    }
    return row.fill<T>(0, *columns_, record);
  }

  RowStream rows_;
  std::optional<ColumnPositions<T>> columns_;
};

}  // namespace support::database
