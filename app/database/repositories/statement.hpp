#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <fmt/format.h>

#include "app/database/database.hpp"
#include "app/database/deadline.hpp"
#include "app/database/error.hpp"
#include "app/database/params.hpp"
#include "app/database/rows.hpp"

namespace support::database {

// A page of a list in ascending id order (keyset pagination): what follows `after_id`, at most `limit` rows.
struct Page {
  std::int32_t after_id = 0;
  std::int64_t limit = 50;
};

// A change to a column that can be null: left alone, set, or set to NULL.
template <class T>
struct Change {
  bool present = false;
  std::optional<T> value;
};

// The variable part of a statement: clauses and the parameters they use. Only column names written in the program's
// source go into the text; values are always parameters.
class Clauses {
 public:
  explicit Clauses(std::string_view separator) : separator_(separator) {}

  // Adds `before` followed by the value's placeholder: add("status = ", label) reads "status = $1".
  template <class T>
  void add(std::string_view before, const T& value) {
    add_text(fmt::format("{}{}", before, placeholder(value)));
  }
  // A parameter that stands elsewhere in the statement.
  template <class T>
  std::string placeholder(const T& value) {
    params_.add(value);
    return fmt::format("${}", params_.size());
  }
  template <class T>
  void add_if(std::string_view before, const std::optional<T>& value) {
    if (value) add(before, *value);
  }
  template <class T>
  void add_change(std::string_view before, const Change<T>& change) {
    if (change.present) add(before, change.value);
  }
  void add_text(std::string_view clause) {
    if (!text_.empty()) text_ += separator_;
    text_ += clause;
  }

  const std::string& text() const { return text_; }
  Params& params() { return params_; }

 private:
  std::string_view separator_;
  std::string text_;
  Params params_;
};

// Runs one statement on a connection of the pool; the deadline covers waiting for the connection, too.
boost::asio::awaitable<Result<Rows>> run_statement(Database& database, std::string sql, Params params,
                                                   Deadline deadline);

// The same, as a T the only row if there is one.
template <class T>
boost::asio::awaitable<Result<std::optional<T>>> fetch_optional(Database& database, std::string sql, Params params,
                                                                Deadline deadline) {
  auto rows = co_await run_statement(database, std::move(sql), std::move(params), deadline);
  if (!rows) co_return rows.error();
  co_return rows->template optional<T>();
}

// A statement that only reads: Database::read(). `sql` lives for ever.
template <class T>
boost::asio::awaitable<Result<std::optional<T>>> read_optional(Database& database, Freshness freshness,
                                                               std::string_view sql, Params params, Deadline deadline) {
  auto rows = co_await database.read(freshness, sql, std::move(params), deadline);
  if (!rows) co_return rows.error();
  co_return rows->template optional<T>();
}
// The same for a statement that was put together for this call; every row as a T.
template <class T>
boost::asio::awaitable<Result<std::vector<T>>> read_all(Database& database, Freshness freshness, std::string sql,
                                                        Params params, Deadline deadline) {
  auto rows = co_await database.read(freshness, sql, std::move(params), deadline);
  if (!rows) co_return rows.error();
  co_return rows->template into<T>();
}

}  // namespace support::database
