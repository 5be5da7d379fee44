#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/database/types.hpp"

namespace support::database {

// Oids of the built-in types; they never change (src/include/catalog/pg_type.dat).
namespace oids {
inline constexpr Oid inferred = 0, boolean = 16, bytea = 17, name = 19, int8 = 20, int2 = 21, int4 = 23, text = 25,
                     oid = 26, json = 114, float4 = 700, float8 = 701, unknown = 705, bpchar = 1042, varchar = 1043,
                     date = 1082, timestamp = 1114, timestamptz = 1184, interval = 1186, numeric = 1700, uuid = 2950,
                     jsonb = 3802;
inline constexpr Oid boolean_array = 1000, int2_array = 1005, int4_array = 1007, text_array = 1009, int8_array = 1016,
                     float4_array = 1021, float8_array = 1022, timestamptz_array = 1185, numeric_array = 1231,
                     uuid_array = 2951, jsonb_array = 3807;
inline constexpr Oid bytea_array = 1001, timestamp_array = 1115, date_array = 1182, interval_array = 1187;
inline constexpr Oid json_array = 199, name_array = 1003, bpchar_array = 1014, varchar_array = 1015;
inline constexpr Oid first_user_defined = 16384;  // FirstNormalObjectId
}  // namespace oids

// What is wrong with a value, as the end of a sentence ("it …"); null when nothing is.
using Problem = const char*;

// How a C++ type travels in PostgreSQL's binary format. Specialise to teach the engine another type:
//   name                    as it reads in messages
//   oid, array_oid          what a parameter declares
//   encode(value, out)      appends the binary form
//   accepts(oid)            which server types it can be read from
//   decode(oid, bytes, out) reads a value that is not NULL
template <class T>
struct Codec;

namespace codec {
void put_int16(std::string& out, std::int16_t);
void put_int32(std::string& out, std::int32_t);
void put_int64(std::string& out, std::int64_t);
std::int16_t int16_at(const char*);
std::int32_t int32_at(const char*);
std::int64_t int64_at(const char*);
bool accepts_text(Oid);
Problem decode_text(std::string_view bytes, std::string_view& out);
}  // namespace codec

// The members that every specialisation below has.
#define SUPPORT_CODEC(TYPE, NAME, OID, ARRAY_OID)                       \
  template <>                                                           \
  struct Codec<TYPE> {                                                  \
    static constexpr std::string_view name = NAME;                      \
    static constexpr Oid oid = OID;                                     \
    static constexpr Oid array_oid = ARRAY_OID;                         \
    static Problem encode(const TYPE& value, std::string& out);         \
    static bool accepts(Oid type);                                      \
    static Problem decode(Oid type, std::string_view bytes, TYPE& out); \
  }

SUPPORT_CODEC(bool, "boolean", oids::boolean, oids::boolean_array);
SUPPORT_CODEC(std::int16_t, "smallint", oids::int2, oids::int2_array);
SUPPORT_CODEC(std::int32_t, "integer", oids::int4, oids::int4_array);
SUPPORT_CODEC(std::int64_t, "bigint", oids::int8, oids::int8_array);
SUPPORT_CODEC(float, "real", oids::float4, oids::float4_array);
SUPPORT_CODEC(double, "double precision", oids::float8, oids::float8_array);
SUPPORT_CODEC(std::string, "text", oids::text, oids::text_array);
// Reading a std::string_view borrows from the Rows it is read from.
SUPPORT_CODEC(std::string_view, "text", oids::text, oids::text_array);
SUPPORT_CODEC(Decimal, "numeric", oids::numeric, oids::numeric_array);
SUPPORT_CODEC(Timestamp, "timestamptz", oids::timestamptz, oids::timestamptz_array);
SUPPORT_CODEC(Uuid, "uuid", oids::uuid, oids::uuid_array);
SUPPORT_CODEC(Json, "jsonb", oids::jsonb, oids::jsonb_array);
SUPPORT_CODEC(Bytes, "bytea", oids::bytea, oids::bytea_array);
SUPPORT_CODEC(Date, "date", oids::date, oids::date_array);
SUPPORT_CODEC(LocalTimestamp, "timestamp", oids::timestamp, oids::timestamp_array);
SUPPORT_CODEC(Interval, "interval", oids::interval, oids::interval_array);
#undef SUPPORT_CODEC

// No array_oid: an array's header needs the element's oid, which no program can know.
template <>
struct Codec<Vector> {
  static constexpr std::string_view name = "vector";
  static constexpr Oid oid = oids::inferred;
  static Problem encode(const Vector& value, std::string& out);
  static bool accepts(Oid type);
  static Problem decode(Oid type, std::string_view bytes, Vector& out);
};

template <Labelled Enum>
struct Codec<Enum> {
  static constexpr std::string_view name = "an enum";
  static bool accepts(Oid type) { return codec::accepts_text(type); }
  static Problem decode(Oid, std::string_view bytes, Enum& out) {
    for (const auto& [value, label] : EnumLabels<Enum>::labels) {
      if (label == bytes) {
        out = value;
        return nullptr;
      }
    }
    return "is a label that this version of the program does not know";
  }
};

}  // namespace support::database
