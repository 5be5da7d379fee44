#pragma once

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "app/alembic/env.hpp"
#include "app/alembic/operations/bind.hpp"

namespace support::alembic {

// What the server says of a statement that it refused, in its own parts. Empty: not said.
struct ServerReport {
  std::string message;
  std::string sqlstate = {};
  std::string detail = {};
  std::string hint = {};
  std::string context = {};
  unsigned line = 0;          // of the statement, where the server points at one; from 1
  unsigned column = 0;        // of that line, in characters from 1; 0: not known
  std::size_t statement = 0;  // of those that went together, from 0
};

// The server refused a statement. what() is its primary message.
class DatabaseError : public std::runtime_error {
 public:
  DatabaseError(ServerReport report, std::string statement);

  const ServerReport& report() const { return report_; }
  const std::string& sqlstate() const { return report_.sqlstate; }
  const std::string& statement() const { return statement_; }
  // One line for people: message, SQLSTATE, detail, hint, and the statement, shortened.
  std::string explanation() const;

 private:
  ServerReport report_;
  std::string statement_;
};

// The connection is gone; what was not committed on it is rolled back by the server.
class ConnectionLost : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// One blocking session, opened by a Connector, closed on destruction, never reopened behind the caller's back (a
// reopened session would have lost its advisory lock and its settings). Statements run as they are: nothing is wrapped
// in a transaction. What the server remarks is logged. Not thread-safe.
//
// query() and execute() take one statement; all throw DatabaseError or ConnectionLost.
class Connection : public Bind {
 public:
  // Several statements in one message. Within a transaction that comes to the same as one by one, but for what takes a
  // message for a statement: statement_timestamp(), the server's log. The number of rows that the last one touched. The
  // DatabaseError is that of the statement that failed, the lines counted within it. Precondition: a transaction is
  // open, there is a statement, and where there are several, none needs_own_message().
  virtual std::size_t execute_all(std::span<const std::string> statements) = 0;
  // `statement` is a COPY … FROM stdin with any options; `rows` are the lines that follow it in a script, without `\.`.
  virtual void copy(const std::string& statement, std::string_view rows) = 0;

 protected:
  // For execute_all(): throws the error of the statement that failed. The server has carried out `completed` of them;
  // the lines of `report` are those of the message.
  [[noreturn]] void fail_together(std::span<const std::string> statements, std::size_t completed, ServerReport report);
};

// The message of statements that go together.
std::string joined(std::span<const std::string> statements);

// A statement on one line, with its blanks collapsed, cut after some 200 bytes.
std::string shortened(std::string_view statement);

// Whether the SQLSTATE says that the session is over, and not only its statement.
bool ends_session(std::string_view sqlstate);

// What the server remarks beside its answers, as a line of the log. `text` may be empty or end in line ends.
void log_notice(std::string_view text);

// What to say when there is no connection to be had; the password, should `why` repeat it, is struck out.
std::string cannot_connect(const ConnectionTarget& target, std::string_view why);

}  // namespace support::alembic
