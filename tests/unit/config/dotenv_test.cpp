#include "app/config/dotenv.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "seed.hpp"

namespace support::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string value_of(std::string_view text) {
  const DotenvFile file = parse_dotenv(text);
  if (!file.problems.empty()) return "problem: " + file.problems.front();
  return file.entries.size() == 1 ? file.entries.front().value : std::to_string(file.entries.size()) + " entries";
}

TEST(Dotenv, ReadsTheValueOfEveryForm) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"A=plain", "plain"},
      {"A=", ""},
      {"A= spaced out \t\n", "spaced out"},
      {"  A = x", "x"},
      {"export A=x", "x"},
      {"export\tA=x", "x"},
      {"A=x # comment", "x"},
      {"A=x#no comment", "x#no comment"},
      {"A=#comment", ""},
      {"A=a=b", "a=b"},
      {"A='single $x \\n \"q\"'", "single $x \\n \"q\""},
      {"A='it\\'s'", "it's"},
      {"A='back\\\\slash'", "back\\slash"},
      {R"(A="a\nb\t\"c\"\\ \$d \x")", "a\nb\t\"c\"\\ $d \\x"},
      {"A=\"two\r\nlines\" # comment", "two\nlines"},
      {"A=\"x\"\r\n", "x"},
      {"A=x\r\n", "x"},
      {"\xEF\xBB\xBF"
       "A=x",
       "x"},
      {"# comment\n\n   \nA=x", "x"},
      {"A=postgresql://u:p@h/db?a=b&c=d#e", "postgresql://u:p@h/db?a=b&c=d#e"},
      {"exported=x", "x"},
  };
  for (const auto& [text, value] : cases) EXPECT_EQ(value_of(text), value) << text;
}

TEST(Dotenv, CountsLinesThroughQuotedNewlines) {
  const DotenvFile file = parse_dotenv("A='1\n2'\r\nB=x\n\nC=y");
  ASSERT_THAT(file.entries, ::testing::SizeIs(3));
  EXPECT_EQ(file.entries[0].line, 1U);
  EXPECT_EQ(file.entries[1].line, 3U);
  EXPECT_EQ(file.entries[2].line, 5U);
}

TEST(Dotenv, NamesTheLineOfEveryProblemAndGoesOn) {
  const DotenvFile file = parse_dotenv("no equals\nA=1\n=x\nB='x' y\n9A=x\nC=2\nD=\"open\nE=3\n");
  EXPECT_THAT(file.problems,
              ElementsAre(HasSubstr("Line 1 is no"), HasSubstr("Line 3 is no"), HasSubstr("Line 4 goes on"),
                          HasSubstr("Line 5 is no"), HasSubstr("Line 7 opens a quote")));
  ASSERT_THAT(file.entries, ::testing::SizeIs(2));
  EXPECT_EQ(file.entries[1].name, "C");
}

TEST(Dotenv, NoticesWhatOtherReadersWouldReplace) {
  EXPECT_TRUE(parse_dotenv("A=${B}").entries.front().expands);
  EXPECT_TRUE(parse_dotenv("A=\"x${B}\"").entries.front().expands);
  EXPECT_FALSE(parse_dotenv("A='${B}'").entries.front().expands);
  EXPECT_FALSE(parse_dotenv("A=\"\\${B}\"").entries.front().expands);
  EXPECT_FALSE(parse_dotenv("A=$B").entries.front().expands);
}

TEST(Dotenv, NeverQuotesAValueInAProblem) {
  std::mt19937 random(testing::seed());
  const std::string good = "export SECRET_KEY='QX9ZK7VW5JH3' # note\nDATABASE_URL=\"QX9ZK7VW5JH3\"\n";
  for (int i = 0; i < 20'000; ++i) {
    std::string text = good;
    for (int j = 0; j < 3; ++j) {
      const auto at = std::uniform_int_distribution<std::size_t>(0, text.size() - 1)(random);
      text.replace(at, 1, testing::random_bytes(random, 0, 2));
    }
    for (const auto& problem : parse_dotenv(text).problems) {
      ASSERT_EQ(problem.find("QX9"), std::string::npos) << text;
      ASSERT_EQ(problem.find("JH3"), std::string::npos) << text;
    }
  }
}

TEST(Dotenv, ReadsRandomBytesWithoutHarm) {
  std::mt19937 random(testing::seed());
  for (int i = 0; i < 20'000; ++i) {
    std::string text = testing::random_bytes(random, 0, 60);
    for (char& c : text) {
      if (random() % 3 == 0) c = "A='\"\\\n#$ {"[random() % 11];
    }
    const DotenvFile file = parse_dotenv(text);
    for (const auto& entry : file.entries) ASSERT_FALSE(entry.name.empty());
  }
}

}  // namespace
}  // namespace support::config
