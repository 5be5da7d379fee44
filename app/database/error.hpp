#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>

namespace support::database {

using boost::system::error_code;

// What the engine itself reports; what the server reports is a Sqlstate.
enum class Condition {
  pool_timeout = 1,     // no connection became free within DATABASE_POOL_TIMEOUT
  pool_full,            // DATABASE_POOL_MAX_WAITING requests wait for a connection already
  pool_closed,          // the pool is shutting down
  connect_failed,       // no server answered, or it refused us
  connection_lost,      // the connection broke; the statement may or may not have run
  connection_unusable,  // an earlier statement on this connection was interrupted; return it and acquire another
  deadline_exceeded,    // the statement's time was up; it is being cancelled on the server
  in_doubt,         // COMMIT, or a single write, was sent and its answer never came: it may or may not have happened
  rolled_back,      // COMMIT of a transaction in which a statement had failed: the server rolled it back
  bad_parameter,    // a parameter can't be sent
  bad_conversion,   // a value does not fit the type it is read into, or is NULL and may not be
  unexpected_rows,  // a result has no such column, or not the number of rows that was asked for
};

// A five-character SQLSTATE (PostgreSQL 15 manual, appendix A) in an int, so that it fits an error_code.
enum class Sqlstate : int {};

constexpr Sqlstate sqlstate(std::string_view text) {
  int value = 0;
  for (const char c : text) value = value * 36 + (c >= 'A' ? c - 'A' + 10 : c - '0');
  return Sqlstate{value};
}
std::string to_string(Sqlstate);
// True for five characters of 0-9 and A-Z.
bool is_sqlstate(std::string_view text);

namespace sqlstates {
inline constexpr Sqlstate not_null_violation = sqlstate("23502");
inline constexpr Sqlstate foreign_key_violation = sqlstate("23503");
inline constexpr Sqlstate unique_violation = sqlstate("23505");
inline constexpr Sqlstate check_violation = sqlstate("23514");
inline constexpr Sqlstate read_only_sql_transaction = sqlstate("25006");
inline constexpr Sqlstate serialization_failure = sqlstate("40001");
inline constexpr Sqlstate deadlock_detected = sqlstate("40P01");
inline constexpr Sqlstate too_many_connections = sqlstate("53300");
inline constexpr Sqlstate transaction_resolution_unknown = sqlstate("08007");
inline constexpr Sqlstate idle_in_transaction_timeout = sqlstate("25P03");
inline constexpr Sqlstate statement_completion_unknown = sqlstate("40003");
inline constexpr Sqlstate database_dropped = sqlstate("57P04");
inline constexpr Sqlstate idle_session_timeout = sqlstate("57P05");
inline constexpr Sqlstate lock_not_available = sqlstate("55P03");
inline constexpr Sqlstate query_canceled = sqlstate("57014");
inline constexpr Sqlstate admin_shutdown = sqlstate("57P01");
inline constexpr Sqlstate crash_shutdown = sqlstate("57P02");
inline constexpr Sqlstate cannot_connect_now = sqlstate("57P03");
}  // namespace sqlstates

const boost::system::error_category& engine_category();
const boost::system::error_category& sqlstate_category();
error_code make_error_code(Condition);
error_code make_error_code(Sqlstate);

// What is known about an error. For a server's error the fields are the protocol's (manual 55.8), for the engine's own
// only `message`, a full sentence. `detail`, and the server's `message` for some errors, can hold values of rows: they
// are for the program, not for logs (see Error::text()).
struct Diagnostics {
  std::string severity;
  std::string sqlstate;
  std::string message;
  std::string detail;
  std::string hint;
  std::string context;  // what the server was doing: function and line, row of a COPY; a line each, can hold values too
  std::string schema;
  std::string table;
  std::string column;
  std::string constraint;
  int position = 0;                 // of the error in the statement, in characters from 1; 0: not given
  bool is_stale_statement = false;  // prepared before a table changed under it; nothing of it has run
};

// An error of the engine or of the server. Cheap to move and to copy.
class Error {
 public:
  // No error at all; Result::error() returns it when there is a value.
  Error() = default;
  Error(Condition, std::string message);
  Error(error_code, Diagnostics);

  error_code code() const { return code_; }
  const Diagnostics& diagnostics() const;
  // A sentence for logs: never holds a password, a parameter or a value of a row.
  std::string text() const;

  bool is(Condition) const;
  bool is(Sqlstate) const;
  // `diagnostics().constraint` names the constraint in these four.
  bool is_unique_violation() const { return is(sqlstates::unique_violation); }
  bool is_foreign_key_violation() const { return is(sqlstates::foreign_key_violation); }
  bool is_check_violation() const { return is(sqlstates::check_violation); }
  bool is_not_null_violation() const { return is(sqlstates::not_null_violation); }
  // Serialization failure, deadlock, a prepared statement that a migration has overtaken: the same transaction, run
  // again, may well succeed.
  bool is_retryable() const;
  bool is_deadline_exceeded() const { return is(Condition::deadline_exceeded); }
  // The server ended the statement: its statement_timeout, or somebody who asked it to. Nothing of it has happened.
  bool is_canceled() const { return is(sqlstates::query_canceled); }
  // Whether the transaction happened is not known.
  bool is_in_doubt() const;
  // The connection is gone (not: could not be made).
  bool is_connection_lost() const;
  // The database is away or full; later the same request may succeed. HTTP answers 503 with Retry-After.
  bool is_unavailable() const;

 private:
  std::string_view sqlstate() const { return diagnostics().sqlstate; }

  error_code code_;
  std::shared_ptr<const Diagnostics> diagnostics_;  // null: no error
};

template <class T>
using Result = boost::system::result<T, Error>;

// What Result::value() throws.
class DatabaseError : public std::runtime_error {
 public:
  explicit DatabaseError(Error error) : std::runtime_error(error.text()), error_(std::move(error)) {}
  const Error& error() const { return error_; }

 private:
  Error error_;
};

[[noreturn]] void throw_exception_from_error(const Error&, const boost::source_location&);

}  // namespace support::database

template <>
struct boost::system::is_error_code_enum<support::database::Condition> : std::true_type {};
template <>
struct boost::system::is_error_code_enum<support::database::Sqlstate> : std::true_type {};
