#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "app/database/copy_rows.hpp"
#include "app/database/deadline.hpp"
#include "app/database/error.hpp"
#include "app/database/handles.hpp"

namespace support::database {

class Connection;

// A COPY … FROM STDIN that is under way (PostgreSQL manual, "COPY"; 55.2.6). Nothing else can be done on the connection
// until it has ended. Time limits as with RowStream. Borrows the connection, which must outlive every call here; one
// that is dropped before its end leaves the connection interrupted, and none of its rows is in the table.
class CopyIn {
 public:
  CopyIn(CopyIn&& other) noexcept;
  CopyIn& operator=(CopyIn&& other) noexcept;
  ~CopyIn() = default;

  // Sends data, cut anywhere; returns when the kernel has taken all of it, so that a fast source waits for a slow
  // server and memory stays at one chunk of 64 KiB. The server tells what is wrong with a row only at the end.
  boost::asio::awaitable<Result<void>> write(std::string_view data);
  // Sends rows and clears them. bad_parameter when one can't be sent; then nothing was, and the COPY goes on.
  boost::asio::awaitable<Result<void>> write(CopyRows& rows);
  // The end of the data: how many rows came in. The server's error names the row in diagnostics().context.
  boost::asio::awaitable<Result<std::int64_t>> finish();
  // Sends the last rows before.
  boost::asio::awaitable<Result<std::int64_t>> finish(CopyRows& rows);
  // Ends it without effect. The connection is idle afterwards, or in a failed transaction. `reason` shows in the
  // server's log.
  boost::asio::awaitable<Result<void>> abort(std::string reason);

  bool is_over() const { return connection_ == nullptr; }

 private:
  friend class Connection;
  CopyIn(Connection& connection, Deadline deadline) : connection_(&connection), deadline_(deadline) {}

  Connection* connection_;  // null: over
  Deadline deadline_;
};

// A COPY … TO STDOUT that is under way, in the memory of one row. The server is read only as fast as next() is called.
// Otherwise as CopyIn.
class CopyOut {
 public:
  CopyOut(CopyOut&& other) noexcept;
  CopyOut& operator=(CopyOut&& other) noexcept;
  ~CopyOut() = default;

  // What the server sends as one piece: a row with its line end in the formats text and csv; in binary also the header
  // before the first row and the trailer after the last. Valid until the next call; empty after the last one.
  boost::asio::awaitable<Result<std::optional<std::string_view>>> next();
  // Ends it early: cancels on the server and drains.
  boost::asio::awaitable<Result<void>> cancel(Deadline deadline = {});

  bool is_over() const { return connection_ == nullptr; }
  // How many rows there were, once next() has come to the end.
  std::int64_t rows() const { return rows_; }

 private:
  friend class Connection;
  CopyOut(Connection& connection, Deadline deadline) : connection_(&connection), deadline_(deadline) {}

  Connection* connection_;  // null: over
  Deadline deadline_;
  CopyPiece piece_;
  std::int64_t rows_ = 0;
};

}  // namespace support::database
