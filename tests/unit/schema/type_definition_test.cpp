#include "app/schema/type_definition.hpp"

#include <stdexcept>

#include <gmock/gmock.h>

namespace support::schema {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::ThrowsMessage;

const Enum mood("mood", {"sad", "happy"});
const Domain positive("positive", Integer(), {.checks = {CheckConstraint("VALUE > 0")}});

TEST(TypeDefinitions, AreEachThereOnceInTheOrderOfTheColumns) {
  const Table table("t", {column("a", positive), column("b", mood), column("c", Array(mood)), column("d", positive)});
  EXPECT_THAT(type_definitions(table), ElementsAre(TypeDefinition(positive), TypeDefinition(mood)));
  EXPECT_THAT(type_definitions(std::vector{table, Table("u", {column("a", mood)})}),
              ElementsAre(TypeDefinition(positive), TypeDefinition(mood)));
}

TEST(TypeDefinitions, AreNotThereWhenSomebodyElseCreatesTheType) {
  const Table table("t", {column("a", Enum("other", {"x"}, {.create_type = false})), column("b", NamedType("positive")),
                          column("c", Enum("labels", {"x"}, {.native_enum = false})), column("d", Text())});
  EXPECT_THAT(type_definitions(table), IsEmpty());
}

TEST(TypeDefinitions, PutWhatADomainIsMadeOfBeforeIt) {
  const Domain moods("moods", Array(mood));
  const Domain few("few", moods);
  EXPECT_THAT(type_definitions(Table("t", {column("a", Array(few))})),
              ElementsAre(TypeDefinition(mood), TypeDefinition(moods), TypeDefinition(few)));
}

TEST(TypeDefinitions, RefuseTwoMeaningsOfOneName) {
  const auto define = [](const Type& one, const Type& other) {
    type_definitions(std::vector{Table("t", {column("a", one)}), Table("u", {column("b", other)})});
  };
  EXPECT_THAT([&] { define(mood, Enum("mood", {"happy"})); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("Table 'u' declares the type 'mood' in a different way")));
  EXPECT_THROW(define(positive, Domain("positive", BigInteger())), std::invalid_argument);
  EXPECT_THROW(define(mood, Domain("mood", Text())), std::invalid_argument);
  EXPECT_NO_THROW(define(mood, Enum("mood", {"sad"}, {.schema = "app"})));
}

TEST(CreateTypeSql, PrintsEither) {
  EXPECT_EQ(create_type_sql(mood, {}), "CREATE TYPE mood AS ENUM ('sad', 'happy')");
  EXPECT_EQ(create_type_sql(positive, {}), "CREATE DOMAIN positive AS INTEGER CHECK (VALUE > 0)");
}

}  // namespace
}  // namespace support::schema
