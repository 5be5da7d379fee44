#include "app/alembic/autogenerate/predicted_default.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <string_view>

#include <fmt/format.h>

#include "app/schema/quoting.hpp"

namespace support::alembic::autogenerate {
namespace {

constexpr auto time_functions =
    std::to_array<std::string_view>({"now", "transaction_timestamp", "statement_timestamp", "clock_timestamp"});

bool is_fraction(const PredictedType& type) {
  return !type.is_array && (type.name == "numeric" || type.name == "real" || type.name == "double precision");
}

bool has_date(const PredictedType& type) {
  return !type.is_array && (type.name == "date" || type.name.starts_with("timestamp "));
}

bool is_text(const PredictedType& type) {
  return !type.is_array && (type.name == "text" || type.name == "character varying");
}

// The type of a cast without its modifier, as the deparser writes it behind a string.
std::string cast_of(const PredictedType& type) {
  return type.name + (type.is_array ? "[]" : "");
}

// An integer type of the server's holds these digits as they are, and no longer constant is one.
std::string number(SqlCursor& cursor, const PredictedType& type, bool is_negative) {
  const auto digits = cursor.number();
  const bool has_point = digits.find('.') != std::string_view::npos;
  if (!is_fraction(type) && (has_point || !is_integer(type))) throw NotPredictable();
  if (digits.size() > 1 && digits[0] == '0' && digits[1] != '.') throw NotPredictable();
  if (!has_point) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || value > std::numeric_limits<std::int32_t>::max()) throw NotPredictable();
    if (type.name == "smallint" && value > std::numeric_limits<std::int16_t>::max()) throw NotPredictable();
    // There is no negative zero.
    if (is_negative && value == 0) throw NotPredictable();
  }
  if (!is_negative) return std::string(digits);
  return fmt::format("'-{}'::{}", digits, has_point ? "numeric" : "integer");
}

std::string string(SqlCursor& cursor, const PredictedType& type) {
  const auto text = cursor.string();
  const bool is_empty_document =
      !type.is_array && (type.name == "json" || type.name == "jsonb") && (text == "{}" || text == "[]");
  const bool is_empty_array = type.is_array && text == "{}";
  if (!is_text(type) && !is_empty_document && !is_empty_array) throw NotPredictable();
  if (cursor.take_symbol(':')) {
    cursor.require_symbol(':');
    const auto cast = read_type(cursor);
    // One with a modifier may cut the constant.
    if (cast_of(cast) != cast_of(type) || cast.sql != cast_of(cast)) throw NotPredictable();
  }
  return fmt::format("{}::{}", schema::quote_literal(text), cast_of(type));
}

}  // namespace

std::string read_default(SqlCursor& cursor, const PredictedType& type) {
  if (cursor.at_string()) return string(cursor, type);
  if (cursor.at_number()) return number(cursor, type, false);
  if (cursor.take_symbol('-')) return number(cursor, type, true);
  if (type.name == "boolean" && !type.is_array) {
    if (cursor.take("true")) return "true";
    if (cursor.take("false")) return "false";
  }
  if (has_date(type)) {
    if (cursor.take("CURRENT_TIMESTAMP")) {
      if (cursor.take_symbol('(')) throw NotPredictable();
      return "CURRENT_TIMESTAMP";
    }
    if (cursor.take("CURRENT_DATE")) return "CURRENT_DATE";
  }
  const auto name = cursor.identifier();
  cursor.require_symbol('(');
  cursor.require_symbol(')');
  const bool is_time = has_date(type) && std::ranges::find(time_functions, name) != time_functions.end();
  const bool is_uuid = type.name == "uuid" && !type.is_array && name == "gen_random_uuid";
  if (!is_time && !is_uuid) throw NotPredictable();
  return name + "()";
}

}  // namespace support::alembic::autogenerate
