#include "app/alembic/operations/value.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>

#include <fmt/format.h>

#include "app/schema/quoting.hpp"

namespace support::alembic {
namespace {

std::string date_text(std::chrono::year_month_day date) {
  const int year = static_cast<int>(date.year());
  if (!date.ok() || year < 1 || year > 9999) {
    throw std::invalid_argument(fmt::format("The date {}-{}-{} is no day of the years 1 to 9999; write it as text.",
                                            year, static_cast<unsigned>(date.month()),
                                            static_cast<unsigned>(date.day())));
  }
  return fmt::format("{:04}-{:02}-{:02}", year, static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

template <class Clock>
std::string time_text(std::chrono::time_point<Clock, std::chrono::microseconds> time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::hh_mm_ss clock(time - day);
  std::string text = fmt::format("{} {:02}:{:02}:{:02}", date_text(std::chrono::year_month_day(day)),
                                 clock.hours().count(), clock.minutes().count(), clock.seconds().count());
  if (clock.subseconds().count() != 0) text += fmt::format(".{:06}", clock.subseconds().count());
  return text;
}

struct ValueWriter {
  std::string operator()(std::monostate) const { return "NULL"; }
  std::string operator()(bool flag) const { return flag ? "true" : "false"; }
  std::string operator()(std::int64_t number) const { return fmt::to_string(number); }
  std::string operator()(double number) const {
    if (std::isnan(number)) return "'NaN'";
    if (std::isinf(number)) return number > 0 ? "'Infinity'" : "'-Infinity'";
    const std::string digits = fmt::format("{}", number);
    // A whole number shows that it is none of the integers.
    return digits.find_first_of(".e") == std::string::npos ? digits + ".0" : digits;
  }
  std::string operator()(const std::string& constant) const { return schema::quote_literal(constant); }
  std::string operator()(const schema::TextClause& expression) const { return expression.sql; }
  std::string operator()(std::chrono::year_month_day date) const { return '\'' + date_text(date) + '\''; }
  std::string operator()(Value::LocalTime time) const { return '\'' + time_text(time) + '\''; }
  std::string operator()(Value::SystemTime time) const { return '\'' + time_text(time) + "+00:00'"; }
  std::string operator()(const std::vector<std::byte>& content) const {
    std::string digits = "\\x";
    for (const std::byte byte : content) digits += fmt::format("{:02x}", static_cast<unsigned>(byte));
    return schema::quote_literal(digits);
  }
  std::string operator()(const std::vector<Value>& elements) const {
    if (elements.empty()) return "'{}'";
    std::string sql;
    for (const Value& element : elements) sql += (sql.empty() ? "" : ", ") + value_sql(element);
    return "ARRAY[" + sql + ']';
  }
};

bool is_number(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  std::size_t digits = 0;
  std::size_t points = 0;
  for (const char c : text) {
    if (c == '.') {
      ++points;
    } else if (c >= '0' && c <= '9') {
      ++digits;
    } else {
      return false;
    }
  }
  return digits > 0 && points <= 1;
}

}  // namespace

Value bytes(std::span<const std::byte> content) {
  Value result(std::nullopt);
  result.variant_ = std::vector<std::byte>(content.begin(), content.end());
  return result;
}

Value bytes(std::string_view content) {
  return bytes(std::as_bytes(std::span(content.data(), content.size())));
}

Value array(std::vector<Value> elements) {
  Value result(std::nullopt);
  result.variant_ = std::move(elements);
  return result;
}

Value numeric(std::string_view digits) {
  if (!is_number(digits)) {
    throw std::invalid_argument(fmt::format(
        "numeric() was given '{}', which is no number; write digits with a sign and a point at most.", digits));
  }
  return schema::text(std::string(digits));
}

std::string value_sql(const Value& value) {
  return std::visit(ValueWriter{}, value.variant());
}

}  // namespace support::alembic
