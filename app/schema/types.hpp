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

#include "app/schema/plain_types.hpp"
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
struct TextOptions {
  std::string collation = {};  // "C", "de-x-icu"; empty: the database's
};
// VARCHAR, or VARCHAR(n).
struct String {
  String() = default;
  explicit String(TextOptions options) : collation(std::move(options.collation)) {}
  explicit String(int characters, TextOptions options = {})
      : length(characters), collation(std::move(options.collation)) {}

  std::optional<int> length;
  std::string collation;
  bool operator==(const String&) const = default;
};
// PostgreSQL's texts are Unicode anyway: the same VARCHAR as String.
struct Unicode {
  Unicode() = default;
  explicit Unicode(int characters) : length(characters) {}

  std::optional<int> length;
  bool operator==(const Unicode&) const = default;
};
// CHAR, or CHAR(n).
struct Char {
  Char() = default;
  explicit Char(int characters, TextOptions options = {})
      : length(characters), collation(std::move(options.collation)) {}

  std::optional<int> length;
  std::string collation;
  bool operator==(const Char&) const = default;
};
struct Text {
  Text() = default;
  explicit Text(TextOptions options) : collation(std::move(options.collation)) {}

  std::string collation;
  bool operator==(const Text&) const = default;
};
// BIT(n), or BIT VARYING(n).
struct Bit {
  explicit Bit(int bits = 1) : length(bits) {}

  int length;
  bool operator==(const Bit&) const = default;
};
struct VarBit {
  VarBit() = default;
  explicit VarBit(int bits) : length(bits) {}

  std::optional<int> length;
  bool operator==(const VarBit&) const = default;
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
// The fields are SQL's words: YEAR TO MONTH, DAY TO SECOND; the precision is that of the seconds.
struct Interval {
  std::string fields = {};
  std::optional<int> precision = std::nullopt;
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
  // False: no type but a VARCHAR as long as the longest label, or as `length` says.
  bool native_enum = true;
  // Of one that is not native: a CHECK that names the labels and is called as the enum is.
  bool create_constraint = false;
  std::optional<int> length = {};

  bool operator==(const EnumOptions&) const = default;
};
// A type of its own in the database, with its labels in order. One that is not native needs no name.
struct Enum : EnumOptions {
  Enum(std::string type_name, std::vector<std::string> type_labels, EnumOptions options = {})
      : EnumOptions(std::move(options)), name(std::move(type_name)), labels(std::move(type_labels)) {}

  std::string name;
  std::vector<std::string> labels;
  bool operator==(const Enum&) const = default;
};

// pgvector's VECTOR(n); REAL[] on a server without the extension.
struct Vector {
  explicit Vector(int dimension_count) : dimensions(dimension_count) {}

  int dimensions;
  bool operator==(const Vector&) const = default;
};

struct Domain;

// A domain, a composite type or any other that the database has: quoted as a name is.
struct NamedType {
  explicit NamedType(std::string type_name, std::string schema_name = {})
      : name(std::move(type_name)), schema(std::move(schema_name)) {}

  std::string name;
  std::string schema;
  // What a Domain written as the type of a column leaves here; null: nothing says what the type is.
  std::shared_ptr<const Domain> domain = {};
  bool operator==(const NamedType& other) const;
};

// A type that has no name here, as SQL spells it: UserDefinedType("geometry(Point, 4326)").
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
                               Unicode, Char, Text, Bit, VarBit, LargeBinary, Date, DateTime, Time, Interval, Uuid,
                               Json, Jsonb, PlainTypeName, Enum, Vector, NamedType, UserDefinedType, Array>;

  template <class T>
  requires(is_alternative<std::remove_cvref_t<T>>(static_cast<const Variant*>(nullptr))) Type(T&& type)
      : variant_(std::forward<T>(type)) {}  // implicit: a type is written where a Type is asked for

  template <TypeWord word>
  Type(PlainType<word> type) : variant_(PlainTypeName(type)) {}

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

// The condition that a column of this type brings along: the labels of an enum that is not native and says
// create_constraint. Throws std::invalid_argument when the enum has no label.
std::optional<std::string> type_condition(const Type& type, std::string_view column);

// SMALLINT, INTEGER and BIGINT have a serial variant.
bool is_integer(const Type& type);
// "SERIAL" and its kin, for a type that is_integer().
std::string_view serial_sql(const Type& type);

}  // namespace support::schema
