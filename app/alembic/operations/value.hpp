#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "app/schema/text.hpp"

namespace support::alembic {

// A constant of an inserted row or a bound parameter. JSON, UUIDs, ranges and whatever else has no C++ type here are
// written as text, in the spelling that PostgreSQL reads.
class Value {
 public:
  using LocalTime = std::chrono::local_time<std::chrono::microseconds>;
  using SystemTime = std::chrono::sys_time<std::chrono::microseconds>;

  Value(std::nullopt_t) {}  // NULL
  Value(const char* constant) : variant_(std::string(constant)) {}
  Value(std::string constant) : variant_(std::move(constant)) {}
  Value(double number) : variant_(number) {}
  Value(bool flag) : variant_(flag) {}
  template <class I>
  requires(std::is_integral_v<I> && !std::is_same_v<I, bool> && !std::is_same_v<I, char> &&
           (std::is_signed_v<I> || sizeof(I) < sizeof(std::int64_t))) Value(I number)
      : variant_(std::int64_t{number}) {}
  Value(schema::TextClause expression) : variant_(std::move(expression)) {}
  Value(std::chrono::year_month_day date) : variant_(date) {}
  Value(LocalTime time) : variant_(time) {}   // TIMESTAMP
  Value(SystemTime time) : variant_(time) {}  // TIMESTAMP WITH TIME ZONE, in UTC

  using Variant =
      std::variant<std::monostate, bool, std::int64_t, double, std::string, schema::TextClause,
                   std::chrono::year_month_day, LocalTime, SystemTime, std::vector<std::byte>, std::vector<Value>>;
  const Variant& variant() const { return variant_; }

  bool operator==(const Value&) const = default;

 private:
  friend Value bytes(std::span<const std::byte> content);
  friend Value array(std::vector<Value> elements);

  Variant variant_;
};

// A BYTEA.
Value bytes(std::span<const std::byte> content);
Value bytes(std::string_view content);
// ARRAY[…]; '{}' without elements. A NUMERIC of any length: numeric("12345678901234567890.50"), without quotes.
Value array(std::vector<Value> elements);
// Throws std::invalid_argument when the text is no number.
Value numeric(std::string_view digits);

using Row = std::vector<Value>;
// By the names that stand after the colons: {{"name", "x"}, {"age", 7}}.
using Binds = std::map<std::string, Value, std::less<>>;

// The constant as SQL. Throws std::invalid_argument on what PostgreSQL cannot store: a NUL in a text, a date that is no
// day, a year outside of 1 to 9999.
std::string value_sql(const Value& value);

// The statement with each :name replaced by its constant, as SQLAlchemy's text() does it: `::` is a cast, `\:` is a
// colon. Quoted texts, quoted names and comments hold no parameters. Throws std::invalid_argument on a name without a
// value and on a value that no name asks for.
std::string with_binds(std::string_view sql, const Binds& binds);

}  // namespace support::alembic
