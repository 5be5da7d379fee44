// The binary forms of the types that are not in params_test.cpp and rows_test.cpp, both ways.
#include "app/database/codec.hpp"

#include <limits>

#include <gmock/gmock.h>

#include "app/database/params.hpp"

#include "bytes.hpp"

namespace support::database::tests {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;

template <class T>
std::string encoded(const T& value) {
  const Params params = make_params(value);
  EXPECT_THAT(params.problem(), IsEmpty());
  EXPECT_TRUE(params.values()[0].binary);
  return to_hex(params.bytes());
}

template <class T>
void expect_both_ways(Oid type, const T& value, const std::string& hex) {
  EXPECT_EQ(encoded(value), hex);
  EXPECT_TRUE(Codec<T>::accepts(type));
  T back{};
  EXPECT_EQ(Codec<T>::decode(type, from_hex(hex), back), nullptr) << hex;
  EXPECT_EQ(back, value) << hex;
}

template <class T>
void expect_unreadable(Oid type, const std::string& hex, const std::string& why) {
  T out{};
  const Problem problem = Codec<T>::decode(type, from_hex(hex), out);
  ASSERT_NE(problem, nullptr) << hex;
  EXPECT_THAT(problem, HasSubstr(why));
}

TEST(CodecTest, BytesAreThemselves) {
  expect_both_ways(oids::bytea, Bytes{std::string("\0\1\xFF", 3)}, "0001ff");
  expect_both_ways(oids::bytea, Bytes{}, "");
}

TEST(CodecTest, DatesCountDaysFrom2000) {
  expect_both_ways<Date>(oids::date, std::chrono::sys_days(2000y / 1 / 1), "00000000");
  expect_both_ways<Date>(oids::date, std::chrono::sys_days(1999y / 12 / 31), "ffffffff");
  expect_both_ways<Date>(oids::date, std::chrono::sys_days(1970y / 1 / 1), "ffffd533");
  expect_unreadable<Date>(oids::date, "7fffffff", "infinite");
  expect_unreadable<Date>(oids::date, "80000000", "infinite");
  expect_unreadable<Date>(oids::date, "0000", "length");
  EXPECT_THAT(make_params(Date(std::chrono::days(std::numeric_limits<int>::min()))).problem(), HasSubstr("outside"));
  EXPECT_THAT(make_params(Date(std::chrono::days(std::numeric_limits<int>::max()))).problem(), HasSubstr("outside"));
}

TEST(CodecTest, LocalTimestampsCountMicrosecondsFrom2000) {
  const LocalTimestamp start(std::chrono::microseconds(946'684'800'000'000));
  expect_both_ways(oids::timestamp, start, "0000000000000000");
  expect_both_ways(oids::timestamp, LocalTimestamp(start - 1us), "ffffffffffffffff");
  expect_both_ways(oids::timestamp, LocalTimestamp::max(), "7fffffffffffffff");
  expect_both_ways(oids::timestamp, LocalTimestamp::min(), "8000000000000000");
  EXPECT_FALSE(Codec<LocalTimestamp>::accepts(oids::timestamptz));
  EXPECT_FALSE(Codec<Timestamp>::accepts(oids::timestamp));
}

TEST(CodecTest, IntervalsKeepTheirThreeParts) {
  expect_both_ways(oids::interval, Interval{14, -3, 1s},
                   "00000000000f4240"
                   "fffffffd"
                   "0000000e");
  expect_unreadable<Interval>(oids::interval, "00", "length");
}

// The bytes are those of pgvector 0.8's vector_send('[1,-2.5,0]').
TEST(CodecTest, VectorsHaveTheLayoutOfPgvector) {
  constexpr Oid vector = 16'400;
  expect_both_ways(vector, Vector{{1.0F, -2.5F, 0.0F}},
                   "00030000"
                   "3f800000"
                   "c0200000"
                   "00000000");
  EXPECT_EQ(make_params(Vector{{1.0F}}).types()[0], oids::inferred);
  EXPECT_EQ(make_params(std::optional<Vector>()).types()[0], oids::inferred);
  EXPECT_FALSE(Codec<Vector>::accepts(oids::text));
  for (const char* cut : {"", "0001", "00010000", "000100003f8000", "000100003f80000000", "000100013f800000"}) {
    expect_unreadable<Vector>(vector, cut, "is not a vector");
  }
  const Vector largest{std::vector<float>(16'000, 0.5F)};
  Vector back;
  EXPECT_EQ(Codec<Vector>::decode(vector, make_params(largest).bytes(), back), nullptr);
  EXPECT_EQ(back, largest);
}

TEST(CodecTest, AVectorIsAlsoReadFromAnArrayOfReal) {
  Vector read;
  const std::string array = array_bytes(oids::float4, {from_hex("3f800000"), from_hex("c0200000")});
  EXPECT_EQ(Codec<Vector>::decode(oids::float4_array, array, read), nullptr);
  EXPECT_EQ(read, (Vector{{1.0F, -2.5F}}));
}

TEST(CodecTest, AVectorThatPgvectorWouldRefuseIsNotSent) {
  EXPECT_THAT(make_params(Vector{}).problem(), HasSubstr("without components"));
  EXPECT_THAT(make_params(Vector{std::vector<float>(16'001)}).problem(), HasSubstr("16,000"));
  EXPECT_THAT(make_params(Vector{{std::numeric_limits<float>::quiet_NaN()}}).problem(), HasSubstr("not finite"));
  EXPECT_THAT(make_params(Vector{{std::numeric_limits<float>::infinity()}}).problem(), HasSubstr("not finite"));
}

}  // namespace
}  // namespace support::database::tests
