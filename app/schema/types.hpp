#pragma once

#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "app/schema/server_features.hpp"

// Column types. The names are SQLAlchemy's; the SQL they print is that of its PostgreSQL dialect.
namespace support::schema {

struct SmallInteger {
  bool operator==(const SmallInteger&) const = default;
};
struct Integer {
  bool operator==(const Integer&) const = default;
};
struct BigInteger {
  bool operator==(const BigInteger&) const = default;
};
struct Numeric {
  Numeric() = default;
  explicit Numeric(int total_digits) : precision(total_digits) {}
  Numeric(int total_digits, int fraction_digits) : precision(total_digits), scale(fraction_digits) {}

  std::optional<int> precision;
  std::optional<int> scale;
  bool operator==(const Numeric&) const = default;
};
// FLOAT, or FLOAT(p) with a precision in binary digits.
struct Float {
  Float() = default;
  explicit Float(int binary_digits) : precision(binary_digits) {}

  std::optional<int> precision;
  bool operator==(const Float&) const = default;
};
struct Real {
  bool operator==(const Real&) const = default;
};
struct Double {
  bool operator==(const Double&) const = default;
};
struct Boolean {
  bool operator==(const Boolean&) const = default;
};
// VARCHAR, or VARCHAR(n).
struct String {
  String() = default;
  explicit String(int characters) : length(characters) {}

  std::optional<int> length;
  bool operator==(const String&) const = default;
};
// PostgreSQL's texts are Unicode anyway: the same VARCHAR as String.
struct Unicode {
  Unicode() = default;
  explicit Unicode(int characters) : length(characters) {}

  std::optional<int> length;
  bool operator==(const Unicode&) const = default;
};
struct Char {
  explicit Char(int characters) : length(characters) {}

  int length;
  bool operator==(const Char&) const = default;
};
struct Text {
  bool operator==(const Text&) const = default;
};
struct LargeBinary {
  bool operator==(const LargeBinary&) const = default;
};
struct Date {
  bool operator==(const Date&) const = default;
};
// DateTime{.timezone = true} is TIMESTAMP WITH TIME ZONE; the precision is that of the seconds, 0 to 6.
struct DateTime {
  bool timezone = false;
  std::optional<int> precision = std::nullopt;
  bool operator==(const DateTime&) const = default;
};
struct Time {
  bool timezone = false;
  std::optional<int> precision = std::nullopt;
  bool operator==(const Time&) const = default;
};
struct Interval {
  bool operator==(const Interval&) const = default;
};
struct Uuid {
  bool operator==(const Uuid&) const = default;
};
struct Json {
  bool operator==(const Json&) const = default;
};
struct Jsonb {
  bool operator==(const Jsonb&) const = default;
};

struct EnumOptions {
  std::string schema = {};
  // False when another statement creates the type: create_table() then leaves it alone.
  bool create_type = true;
};
// A type of its own in the database, with its labels in order.
struct Enum {
  Enum(std::string type_name, std::vector<std::string> type_labels, EnumOptions options = {})
      : name(std::move(type_name)),
        labels(std::move(type_labels)),
        schema(std::move(options.schema)),
        create_type(options.create_type) {}

  std::string name;
  std::vector<std::string> labels;
  std::string schema;
  bool create_type;
  bool operator==(const Enum&) const = default;
};

// pgvector's VECTOR(n); REAL[] on a server without the extension.
struct Vector {
  explicit Vector(int dimension_count) : dimensions(dimension_count) {}

  int dimensions;
  bool operator==(const Vector&) const = default;
};

// A type that has no name here, as SQL spells it: UserDefinedType("tstzrange").
struct UserDefinedType {
  explicit UserDefinedType(std::string type_sql) : sql(std::move(type_sql)) {}

  std::string sql;
  bool operator==(const UserDefinedType&) const = default;
};

class Type;

struct Array {
  explicit Array(Type element_type, int dimension_count = 1);

  std::shared_ptr<const Type> element;
  int dimensions;
  bool operator==(const Array& other) const;
};

// Any of the above.
class Type {
  template <class T, class... Alternatives>
  static constexpr bool is_alternative(const std::variant<Alternatives...>*) {
    return (std::same_as<T, Alternatives> || ...);
  }

 public:
  using Variant = std::variant<SmallInteger, Integer, BigInteger, Numeric, Float, Real, Double, Boolean, String,
                               Unicode, Char, Text, LargeBinary, Date, DateTime, Time, Interval, Uuid, Json, Jsonb,
                               Enum, Vector, UserDefinedType, Array>;

  template <class T>
  requires(is_alternative<std::remove_cvref_t<T>>(static_cast<const Variant*>(nullptr))) Type(T&& type)
      : variant_(std::forward<T>(type)) {}  // implicit: a type is written where a Type is asked for

  // Out of line: every column of every table would bring its own copy of this code along.
  Type(const Type&);
  Type(Type&&) noexcept;
  Type& operator=(const Type&);
  Type& operator=(Type&&) noexcept;
  ~Type();

  const Variant& variant() const { return variant_; }

  template <class T>
  const T* get_if() const {
    return std::get_if<T>(&variant_);
  }

  bool operator==(const Type& other) const;

 private:
  Variant variant_;
};

// The SQL of the type: "VARCHAR(50)". Throws std::invalid_argument on a length, precision or dimension out of range.
std::string type_sql(const Type& type, const ServerFeatures& server);

// The enum type that a column of this type needs, itself or as the element of its array; null when it needs none.
const Enum* enum_of(const Type& type);

// SMALLINT, INTEGER and BIGINT have a serial variant.
bool is_integer(const Type& type);
// "SERIAL" and its kin, for a type that is_integer().
std::string_view serial_sql(const Type& type);

}  // namespace support::schema
