#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "app/alembic/env.hpp"

namespace support::alembic {

// The server refused a statement. what() is its primary message.
class DatabaseError : public std::runtime_error {
 public:
  DatabaseError(const std::string& message, std::string sqlstate, std::string detail, std::string hint,
                std::string statement);

  const std::string& sqlstate() const { return sqlstate_; }
  const std::string& statement() const { return statement_; }
  // One line for people: message, SQLSTATE, detail, hint, and the statement, shortened.
  std::string explanation() const;

 private:
  std::string sqlstate_;
  std::string detail_;
  std::string hint_;
  std::string statement_;
};

// The connection is gone; what was not committed on it is rolled back by the server.
class ConnectionLost : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// One blocking session of libpqxx, opened on construction, closed on destruction, never reopened behind the caller's
// back (a reopened session would have lost its advisory lock and its settings). Statements run as they are: nothing is
// wrapped in a transaction. What the server remarks is logged. Not thread-safe.
class Connection {
 public:
  using Row = std::vector<std::optional<std::string>>;  // NULL is empty

  // Throws CommandError (exit code 3) when there is no connection to be had.
  explicit Connection(const ConnectionTarget& target);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Throw DatabaseError or ConnectionLost.
  std::vector<Row> query(const std::string& sql);
  // The number of rows that an INSERT, UPDATE or DELETE touched.
  std::size_t execute(const std::string& sql);
  // The first column of the only row.
  std::string scalar(const std::string& sql);

 private:
  struct Session;
  std::unique_ptr<Session> session_;
};

// A statement on one line, with its blanks collapsed, cut after some 200 bytes.
std::string shortened(std::string_view statement);

}  // namespace support::alembic
