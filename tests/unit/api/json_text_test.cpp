#include "app/api/json_text.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <gtest/gtest.h>

namespace support::api {
namespace {

using std::chrono::microseconds;

template <class T>
std::string json_of(const T& value) {
  std::string text;
  append_json(text, value);
  return text;
}

std::string rfc3339(microseconds time) {
  std::string text;
  append_rfc3339(text, database::Timestamp(time));
  return text;
}

TEST(Rfc3339, PrintsMicrosecondsInUtc) {
  EXPECT_EQ(rfc3339(microseconds(1768707518172294)), "2026-01-18T03:38:38.172294Z");
  EXPECT_EQ(rfc3339(microseconds(0)), "1970-01-01T00:00:00.000000Z");
}

TEST(Rfc3339, CountsBackwardsBefore1970) {
  EXPECT_EQ(rfc3339(microseconds(-1)), "1969-12-31T23:59:59.999999Z");
}

TEST(JsonText, WritesEveryByteAsBoostDoes) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text = std::string("a") + static_cast<char>(byte) + "b";
    EXPECT_EQ(json_of(text), boost::json::serialize(boost::json::string(text))) << byte;
  }
  EXPECT_EQ(json_of(std::string()), "\"\"");
  EXPECT_EQ(json_of(std::string("\n\n")), R"("\n\n")");
}

TEST(JsonText, WritesNumbersAndTruthAndAbsence) {
  EXPECT_EQ(json_of(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(json_of(std::int32_t{0}), "0");
  EXPECT_EQ(json_of(true), "true");
  EXPECT_EQ(json_of(false), "false");
  EXPECT_EQ(json_of(std::optional<std::string>()), "null");
  EXPECT_EQ(json_of(std::optional<bool>(false)), "false");
}

TEST(JsonText, SeparatesMembers) {
  std::string text = "[";
  JsonObject(text).end();
  text += ',';
  JsonObject(text).member("a", 1).raw("b", "{}").member("c", std::string("{")).member("d", 2).end();
  EXPECT_EQ(text, R"([{},{"a":1,"b":{},"c":"{","d":2})");
}

}  // namespace
}  // namespace support::api
