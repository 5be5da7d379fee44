#include "app/alembic/autogenerate/predicted_type.hpp"

#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace support::alembic::autogenerate {
namespace {

constexpr int longest_varying = 10485760;
constexpr int most_digits = 1000;
constexpr int finest_time = 6;

// In this order, so that no spelling is taken for the beginning of a longer one.
constexpr auto plain_types = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"smallint", "smallint"},
    {"int2", "smallint"},
    {"integer", "integer"},
    {"int4", "integer"},
    {"int", "integer"},
    {"bigint", "bigint"},
    {"int8", "bigint"},
    {"real", "real"},
    {"float4", "real"},
    {"double precision", "double precision"},
    {"float8", "double precision"},
    {"boolean", "boolean"},
    {"bool", "boolean"},
    {"text", "text"},
    {"date", "date"},
    {"uuid", "uuid"},
    {"json", "json"},
    {"jsonb", "jsonb"},
    {"bytea", "bytea"},
    {"inet", "inet"},
    {"cidr", "cidr"},
    {"macaddr", "macaddr"},
    {"tsvector", "tsvector"},
});

constexpr auto serial_types = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"smallserial", "smallint"},
    {"serial2", "smallint"},
    {"serial", "integer"},
    {"serial4", "integer"},
    {"bigserial", "bigint"},
    {"serial8", "bigint"},
});

PredictedType plain(std::string_view name) {
  return {.name = std::string(name), .sql = std::string(name)};
}

int between(int low, int value, int high) {
  if (value < low || value > high) throw NotPredictable();
  return value;
}

std::optional<int> modifier(SqlCursor& cursor, int low, int high) {
  if (!cursor.take_symbol('(')) return std::nullopt;
  const auto value = between(low, cursor.small_integer(), high);
  cursor.require_symbol(')');
  return value;
}

PredictedType characters(SqlCursor& cursor, std::string_view name, std::optional<int> length) {
  if (const auto given = modifier(cursor, 1, longest_varying)) length = given;
  auto type = plain(name);
  if (length) type.sql += fmt::format("({})", *length);
  return type;
}

PredictedType numeric(SqlCursor& cursor) {
  auto type = plain("numeric");
  if (!cursor.take_symbol('(')) return type;
  const auto precision = between(1, cursor.small_integer(), most_digits);
  const auto scale = cursor.take_symbol(',') ? between(0, cursor.small_integer(), precision) : 0;
  cursor.require_symbol(')');
  type.sql += fmt::format("({},{})", precision, scale);
  return type;
}

enum class Zone { written, with };

// "timestamp(3) with time zone"; `zone` says whether the word before means one already.
PredictedType moment(SqlCursor& cursor, std::string_view word, Zone zone) {
  const auto precision = modifier(cursor, 0, finest_time);
  bool has_zone = zone == Zone::with;
  if (!has_zone) {
    has_zone = cursor.take("WITH TIME ZONE");
    if (!has_zone) cursor.take("WITHOUT TIME ZONE");
  }
  const std::string_view ending = has_zone ? " with time zone" : " without time zone";
  return {.name = fmt::format("{}{}", word, ending),
          .sql = fmt::format("{}{}{}", word, precision ? fmt::format("({})", *precision) : "", ending)};
}

PredictedType read_element(SqlCursor& cursor) {
  for (const auto& [spelling, name] : plain_types) {
    if (cursor.take(spelling)) return plain(name);
  }
  for (const auto& [spelling, name] : serial_types) {
    if (!cursor.take(spelling)) continue;
    auto type = plain(name);
    type.is_serial = true;
    return type;
  }
  if (cursor.take("varchar") || cursor.take("character varying") || cursor.take("char varying")) {
    return characters(cursor, "character varying", std::nullopt);
  }
  if (cursor.take("character") || cursor.take("char")) return characters(cursor, "character", 1);
  if (cursor.take("numeric") || cursor.take("decimal")) return numeric(cursor);
  if (cursor.take("timestamptz")) return moment(cursor, "timestamp", Zone::with);
  if (cursor.take("timestamp")) return moment(cursor, "timestamp", Zone::written);
  if (cursor.take("timetz")) return moment(cursor, "time", Zone::with);
  if (cursor.take("time")) return moment(cursor, "time", Zone::written);
  throw NotPredictable();
}

}  // namespace

PredictedType read_type(SqlCursor& cursor) {
  auto type = read_element(cursor);
  while (cursor.take_symbol('[')) {
    cursor.require_symbol(']');
    if (type.is_serial) throw NotPredictable();
    if (!type.is_array) type.sql += "[]";
    type.is_array = true;
  }
  return type;
}

bool is_integer(const PredictedType& type) {
  return !type.is_array && (type.name == "smallint" || type.name == "integer" || type.name == "bigint");
}

}  // namespace support::alembic::autogenerate
