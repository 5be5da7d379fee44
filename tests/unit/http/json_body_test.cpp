#include "app/http/json_body.hpp"

#include <string>

#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace support::http {
namespace {

using ::testing::HasSubstr;

std::string refusal(std::string_view text) {
  const auto parsed = parse_json(text);
  if (parsed) return "";
  EXPECT_EQ(parsed.error().status, Status::bad_request);
  EXPECT_EQ(parsed.error().title, "Malformed JSON");
  return parsed.error().detail;
}

TEST(ParseJson, GivesTheValue) {
  const std::string text = R"({"a":[1,-2,18446744073709551615,1.5,true,null,"x\n\u00e9"],"b":{"a":1}})";
  const auto parsed = parse_json(text);
  ASSERT_TRUE(parsed) << parsed.error().detail;
  EXPECT_EQ(*parsed, boost::json::parse(text));
  EXPECT_TRUE(parse_json(" [] \r\n"));
  EXPECT_TRUE(parse_json("null"));
}

TEST(ParseJson, SaysWhereTheMistakeIs) {
  EXPECT_THAT(refusal("{\"a\": 1,\n \"b\": ?}"), HasSubstr("line 2, column 7"));
  EXPECT_THAT(refusal("{\"a\": 1"), HasSubstr("ends in the middle"));
  EXPECT_THAT(refusal("{} {}"), HasSubstr("line 1, column 4"));
  EXPECT_THAT(refusal(""), HasSubstr("empty"));
  EXPECT_NE(refusal("   "), "");
}

TEST(ParseJson, RefusesWhatIsNotJson) {
  for (const auto* text : {"{'a':1}", "{a:1}", "[1,]", "{\"a\":1,}", "01", "+1", ".5", "NaN", "// c\n1",
                           "\xEF\xBB\xBF{}", "\"\n\"", "\"\\x\"", "\"\xff\"", "\"\\ud800\""}) {
    EXPECT_NE(refusal(text), "") << text;
  }
}

TEST(ParseJson, RefusesAMemberNamedTwice) {
  EXPECT_THAT(refusal(R"({"a":1,"b":2,"a":3})"), HasSubstr("\"a\" twice"));
  EXPECT_THAT(refusal(R"({"x":{"n":1,"\u006e":2}})"), HasSubstr("\"n\" twice"));
  EXPECT_TRUE(parse_json(R"({"a":{"a":1},"b":{"a":2},"c":[{"a":1},{"a":1}]})"));
}

TEST(ParseJson, LimitsTheDepth) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(parse_json(nested(max_json_depth)));
  EXPECT_THAT(refusal(nested(max_json_depth + 1)), HasSubstr("nests deeper than 32"));
  EXPECT_THAT(refusal(std::string(100'000, '[')), HasSubstr("nests deeper than 32"));
}

TEST(ParseJson, ReadsALargeObject) {
  std::string text = "{";
  for (int index = 0; index < 20'000; ++index)
    text += "\"member" + std::to_string(index) + "\":" + std::to_string(index) + ",";
  text.back() = '}';
  const auto parsed = parse_json(text);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->as_object().size(), 20'000U);
}

TEST(ParseJson, ThrowsTheProblemFromValue) {
  try {
    static_cast<void>(parse_json("{").value());
    FAIL() << "it should throw";
  } catch (const ProblemError& error) {
    EXPECT_EQ(error.problem().status, Status::bad_request);
  }
}

}  // namespace
}  // namespace support::http
