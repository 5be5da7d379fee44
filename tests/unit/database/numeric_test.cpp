#include "app/database/numeric.hpp"

#include <fstream>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "bytes.hpp"

namespace support::database::tests {
namespace {

std::vector<boost::json::object> cases() {
  std::ifstream file(SUPPORT_SOURCE_DIR "/tests/data/numeric.jsonl");
  std::vector<boost::json::object> cases;
  for (std::string line; std::getline(file, line);) cases.push_back(boost::json::parse(line).as_object());
  return cases;
}

TEST(NumericTest, WritesTheServersBytesAndReadsThemBack) {
  ASSERT_FALSE(cases().empty());
  for (const auto& c : cases()) {
    const std::string text(c.at("text").as_string());
    std::string bytes;
    EXPECT_EQ(encode_numeric(text, bytes), nullptr) << text;
    EXPECT_EQ(to_hex(bytes), std::string(c.at("bytes").as_string())) << text;
    std::string read;
    EXPECT_EQ(decode_numeric(bytes, read), nullptr) << text;
    EXPECT_EQ(read, c.contains("reads_as") ? std::string(c.at("reads_as").as_string()) : text);
  }
}

TEST(NumericTest, RefusesWhatIsNoDecimalNumber) {
  using namespace std::string_view_literals;
  for (const auto text : {""sv, "."sv, "-"sv, "+"sv, "1e5"sv, "0x10"sv, "1,5"sv, " 1"sv, "1 "sv, "1.2.3"sv, "--1"sv,
                          "nan"sv, "inf"sv, "1_0"sv, "12\0"sv}) {
    std::string bytes;
    EXPECT_NE(encode_numeric(text, bytes), nullptr) << text;
  }
}

TEST(NumericTest, RefusesMoreDigitsThanTheServerHolds) {
  std::string bytes;
  EXPECT_EQ(encode_numeric(std::string(131'072, '9'), bytes), nullptr);
  EXPECT_NE(encode_numeric(std::string(131'073, '9'), bytes), nullptr);
  EXPECT_EQ(encode_numeric("0." + std::string(16'383, '9'), bytes), nullptr);
  EXPECT_NE(encode_numeric("0." + std::string(16'384, '9'), bytes), nullptr);
}

TEST(NumericTest, RefusesMalformedBytes) {
  std::string text;
  for (const char* hex : {"", "00", "0001000000000000", "00010000000000000001ff", "00010000123400000001",
                          "0001000000000000ffff", "000000000000ffff", "00010000000000002710"}) {
    EXPECT_NE(decode_numeric(from_hex(hex), text), nullptr) << hex;
  }
}

}  // namespace
}  // namespace support::database::tests
