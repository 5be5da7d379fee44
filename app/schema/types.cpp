#include "app/schema/types.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "app/schema/quoting.hpp"

namespace support::schema {
namespace {

// Limits: PostgreSQL manual 8.1 (numeric), 8.3 (character), 8.5 (seconds); pgvector's README (16000 dimensions).
constexpr int max_numeric_precision = 1000;
constexpr int max_float_precision = 53;
constexpr int max_characters = 10'485'760;
constexpr int max_fraction_of_second = 6;
constexpr int max_vector_dimensions = 16'000;
constexpr int max_array_dimensions = 6;

int require_between(std::string_view what, int value, int low, int high) {
  if (value >= low && value <= high) return value;
  throw std::invalid_argument(
      fmt::format("{} is {}, and PostgreSQL allows {} to {}; change the column's type.", what, value, low, high));
}

std::string with_length(std::string_view name, const std::optional<int>& length) {
  if (!length) return std::string(name);
  return fmt::format("{}({})", name, require_between("The length of a text", *length, 1, max_characters));
}

std::string with_zone(std::string_view name, bool timezone, const std::optional<int>& precision) {
  const std::string digits =
      precision ? fmt::format("({})", require_between("The precision of a time", *precision, 0, max_fraction_of_second))
                : "";
  return fmt::format("{}{} {} TIME ZONE", name, digits, timezone ? "WITH" : "WITHOUT");
}

struct TypeWriter {
  const ServerFeatures& server;

  std::string operator()(const SmallInteger&) const { return "SMALLINT"; }
  std::string operator()(const Integer&) const { return "INTEGER"; }
  std::string operator()(const BigInteger&) const { return "BIGINT"; }
  std::string operator()(const Numeric& type) const {
    if (!type.precision) return "NUMERIC";
    const int precision = require_between("The precision of a numeric", *type.precision, 1, max_numeric_precision);
    if (!type.scale) return fmt::format("NUMERIC({})", precision);
    const int scale =
        require_between("The scale of a numeric", *type.scale, -max_numeric_precision, max_numeric_precision);
    return fmt::format("NUMERIC({}, {})", precision, scale);
  }
  std::string operator()(const Float& type) const {
    if (!type.precision) return "FLOAT";
    return fmt::format("FLOAT({})",
                       require_between("The precision of a float", *type.precision, 1, max_float_precision));
  }
  std::string operator()(const Real&) const { return "REAL"; }
  std::string operator()(const Double&) const { return "DOUBLE PRECISION"; }
  std::string operator()(const Boolean&) const { return "BOOLEAN"; }
  std::string operator()(const String& type) const { return with_length("VARCHAR", type.length); }
  std::string operator()(const Unicode& type) const { return with_length("VARCHAR", type.length); }
  std::string operator()(const Char& type) const { return with_length("CHAR", type.length); }
  std::string operator()(const Text&) const { return "TEXT"; }
  std::string operator()(const LargeBinary&) const { return "BYTEA"; }
  std::string operator()(const Date&) const { return "DATE"; }
  std::string operator()(const DateTime& type) const { return with_zone("TIMESTAMP", type.timezone, type.precision); }
  std::string operator()(const Time& type) const { return with_zone("TIME", type.timezone, type.precision); }
  std::string operator()(const Interval&) const { return "INTERVAL"; }
  std::string operator()(const Uuid&) const { return "UUID"; }
  std::string operator()(const Json&) const { return "JSON"; }
  std::string operator()(const Jsonb&) const { return "JSONB"; }
  std::string operator()(const Enum& type) const { return qualified_name(type.name, type.schema); }
  std::string operator()(const Vector& type) const {
    const int dimensions =
        require_between("The number of a vector's dimensions", type.dimensions, 1, max_vector_dimensions);
    return server.vector ? fmt::format("VECTOR({})", dimensions) : "REAL[]";
  }
  std::string operator()(const UserDefinedType& type) const { return type.sql; }
  std::string operator()(const Array& type) const {
    std::string sql = type_sql(*type.element, server);
    require_between("The number of an array's dimensions", type.dimensions, 1, max_array_dimensions);
    for (int i = 0; i < type.dimensions; ++i) sql += "[]";
    return sql;
  }
};

}  // namespace

Array::Array(Type element_type, int dimension_count)
    : element(std::make_shared<const Type>(std::move(element_type))), dimensions(dimension_count) {}

bool Array::operator==(const Array& other) const {
  return dimensions == other.dimensions && *element == *other.element;
}

Type::Type(const Type&) = default;
Type::Type(Type&&) noexcept = default;
Type& Type::operator=(const Type&) = default;
Type& Type::operator=(Type&&) noexcept = default;
Type::~Type() = default;
bool Type::operator==(const Type&) const = default;

std::string type_sql(const Type& type, const ServerFeatures& server) {
  return std::visit(TypeWriter{server}, type.variant());
}

const Enum* enum_of(const Type& type) {
  if (const auto* array = type.get_if<Array>()) return enum_of(*array->element);
  return type.get_if<Enum>();
}

bool is_integer(const Type& type) {
  return type.get_if<SmallInteger>() || type.get_if<Integer>() || type.get_if<BigInteger>();
}

std::string_view serial_sql(const Type& type) {
  if (type.get_if<SmallInteger>()) return "SMALLSERIAL";
  return type.get_if<BigInteger>() ? "BIGSERIAL" : "SERIAL";
}

}  // namespace support::schema
