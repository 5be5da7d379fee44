#include "app/schema/metadata.hpp"

#include <algorithm>
#include <stdexcept>

#include <gmock/gmock.h>

#include "app/database/models/base.hpp"

namespace support::schema {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::ThrowsMessage;

TEST(CreateAllSql, BuildsInAnOrderThatAlwaysWorks) {
  const Enum mood("mood", {"sad"});
  const MetaData metadata{
      .tables = {Table("a",
                       {column("b_id", Integer(), {.foreign_key = ForeignKey("b.id"), .index = true}),
                        column("id", Integer(), {.primary_key = true})},
                       {.comment = "first"}),
                 Table("b", {column("id", Integer(), {.primary_key = true}),
                             column("a_id", Integer(), {.foreign_key = ForeignKey("a.id")}), column("m", mood)})},
      .extensions = {{.name = "vector"}}};
  const std::vector<std::string> expected{
      "CREATE EXTENSION IF NOT EXISTS vector",
      "CREATE TYPE mood AS ENUM ('sad')",
      "CREATE TABLE a (\n    b_id INTEGER, \n    id SERIAL NOT NULL, \n    PRIMARY KEY (id)\n)",
      "CREATE TABLE b (\n    id SERIAL NOT NULL, \n    a_id INTEGER, \n    m mood, \n    PRIMARY KEY (id)\n)",
      "CREATE INDEX ix_a_b_id ON a (b_id)",
      "ALTER TABLE a ADD FOREIGN KEY(b_id) REFERENCES b (id)",
      "ALTER TABLE b ADD FOREIGN KEY(a_id) REFERENCES a (id)",
      "COMMENT ON TABLE a IS 'first'",
  };
  EXPECT_EQ(create_all_sql(metadata, {}), expected);
}

TEST(CreateAllSql, CreatesASharedEnumTypeOnce) {
  const Enum mood("mood", {"sad"});
  const MetaData metadata{.tables = {Table("a", {column("m", mood)}), Table("b", {column("m", mood)})}};
  const auto statements = create_all_sql(metadata, {});
  EXPECT_EQ(std::count(statements.begin(), statements.end(), "CREATE TYPE mood AS ENUM ('sad')"), 1);
}

TEST(CreateAllSql, RefusesTwoMeaningsOfOneName) {
  const MetaData types{
      .tables = {Table("a", {column("m", Enum("mood", {"sad"}))}), Table("b", {column("m", Enum("mood", {"happy"}))})}};
  EXPECT_THAT([&] { create_all_sql(types, {}); }, ThrowsMessage<std::invalid_argument>(HasSubstr("'mood'")));
  const MetaData tables{.tables = {Table("a", {}), Table("a", {})}};
  EXPECT_THAT([&] { create_all_sql(tables, {}); }, ThrowsMessage<std::invalid_argument>(HasSubstr("two tables 'a'")));
}

TEST(ServerFeatures, HaveEveryExtensionUntilTheServerWasAsked) {
  EXPECT_TRUE(ServerFeatures{}.has_extension("postgis"));
  EXPECT_TRUE((ServerFeatures{.extensions = {{"hstore", "vector"}}}).has_extension("hstore"));
  EXPECT_FALSE((ServerFeatures{.extensions = {{"hstore", "vector"}}}).has_extension("postgis"));
}

TEST(Models, LeaveTheExtensionOutWhereItIsNotAvailable) {
  const MetaData& metadata = database::Base::metadata();
  const std::string create_extension = "CREATE EXTENSION IF NOT EXISTS vector";
  EXPECT_THAT(create_all_sql(metadata, {}), Contains(create_extension));
  EXPECT_THAT(create_all_sql(metadata, {}), Contains(HasSubstr("embedding VECTOR(384)")));
  EXPECT_THAT(create_all_sql(metadata, {.extensions = ServerFeatures::Extensions{}}), Not(Contains(create_extension)));
  EXPECT_THAT(create_all_sql(metadata, {.extensions = ServerFeatures::Extensions{}}),
              Contains(HasSubstr("embedding REAL[]")));
}

TEST(Models, ExplainEveryTableAndColumn) {
  for (const Table& table : database::Base::metadata().tables) {
    EXPECT_FALSE(table.comment.empty()) << table.name;
    for (const Column& a_column : table.columns)
      EXPECT_FALSE(a_column.comment.empty()) << table.name << '.' << a_column.name;
  }
}

// Money is exact and a moment is the same in every time zone.
TEST(Models, KeepMoneyInNumericsAndTimesWithTheirZone) {
  for (const Table& table : database::Base::metadata().tables) {
    for (const Column& a_column : table.columns) {
      const Type& type = a_column.type;
      EXPECT_FALSE(type.get_if<Float>() || type.get_if<Real>() || type.get_if<Double>()) << a_column.name;
      if (const auto* time = type.get_if<DateTime>()) {
        EXPECT_TRUE(time->timezone) << table.name << '.' << a_column.name;
      }
    }
  }
}

TEST(MetaData, FindsATableByNameAndSchema) {
  const MetaData metadata{.tables = {Table("a", {}, {.schema = "app"})}};
  EXPECT_EQ(metadata.find("a"), nullptr);
  EXPECT_EQ(metadata.find("a", "app"), &metadata.tables.front());
}

}  // namespace
}  // namespace support::schema
