#include "app/schema/types.hpp"

#include <stdexcept>

#include <gmock/gmock.h>

namespace support::schema {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

std::string sql(const Type& type) {
  return type_sql(type, {});
}

TEST(TypeSql, SpellsTypesAsSqlAlchemyDoes) {
  EXPECT_EQ(sql(SmallInteger()), "SMALLINT");
  EXPECT_EQ(sql(Integer()), "INTEGER");
  EXPECT_EQ(sql(BigInteger()), "BIGINT");
  EXPECT_EQ(sql(Numeric()), "NUMERIC");
  EXPECT_EQ(sql(Numeric(5)), "NUMERIC(5)");
  EXPECT_EQ(sql(Numeric(15, 2)), "NUMERIC(15, 2)");
  EXPECT_EQ(sql(Float()), "FLOAT");
  EXPECT_EQ(sql(Float(20)), "FLOAT(20)");
  EXPECT_EQ(sql(Real()), "REAL");
  EXPECT_EQ(sql(Double()), "DOUBLE PRECISION");
  EXPECT_EQ(sql(Boolean()), "BOOLEAN");
  EXPECT_EQ(sql(String()), "VARCHAR");
  EXPECT_EQ(sql(String(50)), "VARCHAR(50)");
  EXPECT_EQ(sql(Unicode(200)), "VARCHAR(200)");
  EXPECT_EQ(sql(Char(3)), "CHAR(3)");
  EXPECT_EQ(sql(Text()), "TEXT");
  EXPECT_EQ(sql(LargeBinary()), "BYTEA");
  EXPECT_EQ(sql(Date()), "DATE");
  EXPECT_EQ(sql(DateTime{}), "TIMESTAMP WITHOUT TIME ZONE");
  EXPECT_EQ(sql(DateTime{.timezone = true}), "TIMESTAMP WITH TIME ZONE");
  EXPECT_EQ(sql(DateTime{.timezone = true, .precision = 3}), "TIMESTAMP(3) WITH TIME ZONE");
  EXPECT_EQ(sql(Time{}), "TIME WITHOUT TIME ZONE");
  EXPECT_EQ(sql(Time{.timezone = true}), "TIME WITH TIME ZONE");
  EXPECT_EQ(sql(Interval()), "INTERVAL");
  EXPECT_EQ(sql(Uuid()), "UUID");
  EXPECT_EQ(sql(Json()), "JSON");
  EXPECT_EQ(sql(Jsonb()), "JSONB");
  EXPECT_EQ(sql(UserDefinedType("tstzrange")), "tstzrange");
}

TEST(TypeSql, NamesEnumsWithTheirSchema) {
  EXPECT_EQ(sql(Enum("Mood", {"sad"})), "\"Mood\"");
  EXPECT_EQ(sql(Enum("mood", {"sad"}, {.schema = "app"})), "app.mood");
}

TEST(TypeSql, ArraysCarryABracketPairADimension) {
  EXPECT_EQ(sql(Array(Text())), "TEXT[]");
  EXPECT_EQ(sql(Array(Integer(), 2)), "INTEGER[][]");
  EXPECT_EQ(sql(Array(Enum("mood", {"sad"}))), "mood[]");
}

TEST(TypeSql, VectorsBecomeRealArraysWithoutTheExtension) {
  EXPECT_EQ(type_sql(Vector(384), {.vector = true}), "VECTOR(384)");
  EXPECT_EQ(type_sql(Vector(384), {.vector = false}), "REAL[]");
}

TEST(TypeSql, RefusesSizesThatPostgresRefuses) {
  EXPECT_THAT([] { sql(String(0)); }, ThrowsMessage<std::invalid_argument>(HasSubstr("is 0")));
  EXPECT_THAT([] { sql(Numeric(1001)); }, ThrowsMessage<std::invalid_argument>(HasSubstr("1 to 1000")));
  EXPECT_THAT([] { sql(DateTime{.precision = 7}); }, ThrowsMessage<std::invalid_argument>(HasSubstr("0 to 6")));
  EXPECT_THROW(sql(Vector(16'001)), std::invalid_argument);
  EXPECT_THROW(sql(Array(Text(), 7)), std::invalid_argument);
}

TEST(Type, ComparesByValueThroughArrays) {
  EXPECT_EQ(Type(Array(Text())), Type(Array(Text())));
  EXPECT_NE(Type(Array(Text())), Type(Array(Integer())));
  EXPECT_NE(Type(String(10)), Type(String(11)));
  EXPECT_NE(Type(String(10)), Type(Unicode(10)));
}

TEST(EnumOf, LooksIntoArrays) {
  const Type array = Array(Enum("mood", {"sad"}));
  ASSERT_NE(enum_of(array), nullptr);
  EXPECT_EQ(enum_of(array)->name, "mood");
  EXPECT_EQ(enum_of(Type(Text())), nullptr);
}

}  // namespace
}  // namespace support::schema
