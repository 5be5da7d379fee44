#include "app/database/decode.hpp"

#include <fmt/format.h>

namespace support::database {
namespace codec {
namespace {
constexpr Problem malformed_array = "is not a well-formed array";
}

// Layout (src/backend/utils/adt/arrayfuncs.c, array_send): dimensions, has-nulls flag, element type, then length and
// lower bound of each dimension, then each element as its length (-1: NULL) and bytes.
ArrayReader::ArrayReader(std::string_view bytes) : rest_(bytes) {
  if (rest_.size() < 12) {
    problem_ = malformed_array;
    return;
  }
  const std::int32_t dimensions = int32_at(rest_.data());
  element_type_ = static_cast<Oid>(int32_at(rest_.data() + 8));
  rest_.remove_prefix(12);
  if (dimensions == 0) return;
  if (dimensions != 1) {
    problem_ = "is an array of more than one dimension";
    return;
  }
  const std::int32_t size = rest_.size() < 8 ? -1 : int32_at(rest_.data());
  // Each element takes at least its length, so a larger count is a lie that would only make us allocate.
  if (size < 0 || static_cast<std::size_t>(size) > (rest_.size() - 8) / 4) {
    problem_ = malformed_array;
    return;
  }
  rest_.remove_prefix(8);
  size_ = static_cast<std::size_t>(size);
}

std::optional<std::string_view> ArrayReader::next() {
  const std::int32_t length = rest_.size() < 4 ? -2 : int32_at(rest_.data());
  if (length < -1 || (length > 0 && static_cast<std::size_t>(length) > rest_.size() - 4)) {
    problem_ = malformed_array;
    return std::nullopt;
  }
  rest_.remove_prefix(4);
  if (length == -1) return std::nullopt;
  const std::string_view element = rest_.substr(0, static_cast<std::size_t>(length));
  rest_.remove_prefix(static_cast<std::size_t>(length));
  return element;
}

void ArrayReader::finish() {
  if (!rest_.empty()) problem_ = malformed_array;
}

bool may_be_array(Oid type) {
  switch (type) {
    case oids::boolean_array:
    case oids::int2_array:
    case oids::int4_array:
    case oids::int8_array:
    case oids::text_array:
    case oids::float4_array:
    case oids::float8_array:
    case oids::timestamptz_array:
    case oids::numeric_array:
    case oids::uuid_array:
    case oids::jsonb_array:
    case oids::json_array:
    case oids::varchar_array:
    case oids::bpchar_array:
    case oids::name_array:
    case oids::bytea_array:
    case oids::date_array:
    case oids::timestamp_array:
    case oids::interval_array:
      return true;
    default:
      return type >= oids::first_user_defined;
  }
}

Error conversion_error(std::string_view column, const Cell& cell, std::string_view container, std::string_view wanted,
                       Problem problem) {
  if (problem == wrong_type) {
    return {Condition::bad_conversion,
            fmt::format("Column \"{}\" has the type with oid {}, which can't be read as {}{}: read it as another type "
                        "or cast it in the statement.",
                        column, cell.type, container, wanted)};
  }
  if (problem == unexpected_null) {
    return {Condition::bad_conversion,
            fmt::format("Column \"{}\" is NULL (or has a NULL in it) where {}{} is wanted: read it as std::optional.",
                        column, container, wanted)};
  }
  return {Condition::bad_conversion,
          fmt::format("A value of column \"{}\" can't be read as {}{}: it {}.", column, container, wanted, problem)};
}

}  // namespace codec
}  // namespace support::database
