#include "app/alembic/script/relative_target.hpp"

#include <limits>

#include <gtest/gtest.h>

namespace support::alembic {
namespace {

struct Case {
  std::string text;
  std::optional<std::string> branch_label;
  std::optional<std::string> symbol;
  long steps;
};

class RelativeTargetText : public testing::TestWithParam<Case> {};

TEST_P(RelativeTargetText, IsTakenApart) {
  const auto& expected = GetParam();
  const auto parsed = parse_relative(expected.text);
  ASSERT_TRUE(parsed) << expected.text;
  EXPECT_EQ(parsed->branch_label, expected.branch_label);
  EXPECT_EQ(parsed->symbol, expected.symbol);
  EXPECT_EQ(parsed->steps, expected.steps);
}

INSTANTIATE_TEST_SUITE_P(Texts, RelativeTargetText,
                         testing::Values(Case{"+1", {}, {}, 1}, Case{"-12", {}, {}, -12}, Case{"ae10+2", {}, "ae10", 2},
                                         Case{"head-1", {}, "head", -1}, Case{"lib@+1", "lib", {}, 1},
                                         Case{"lib@ae10-3", "lib", "ae10", -3}, Case{"a@b@c+1", "a@b", "c", 1},
                                         Case{"ae10+2 and more", {}, "ae10", 2},
                                         Case{"-99999999999999999999", {}, {}, -std::numeric_limits<int>::max()}));

TEST(RelativeTarget, AbsoluteTextsAreNot) {
  for (const auto* text : {"", "ae10", "head", "lib@head", "lib@ae10", "+", "-", "ae10+", "a b+1", "@+1"}) {
    EXPECT_FALSE(parse_relative(text)) << text;
  }
}

}  // namespace
}  // namespace support::alembic
