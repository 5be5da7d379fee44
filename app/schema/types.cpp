#include "app/schema/types.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "app/schema/quoting.hpp"
#include "app/schema/sql_phrase.hpp"

namespace support::schema {
namespace {

// Limits: PostgreSQL manual 8.1 (numeric), 8.3 (character), 8.5 (seconds); pgvector's README (16000 dimensions).
constexpr int max_numeric_precision = 1000;
constexpr int max_float_precision = 53;
constexpr int max_characters = 10'485'760;
constexpr int max_bits = 83'886'080;
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

// SQLAlchemy quotes a collation always.
std::string collate(const std::string& collation) {
  return collation.empty() ? "" : " COLLATE " + quote_identifier(collation, Quotes::always);
}

std::string interval_sql(const Interval& type) {
  std::string sql = "INTERVAL";
  if (!type.fields.empty()) {
    sql += ' ' +
           require_phrase("The fields of an interval", type.fields,
                          {"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND", "YEAR TO MONTH", "DAY TO HOUR",
                           "DAY TO MINUTE", "DAY TO SECOND", "HOUR TO MINUTE", "HOUR TO SECOND", "MINUTE TO SECOND"});
  }
  if (type.precision) {
    sql += fmt::format(" ({})",
                       require_between("The precision of an interval", *type.precision, 0, max_fraction_of_second));
  }
  return sql;
}

int characters(const std::string& text) {
  return static_cast<int>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// The width of the VARCHAR that holds every label.
int label_width(const Enum& type) {
  int longest = 0;
  for (const std::string& label : type.labels) longest = std::max(longest, characters(label));
  if (longest == 0) {
    throw std::invalid_argument(
        fmt::format("The enum '{}' is not native and has no label of any length; give it its labels.", type.name));
  }
  if (type.length && *type.length < longest) {
    throw std::invalid_argument(
        fmt::format("The enum '{}' has the length {} and a label of {} characters; make it "
                    "as long.",
                    type.name, *type.length, longest));
  }
  return type.length.value_or(longest);
}

std::string with_zone(std::string_view name, bool timezone, const std::optional<int>& precision) {
  const std::string digits =
      precision ? fmt::format("({})", require_between("The precision of a time", *precision, 0, max_fraction_of_second))
                : "";
  return fmt::format("{}{} {} TIME ZONE", name, digits, timezone ? "WITH" : "WITHOUT");
}

const std::string& collation_of(const Type& type) {
  static const std::string none;
  if (const auto* string = type.get_if<String>()) return string->collation;
  if (const auto* text = type.get_if<Text>()) return text->collation;
  if (const auto* fixed = type.get_if<Char>()) return fixed->collation;
  return none;
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
  std::string operator()(const String& type) const {
    return with_length("VARCHAR", type.length) + collate(type.collation);
  }
  std::string operator()(const Unicode& type) const { return with_length("VARCHAR", type.length); }
  std::string operator()(const Char& type) const { return with_length("CHAR", type.length) + collate(type.collation); }
  std::string operator()(const Text& type) const { return "TEXT" + collate(type.collation); }
  std::string operator()(const Bit& type) const {
    return fmt::format("BIT({})", require_between("The length of a bit string", type.length, 1, max_bits));
  }
  std::string operator()(const VarBit& type) const {
    if (!type.length) return "BIT VARYING";
    return fmt::format("BIT VARYING({})", require_between("The length of a bit string", *type.length, 1, max_bits));
  }
  std::string operator()(const LargeBinary&) const { return "BYTEA"; }
  std::string operator()(const Date&) const { return "DATE"; }
  std::string operator()(const DateTime& type) const { return with_zone("TIMESTAMP", type.timezone, type.precision); }
  std::string operator()(const Time& type) const { return with_zone("TIME", type.timezone, type.precision); }
  std::string operator()(const Interval& type) const { return interval_sql(type); }
  std::string operator()(const PlainTypeName& type) const { return std::string(type.sql); }
  std::string operator()(const Uuid&) const { return "UUID"; }
  std::string operator()(const Json&) const { return "JSON"; }
  std::string operator()(const Jsonb&) const { return "JSONB"; }
  std::string operator()(const Enum& type) const {
    return type.native_enum ? qualified_name(type.name, type.schema) : with_length("VARCHAR", label_width(type));
  }
  std::string operator()(const NamedType& type) const { return qualified_name(type.name, type.schema); }
  std::string operator()(const Vector& type) const {
    const int dimensions =
        require_between("The number of a vector's dimensions", type.dimensions, 1, max_vector_dimensions);
    return server.has_extension("vector") ? fmt::format("VECTOR({})", dimensions) : "REAL[]";
  }
  std::string operator()(const UserDefinedType& type) const { return type.sql; }
  std::string operator()(const Array& type) const {
    require_between("The number of an array's dimensions", type.dimensions, 1, max_array_dimensions);
    std::string sql = type_sql(*type.element, server);
    const std::string collation = collate(collation_of(*type.element));
    sql.resize(sql.size() - collation.size());
    for (int i = 0; i < type.dimensions; ++i) sql += "[]";
    return sql + collation;
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

std::optional<std::string> type_condition(const Type& type, std::string_view column) {
  const auto* labelled = type.get_if<Enum>();
  if (!labelled || labelled->native_enum || !labelled->create_constraint) return std::nullopt;
  label_width(*labelled);
  std::string labels;
  for (const std::string& label : labelled->labels) labels += (labels.empty() ? "" : ", ") + quote_literal(label);
  return fmt::format("{} IN ({})", quote_identifier(column), labels);
}

bool is_integer(const Type& type) {
  return type.get_if<SmallInteger>() || type.get_if<Integer>() || type.get_if<BigInteger>();
}

std::string_view serial_sql(const Type& type) {
  if (type.get_if<SmallInteger>()) return "SMALLSERIAL";
  return type.get_if<BigInteger>() ? "BIGSERIAL" : "SERIAL";
}

}  // namespace support::schema
