#include "app/database/params.hpp"

#include <limits>

#include <gmock/gmock.h>

#include "bytes.hpp"

namespace support::database::tests {

enum class Mood { calm, cross, unnamed };

}  // namespace support::database::tests

template <>
struct support::database::EnumLabels<support::database::tests::Mood> {
  static constexpr std::array labels{std::pair{tests::Mood::calm, std::string_view("CALM")},
                                     std::pair{tests::Mood::cross, std::string_view("CROSS")}};
};

namespace support::database::tests {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string bytes_of(const Params& params, std::size_t index = 0) {
  const auto& value = params.values()[index];
  return params.bytes().substr(value.offset, static_cast<std::size_t>(value.length));
}

TEST(ParamsTest, EveryTypeDeclaresItsOidAndItsBinaryForm) {
  const Uuid uuid = *Uuid::parse("00112233-4455-6677-8899-aabbccddeeff");
  const Params params = make_params(true, std::int16_t{-2}, std::int32_t{7}, std::int64_t{-1}, 1.5F, -2.0, "text"s,
                                    uuid, Json{"{}"}, Decimal{"1"});
  EXPECT_THAT(params.types(), testing::ElementsAre(16U, 21U, 23U, 20U, 700U, 701U, 25U, 2950U, 3802U, 1700U));
  const std::vector<std::string> expected{"01",       "fffe",
                                          "00000007", "ffffffffffffffff",
                                          "3fc00000", "c000000000000000",
                                          "74657874", "00112233445566778899aabbccddeeff",
                                          "017b7d",   "00010000000000000001"};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(to_hex(bytes_of(params, i)), expected[i]) << i;
    EXPECT_TRUE(params.values()[i].binary) << i;
  }
  EXPECT_THAT(params.problem(), IsEmpty());
}

TEST(ParamsTest, TextKeepsItsZeroBytes) {
  const Params params = make_params("a\0b"s);
  EXPECT_EQ(params.values()[0].length, 3);
  EXPECT_THAT(params.problem(), IsEmpty());  // the server refuses them, nothing is cut off
}

TEST(ParamsTest, InferredTextEndsWithAZeroByteAndMayNotHoldOne) {
  const Params good = make_params(Inferred{"abc"}, std::int32_t{1});
  EXPECT_EQ(good.types()[0], oids::inferred);
  EXPECT_FALSE(good.values()[0].binary);
  EXPECT_EQ(good.values()[0].length, 3);
  EXPECT_EQ(good.bytes().substr(0, 4), "abc\0"s);
  const Params bad = make_params(std::int32_t{1}, Inferred{std::string_view("a\0b", 3)});
  EXPECT_EQ(bad.problem(), "Parameter $2 can't be sent: it holds a zero byte.");
}

TEST(ParamsTest, AnEmptyOptionalIsATypedNull) {
  const Params params =
      make_params(std::optional<std::int32_t>(), std::optional<std::string>(), std::optional<std::vector<Uuid>>(),
                  std::optional<Mood>(), std::optional<Inferred>(), std::optional<const char*>());
  EXPECT_THAT(params.types(), testing::ElementsAre(oids::int4, oids::text, oids::uuid_array, 0U, 0U, oids::text));
  for (const auto& value : params.values()) EXPECT_EQ(value.length, Params::null_length);
}

TEST(ParamsTest, AFullOptionalIsItsValue) {
  const Params params = make_params(std::optional<std::int32_t>(5));
  EXPECT_EQ(params.types()[0], oids::int4);
  EXPECT_EQ(bytes_of(params), int32_bytes(5));
}

TEST(ParamsTest, EnumsTravelAsTheirLabels) {
  const Params params = make_params(Mood::cross);
  EXPECT_EQ(params.types()[0], oids::inferred);
  EXPECT_EQ(bytes_of(params), "CROSS");
}

TEST(ParamsTest, AnEnumValueWithoutALabelIsRefused) {
  EXPECT_EQ(make_params(Mood::unnamed).problem(), "Parameter $1 can't be sent: it has no label in EnumLabels.");
}

TEST(ParamsTest, ArraysCarryTheirElements) {
  const Params params = make_params(std::vector<std::int32_t>{1, -1});
  EXPECT_EQ(params.types()[0], oids::int4_array);
  EXPECT_EQ(bytes_of(params), int32_bytes(1) + int32_bytes(0) + int32_bytes(23) + int32_bytes(2) + int32_bytes(1) +
                                  int32_bytes(4) + int32_bytes(1) + int32_bytes(4) + int32_bytes(-1));
}

TEST(ParamsTest, ArraysCarryNulls) {
  const Params params = make_params(std::vector<std::optional<std::string>>{"ab", std::nullopt, ""});
  EXPECT_EQ(bytes_of(params), array_bytes(oids::text, {"ab", std::nullopt, ""}));
}

TEST(ParamsTest, AnEmptyArrayHasNoDimensions) {
  const Params params = make_params(std::vector<bool>{});
  EXPECT_EQ(params.types()[0], oids::boolean_array);
  EXPECT_EQ(bytes_of(params), int32_bytes(0) + int32_bytes(0) + int32_bytes(16));
}

TEST(ParamsTest, VectorOfBoolIsAnArrayToo) {
  const Params params = make_params(std::vector<bool>{true});
  EXPECT_EQ(bytes_of(params), int32_bytes(1) + int32_bytes(0) + int32_bytes(16) + int32_bytes(1) + int32_bytes(1) +
                                  int32_bytes(1) + "\1");
}

TEST(ParamsTest, TimestampsCountFromTheYear2000) {
  using namespace std::chrono;
  const auto at = [](sys_days day) { return Timestamp(day); };
  EXPECT_EQ(bytes_of(make_params(at(2000y / 1 / 1))), int64_bytes(0));
  EXPECT_EQ(bytes_of(make_params(at(1970y / 1 / 1))), int64_bytes(-946'684'800'000'000));
  EXPECT_EQ(bytes_of(make_params(infinite_future)), int64_bytes(std::numeric_limits<std::int64_t>::max()));
  EXPECT_EQ(bytes_of(make_params(infinite_past)), int64_bytes(std::numeric_limits<std::int64_t>::min()));
  const Params too_early = make_params(infinite_past + microseconds(1));
  EXPECT_THAT(too_early.problem(), HasSubstr("before every timestamp"));
}

TEST(ParamsTest, ABadValueIsReportedWithoutItself) {
  const Params params = make_params(std::int32_t{1}, Decimal{"12 pounds"}, Decimal{"x"});
  EXPECT_THAT(params.problem(), HasSubstr("Parameter $2 can't be sent: it is not a decimal number"));
  EXPECT_THAT(params.problem(), Not(HasSubstr("pounds")));
  EXPECT_THAT(make_params(std::vector<Decimal>{{"1"}, {"?"}, {"2"}}).problem(), HasSubstr("not a decimal number"));
}

}  // namespace
}  // namespace support::database::tests
