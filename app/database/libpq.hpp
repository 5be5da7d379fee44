#pragma once

// The only file that includes libpq's header.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <libpq-fe.h>

#include "app/database/error.hpp"
#include "app/database/handles.hpp"

namespace support::database {

struct ConnectionDeleter {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
using ConnectionHandle = std::unique_ptr<PGconn, ConnectionDeleter>;

struct CancelDeleter {
  void operator()(PGcancel* cancel) const { PQfreeCancel(cancel); }
};
using CancelHandle = std::unique_ptr<PGcancel, CancelDeleter>;

// True for a result that carries an error of the server or of libpq.
bool is_error(const PGresult& result);
// The error in such a result. Without a SQLSTATE (libpq's own) it is connection_lost.
Error error_of(const PGresult& result);
// How many rows the command of a result counted; 0 when it counts none.
std::int64_t affected_rows(const PGresult& result);
// libpq's last message about the connection, on one line.
std::string error_message(const PGconn& connection);
// Why libpq could not connect: a line for every place it tried, joined by "; ", without its advice.
std::string connect_failure(const PGconn& connection);
// `text` without its last full stop and line ends, the inner line ends as spaces.
std::string on_one_line(std::string_view text);
// True when the server refuses a prepared statement that was good before: its result type changed, or it is gone.
bool is_stale_statement(const PGresult& result);

}  // namespace support::database
