#include "app/database/codec.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <type_traits>

#include "app/database/numeric.hpp"

namespace support::database {
namespace {

constexpr Problem wrong_length = "does not have the length of its type";

template <class Integer>
void put(std::string& out, Integer value) {
  const auto bits = static_cast<std::make_unsigned_t<Integer>>(value);
  std::array<char, sizeof bits> bytes;
  for (std::size_t i = 0; i < sizeof bits; ++i)
    bytes[i] = static_cast<char>(bits >> (8 * (sizeof bits - 1 - i)) & 0xFF);
  out.append(bytes.data(), bytes.size());
}

template <class Integer>
Integer get(const char* at) {
  std::make_unsigned_t<Integer> bits = 0;
  for (std::size_t i = 0; i < sizeof bits; ++i) {
    bits = static_cast<std::make_unsigned_t<Integer>>(bits << 8 | static_cast<unsigned char>(at[i]));
  }
  return static_cast<Integer>(bits);
}

// The server's integers, of whichever width arrives. Precondition: accepts() let the type pass.
template <class Integer>
Problem decode_integer(std::string_view bytes, Integer& out) {
  std::int64_t value = 0;
  switch (bytes.size()) {
    case 2:
      value = get<std::int16_t>(bytes.data());
      break;
    case 4:
      value = get<std::int32_t>(bytes.data());
      break;
    case 8:
      value = get<std::int64_t>(bytes.data());
      break;
    default:
      return wrong_length;
  }
  if (value < std::numeric_limits<Integer>::min() || value > std::numeric_limits<Integer>::max()) {
    return "is out of range";
  }
  out = static_cast<Integer>(value);
  return nullptr;
}

// PostgreSQL counts microseconds from 2000-01-01 00:00 UTC, std::chrono from 1970.
constexpr std::int64_t epoch_shift = 946'684'800'000'000;
constexpr std::int64_t server_infinity = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t server_minus_infinity = std::numeric_limits<std::int64_t>::min();

// The server's two kinds of timestamp; infinity is the largest and the smallest value on both sides.
Problem encode_time(std::chrono::microseconds since_epoch, std::string& out) {
  if (since_epoch == std::chrono::microseconds::max()) {
    put(out, server_infinity);
  } else if (since_epoch == std::chrono::microseconds::min()) {
    put(out, server_minus_infinity);
  } else if (since_epoch.count() < server_minus_infinity + 1 + epoch_shift) {
    return "lies before every timestamp of PostgreSQL";
  } else {
    put(out, static_cast<std::int64_t>(since_epoch.count()) - epoch_shift);
  }
  return nullptr;
}

Problem decode_time(std::string_view bytes, std::chrono::microseconds& since_epoch) {
  if (bytes.size() != 8) return wrong_length;
  const auto value = get<std::int64_t>(bytes.data());
  if (value == server_infinity) {
    since_epoch = std::chrono::microseconds::max();
  } else if (value == server_minus_infinity) {
    since_epoch = std::chrono::microseconds::min();
  } else if (value >= server_infinity - epoch_shift) {
    return "is out of range (later than the year 294246)";
  } else {
    since_epoch = std::chrono::microseconds(value + epoch_shift);
  }
  return nullptr;
}

// Dates as days from 2000-01-01; infinity is the largest and the smallest number, and nothing valid is near them.
constexpr std::int32_t epoch_shift_days = 10'957;
constexpr std::int32_t first_date = -2'451'545;
constexpr std::int32_t last_date = 2'145'031'948;

}  // namespace

namespace codec {

void put_int16(std::string& out, std::int16_t value) {
  put(out, value);
}
void put_int32(std::string& out, std::int32_t value) {
  put(out, value);
}
void put_int64(std::string& out, std::int64_t value) {
  put(out, value);
}
std::int16_t int16_at(const char* at) {
  return get<std::int16_t>(at);
}
std::int32_t int32_at(const char* at) {
  return get<std::int32_t>(at);
}
std::int64_t int64_at(const char* at) {
  return get<std::int64_t>(at);
}

bool accepts_text(Oid type) {
  switch (type) {
    case oids::text:
    case oids::varchar:
    case oids::bpchar:
    case oids::name:
    case oids::unknown:
      return true;
    default:
      return type >= oids::first_user_defined;  // enums, citext, domains of extensions
  }
}

Problem decode_text(std::string_view bytes, std::string_view& out) {
  // Text never holds a zero byte; the binary form of other user-defined types nearly always does.
  if (bytes.find('\0') != std::string_view::npos) return "is not text (cast it in the statement)";
  out = bytes;
  return nullptr;
}

}  // namespace codec

Problem Codec<bool>::encode(const bool& value, std::string& out) {
  out += value ? '\1' : '\0';
  return nullptr;
}
bool Codec<bool>::accepts(Oid type) {
  return type == oids::boolean;
}
Problem Codec<bool>::decode(Oid, std::string_view bytes, bool& out) {
  if (bytes.size() != 1) return wrong_length;
  out = bytes[0] != 0;
  return nullptr;
}

Problem Codec<std::int16_t>::encode(const std::int16_t& value, std::string& out) {
  put(out, value);
  return nullptr;
}
bool Codec<std::int16_t>::accepts(Oid type) {
  return type == oids::int2;
}
Problem Codec<std::int16_t>::decode(Oid, std::string_view bytes, std::int16_t& out) {
  return decode_integer(bytes, out);
}

Problem Codec<std::int32_t>::encode(const std::int32_t& value, std::string& out) {
  put(out, value);
  return nullptr;
}
bool Codec<std::int32_t>::accepts(Oid type) {
  return type == oids::int4 || type == oids::int2;
}
Problem Codec<std::int32_t>::decode(Oid, std::string_view bytes, std::int32_t& out) {
  return decode_integer(bytes, out);
}

Problem Codec<std::int64_t>::encode(const std::int64_t& value, std::string& out) {
  put(out, value);
  return nullptr;
}
bool Codec<std::int64_t>::accepts(Oid type) {
  return type == oids::int8 || type == oids::int4 || type == oids::int2 || type == oids::oid;
}
Problem Codec<std::int64_t>::decode(Oid type, std::string_view bytes, std::int64_t& out) {
  if (type == oids::oid && bytes.size() == 4) {
    out = get<std::uint32_t>(bytes.data());
    return nullptr;
  }
  return decode_integer(bytes, out);
}

Problem Codec<float>::encode(const float& value, std::string& out) {
  put(out, std::bit_cast<std::int32_t>(value));
  return nullptr;
}
bool Codec<float>::accepts(Oid type) {
  return type == oids::float4;
}
Problem Codec<float>::decode(Oid, std::string_view bytes, float& out) {
  if (bytes.size() != 4) return wrong_length;
  out = std::bit_cast<float>(get<std::int32_t>(bytes.data()));
  return nullptr;
}

Problem Codec<double>::encode(const double& value, std::string& out) {
  put(out, std::bit_cast<std::int64_t>(value));
  return nullptr;
}
bool Codec<double>::accepts(Oid type) {
  return type == oids::float8 || type == oids::float4;
}
Problem Codec<double>::decode(Oid type, std::string_view bytes, double& out) {
  if (type == oids::float4) {
    float narrow = 0;
    const Problem problem = Codec<float>::decode(type, bytes, narrow);
    out = static_cast<double>(narrow);
    return problem;
  }
  if (bytes.size() != 8) return wrong_length;
  out = std::bit_cast<double>(get<std::int64_t>(bytes.data()));
  return nullptr;
}

Problem Codec<std::string_view>::encode(const std::string_view& value, std::string& out) {
  out += value;
  return nullptr;
}
bool Codec<std::string_view>::accepts(Oid type) {
  return codec::accepts_text(type);
}
Problem Codec<std::string_view>::decode(Oid, std::string_view bytes, std::string_view& out) {
  return codec::decode_text(bytes, out);
}

Problem Codec<std::string>::encode(const std::string& value, std::string& out) {
  out += value;
  return nullptr;
}
bool Codec<std::string>::accepts(Oid type) {
  return codec::accepts_text(type);
}
Problem Codec<std::string>::decode(Oid, std::string_view bytes, std::string& out) {
  std::string_view text;
  const Problem problem = codec::decode_text(bytes, text);
  out = text;
  return problem;
}

Problem Codec<Decimal>::encode(const Decimal& value, std::string& out) {
  return encode_numeric(value.text, out);
}
bool Codec<Decimal>::accepts(Oid type) {
  return type == oids::numeric;
}
Problem Codec<Decimal>::decode(Oid, std::string_view bytes, Decimal& out) {
  return decode_numeric(bytes, out.text);
}

Problem Codec<Timestamp>::encode(const Timestamp& value, std::string& out) {
  return encode_time(value.time_since_epoch(), out);
}
bool Codec<Timestamp>::accepts(Oid type) {
  return type == oids::timestamptz;
}
Problem Codec<Timestamp>::decode(Oid, std::string_view bytes, Timestamp& out) {
  std::chrono::microseconds since_epoch{};
  const Problem problem = decode_time(bytes, since_epoch);
  out = Timestamp(since_epoch);
  return problem;
}

Problem Codec<LocalTimestamp>::encode(const LocalTimestamp& value, std::string& out) {
  return encode_time(value.time_since_epoch(), out);
}
bool Codec<LocalTimestamp>::accepts(Oid type) {
  return type == oids::timestamp;
}
Problem Codec<LocalTimestamp>::decode(Oid, std::string_view bytes, LocalTimestamp& out) {
  std::chrono::microseconds since_epoch{};
  const Problem problem = decode_time(bytes, since_epoch);
  out = LocalTimestamp(since_epoch);
  return problem;
}

Problem Codec<Date>::encode(const Date& value, std::string& out) {
  const auto days = std::int64_t{value.time_since_epoch().count()} - epoch_shift_days;
  if (days < first_date || days > last_date) return "lies outside the dates of PostgreSQL (4713 BC to 5874897)";
  put(out, static_cast<std::int32_t>(days));
  return nullptr;
}
bool Codec<Date>::accepts(Oid type) {
  return type == oids::date;
}
Problem Codec<Date>::decode(Oid, std::string_view bytes, Date& out) {
  if (bytes.size() != 4) return wrong_length;
  const auto days = get<std::int32_t>(bytes.data());
  if (days < first_date || days > last_date) return "is infinite";
  out = Date(std::chrono::days(days + epoch_shift_days));
  return nullptr;
}

// Layout (src/backend/utils/adt/timestamp.c, interval_send): microseconds, days, months.
Problem Codec<Interval>::encode(const Interval& value, std::string& out) {
  put(out, static_cast<std::int64_t>(value.time.count()));
  put(out, value.days);
  put(out, value.months);
  return nullptr;
}
bool Codec<Interval>::accepts(Oid type) {
  return type == oids::interval;
}
Problem Codec<Interval>::decode(Oid, std::string_view bytes, Interval& out) {
  if (bytes.size() != 16) return wrong_length;
  out.time = std::chrono::microseconds(get<std::int64_t>(bytes.data()));
  out.days = get<std::int32_t>(bytes.data() + 8);
  out.months = get<std::int32_t>(bytes.data() + 12);
  return nullptr;
}

Problem Codec<Bytes>::encode(const Bytes& value, std::string& out) {
  out += value.bytes;
  return nullptr;
}
bool Codec<Bytes>::accepts(Oid type) {
  return type == oids::bytea;
}
Problem Codec<Bytes>::decode(Oid, std::string_view bytes, Bytes& out) {
  out.bytes = bytes;
  return nullptr;
}

Problem Codec<Uuid>::encode(const Uuid& value, std::string& out) {
  for (const std::uint8_t byte : value.bytes) out += static_cast<char>(byte);
  return nullptr;
}
bool Codec<Uuid>::accepts(Oid type) {
  return type == oids::uuid;
}
Problem Codec<Uuid>::decode(Oid, std::string_view bytes, Uuid& out) {
  if (bytes.size() != out.bytes.size()) return wrong_length;
  std::memcpy(out.bytes.data(), bytes.data(), bytes.size());
  return nullptr;
}

// jsonb's binary form is a version byte, 1, and the text.
Problem Codec<Json>::encode(const Json& value, std::string& out) {
  out += '\1';
  out += value.text;
  return nullptr;
}
bool Codec<Json>::accepts(Oid type) {
  return type == oids::jsonb || type == oids::json;
}
Problem Codec<Json>::decode(Oid type, std::string_view bytes, Json& out) {
  if (type == oids::jsonb) {
    if (!bytes.starts_with('\1')) return "has a jsonb version that is not known here";
    bytes.remove_prefix(1);
  }
  out.text = bytes;
  return nullptr;
}

}  // namespace support::database
