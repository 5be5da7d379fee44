#include "app/alembic/autogenerate/sql_pieces.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/autogenerate/column_changes.hpp"

namespace support::tests {
namespace {

using namespace alembic::autogenerate;
using testing::ElementsAre;

TEST(SqlPieces, SplitsAListAtItsOwnCommasAlone) {
  EXPECT_THAT(split_list("a"), ElementsAre("a"));
  EXPECT_THAT(split_list("a, lower(b), substr(c, 1, 2) DESC"), ElementsAre("a", "lower(b)", "substr(c, 1, 2) DESC"));
  EXPECT_THAT(split_list(R"(a || ',', "b,c", ('it''s, (so' || d))"),
              ElementsAre("a || ','", "\"b,c\"", "('it''s, (so' || d)"));
  EXPECT_THAT(split_list("ARRAY[1, 2], x"), ElementsAre("ARRAY[1, 2]", "x"));
}

TEST(SqlPieces, TakesAwayOnlyParenthesesThatHoldTheWhole) {
  EXPECT_EQ(without_parentheses("(a > 0)"), "a > 0");
  EXPECT_EQ(without_parentheses("(a) > (b)"), "(a) > (b)");
  EXPECT_EQ(without_parentheses("a"), "a");
  EXPECT_EQ(without_parentheses("((a) = ')')"), "(a) = ')'");
}

TEST(SqlPieces, FindsTheEndOfParenthesesPastQuotes) {
  EXPECT_EQ(end_of_parentheses("f(')', \"(\") + 1", 1), 11U);
  EXPECT_EQ(end_of_parentheses("(a", 0), std::string_view::npos);
}

TEST(SqlPieces, QuotesTheValuesOfParameters) {
  EXPECT_EQ(parameter_list({"fillfactor=70", "user_catalog_table"}), "fillfactor = '70', user_catalog_table");
}

struct ConversionCase {
  std::string from;
  std::string to;
  std::string expression;
};

TEST(Conversion, IsWrittenOnlyWherePostgresqlDoesNotCastByItself) {
  const std::vector<ConversionCase> cases{
      {"integer", "bigint", ""},
      {"bigint", "smallint", ""},
      {"character varying(50)", "text", ""},
      {"integer", "text", ""},
      {"timestamp(3) without time zone", "timestamp with time zone", ""},
      {"text", "integer", "c::integer"},
      {"text", "jsonb", "c::jsonb"},
      {"boolean", "integer", "c::integer"},
      {"integer", "uuid", "c::text::uuid"},
      {"integer[]", "bigint[]", ""},
      {"integer[]", "uuid[]", "c::text[]::uuid[]"},
      {"integer", "integer[]", "c::text::integer[]"},
  };
  for (const auto& [from, to, expression] : cases) {
    EXPECT_EQ(conversion("c", from, to), expression) << from << " to " << to;
  }
  EXPECT_EQ(conversion("Big One", "text", "integer"), "\"Big One\"::integer");
}

}  // namespace
}  // namespace support::tests
