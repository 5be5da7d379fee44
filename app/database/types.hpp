#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace support::database {

// PostgreSQL's number of a type (pg_type.oid).
using Oid = std::uint32_t;

// timestamptz, exact to its microsecond. PostgreSQL's years 294247 to 294276 do not fit and are an error when read.
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;
// 'infinity' and '-infinity' of the server, both ways.
inline constexpr Timestamp infinite_future = Timestamp::max();
inline constexpr Timestamp infinite_past = Timestamp::min();

// timestamp without time zone: what a wall clock shows, nobody says where. The same limits and infinities.
using LocalTimestamp = std::chrono::local_time<std::chrono::microseconds>;

// date. 'infinity' and '-infinity' are an error when read.
using Date = std::chrono::sys_days;

// interval, its three parts as the server keeps them: none is converted into another.
struct Interval {
  std::int32_t months = 0;
  std::int32_t days = 0;
  std::chrono::microseconds time{};
  friend bool operator==(const Interval&, const Interval&) = default;
};

// bytea.
struct Bytes {
  std::string bytes;
  friend bool operator==(const Bytes&, const Bytes&) = default;
};

// pgvector's vector: 1 to 16,000 finite components. Its oid differs from database to database, so a parameter declares
// none and the server takes what the statement wants there: a column of the type, or a cast. Reads real[] too, which
// the schema has where the extension is not to be had; as a parameter that is a std::vector<float>.
struct Vector {
  std::vector<float> components;
  friend bool operator==(const Vector&, const Vector&) = default;
};

// numeric as decimal text, nothing rounded: "-12.50", "NaN", "Infinity", "-Infinity". As a parameter: optional sign,
// digits, optional fraction; no exponent.
struct Decimal {
  std::string text;
  friend bool operator==(const Decimal&, const Decimal&) = default;
};

// A json or jsonb document as its text; the server validates it.
struct Json {
  std::string text;
  friend bool operator==(const Json&, const Json&) = default;
};

struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  // The usual 8-4-4-4-12 form, either case; nothing else.
  static std::optional<Uuid> parse(std::string_view text);
  std::string text() const;
  friend auto operator<=>(const Uuid&, const Uuid&) = default;
};

// A text parameter whose type the server works out from the statement, as it does for a quoted literal. A std::string
// is sent as `text`.
struct Inferred {
  std::string_view text;
};

// Gives an enum class the labels of a PostgreSQL enum type, so that it can be a parameter and be read from a row:
//   template <> struct EnumLabels<Role> {
//     static constexpr std::array labels{std::pair{Role::customer, std::string_view("CUSTOMER")}, …};
//   };
template <class Enum>
struct EnumLabels;

template <class Enum>
concept Labelled = std::is_enum_v<Enum> && requires {
  EnumLabels<Enum>::labels;
};

}  // namespace support::database
