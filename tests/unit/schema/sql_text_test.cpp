#include "app/schema/sql_text.hpp"

#include <stdexcept>

#include <gmock/gmock.h>

namespace support::schema {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(SqlText, LosesTheBlanksAndSemicolonsAroundIt) {
  EXPECT_EQ(sql_text("The query", "\n  SELECT ';' ;\n; "), "SELECT ';'");
}

TEST(SqlText, EndsTheCommentThatWouldSwallowWhatFollows) {
  EXPECT_EQ(sql_text("The query", "SELECT 1 -- one;"), "SELECT 1 -- one\n");
  EXPECT_EQ(sql_text("The query", "SELECT 1 -- one\n+ 1;"), "SELECT 1 -- one\n+ 1");
}

TEST(SqlText, RefusesNothing) {
  EXPECT_THAT([] { sql_text("The query", " ;\n"); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("The query is empty; give it its SQL.")));
}

TEST(DollarQuote, FindsATagThatTheTextDoesNotHold) {
  EXPECT_EQ(dollar_quote("SELECT 1"), "$$SELECT 1$$");
  EXPECT_EQ(dollar_quote("SELECT $$a$$"), "$body$SELECT $$a$$$body$");
  EXPECT_EQ(dollar_quote("$$ $body$"), "$body1$$$ $body$$body1$");
  EXPECT_EQ(dollar_quote("costs 5$"), "$body$costs 5$$body$");
}

TEST(DollarQuote, RefusesANul) {
  EXPECT_THROW(dollar_quote(std::string_view("a\0b", 3)), std::invalid_argument);
}

}  // namespace
}  // namespace support::schema
