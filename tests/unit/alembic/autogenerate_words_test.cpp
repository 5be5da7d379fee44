// What the first words of a statement say.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/autogenerate/statement_words.hpp"

namespace support::tests {
namespace {

using namespace alembic::autogenerate;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> words(std::string_view statement, std::size_t count = 9) {
  std::vector<std::string> result;
  for (const auto& word : leading_words(statement, count)) result.emplace_back(word.text);
  return result;
}

TEST(StatementWords, AreReadOverBlanksAndComments) {
  EXPECT_THAT(words("create  TABLE\n\tt (a integer)"), ElementsAre("create", "TABLE", "t"));
  EXPECT_THAT(words("/* a /* b */ c */ DROP -- x\n INDEX \"My \"\" Index\";"),
              ElementsAre("DROP", "INDEX", "\"My \"\" Index\""));
  EXPECT_THAT(words("one two three", 2), ElementsAre("one", "two"));
  EXPECT_THAT(words("(SELECT 1)"), IsEmpty());
  EXPECT_THAT(words("/* open"), IsEmpty());
  EXPECT_THAT(words("\"open"), ElementsAre("\"open"));
}

TEST(StatementWords, NamesAreFoldedUnlessQuoted) {
  EXPECT_EQ(name_of("CiText"), "citext");
  EXPECT_EQ(name_of("\"uuid-OSSP\""), "uuid-OSSP");
  EXPECT_EQ(name_of("\"a\"\"b\""), "a\"b");
}

TEST(StatementWords, FindTheExtension) {
  EXPECT_EQ(created_extension("CREATE EXTENSION citext"), "citext");
  EXPECT_EQ(created_extension("create extension if not exists \"uuid-ossp\" with schema x"), "uuid-ossp");
  EXPECT_EQ(created_extension("CREATE EXTENSION"), std::nullopt);
  EXPECT_EQ(created_extension("CREATE TABLE extension (a integer)"), std::nullopt);
}

TEST(StatementWords, TakeConcurrentlyAwayWhereItIsAKeyWord) {
  EXPECT_EQ(without_concurrently("CREATE UNIQUE INDEX concurrently i ON t (a)"), "CREATE UNIQUE INDEX  i ON t (a)");
  EXPECT_EQ(without_concurrently("DROP INDEX CONCURRENTLY i"), "DROP INDEX  i");
  EXPECT_EQ(without_concurrently("CREATE INDEX \"CONCURRENTLY\" ON t (a)"), "CREATE INDEX \"CONCURRENTLY\" ON t (a)");
  EXPECT_EQ(without_concurrently("CREATE TABLE concurrently (a integer)"), "CREATE TABLE concurrently (a integer)");
}

}  // namespace
}  // namespace support::tests
