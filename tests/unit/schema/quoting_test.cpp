#include "app/schema/quoting.hpp"

#include <stdexcept>
#include <string>

#include <gmock/gmock.h>

namespace support::schema {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(QuoteIdentifier, LeavesPlainNamesBare) {
  for (const char* name : {"customers", "_hidden", "a$b", "x9"}) EXPECT_EQ(quote_identifier(name), name);
}

TEST(QuoteIdentifier, QuotesWhatPostgresWouldReadOtherwise) {
  EXPECT_EQ(quote_identifier("Order"), "\"Order\"");
  EXPECT_EQ(quote_identifier("select"), "\"select\"");
  EXPECT_EQ(quote_identifier("1abc"), "\"1abc\"");
  EXPECT_EQ(quote_identifier("$abc"), "\"$abc\"");
  EXPECT_EQ(quote_identifier("with space"), "\"with space\"");
  EXPECT_EQ(quote_identifier("schema.table"), "\"schema.table\"");
  EXPECT_EQ(quote_identifier("naïve"), "\"naïve\"");
}

TEST(QuoteIdentifier, DoublesAQuoteInside) {
  EXPECT_EQ(quote_identifier("a\"b"), "\"a\"\"b\"");
  EXPECT_EQ(quote_identifier("x\"; DROP TABLE customers; --"), "\"x\"\"; DROP TABLE customers; --\"");
}

TEST(QuoteIdentifier, QuotesReservedWordsThatSqlAlchemyMisses) {
  for (const char* word : {"collation", "concurrently", "lateral", "tablesample", "system_user"}) {
    EXPECT_EQ(quote_identifier(word), '"' + std::string(word) + '"');
  }
}

TEST(QuoteIdentifier, LeavesWordsBareThatAreOnlyKeywordsElsewhere) {
  for (const char* word : {"schema", "name", "text", "status", "role", "content", "key"}) {
    EXPECT_EQ(quote_identifier(word), word);
  }
}

TEST(QuoteIdentifier, RefusesWhatIsNoName) {
  EXPECT_THAT([] { quote_identifier(""); }, ThrowsMessage<std::invalid_argument>(HasSubstr("empty")));
  EXPECT_THAT([] { quote_identifier("a\0b"s); }, ThrowsMessage<std::invalid_argument>(HasSubstr("'a'")));
}

TEST(QualifiedName, QuotesBothParts) {
  EXPECT_EQ(qualified_name("t", ""), "t");
  EXPECT_EQ(qualified_name("T", "some.schema"), "\"some.schema\".\"T\"");
}

TEST(IdentifierList, RefusesAnEmptyList) {
  EXPECT_EQ(identifier_list({"a", "B"}), "a, \"B\"");
  EXPECT_THAT([] { identifier_list({}); }, ThrowsMessage<std::invalid_argument>(HasSubstr("names no column")));
}

TEST(QuoteLiteral, DoublesQuotes) {
  EXPECT_EQ(quote_literal(""), "''");
  EXPECT_EQ(quote_literal("it's"), "'it''s'");
  EXPECT_EQ(quote_literal("100% :name"), "'100% :name'");
}

TEST(QuoteLiteral, WritesBackslashesSoThatNoSettingChangesThem) {
  EXPECT_EQ(quote_literal("a\\b"), "E'a\\\\b'");
  EXPECT_EQ(quote_literal("\\'; DROP TABLE customers; --"), "E'\\\\''; DROP TABLE customers; --'");
}

TEST(QuoteLiteral, RefusesANul) {
  EXPECT_THAT([] { quote_literal("a\0b"s); }, ThrowsMessage<std::invalid_argument>(HasSubstr("NUL")));
}

TEST(RequireNameFits, CountsBytes) {
  EXPECT_NO_THROW(require_name_fits("index", std::string(63, 'x')));
  EXPECT_THAT([] { require_name_fits("index", std::string(64, 'x')); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("64 bytes")));
}

}  // namespace
}  // namespace support::schema
