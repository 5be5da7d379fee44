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

TEST(TypeSql, SpellsTheTypesOfPostgresAsSqlAlchemyDoes) {
  EXPECT_EQ(sql(Char()), "CHAR");
  EXPECT_EQ(sql(Bit()), "BIT(1)");
  EXPECT_EQ(sql(Bit(8)), "BIT(8)");
  EXPECT_EQ(sql(VarBit()), "BIT VARYING");
  EXPECT_EQ(sql(VarBit(7)), "BIT VARYING(7)");
  EXPECT_EQ(sql(Interval{.precision = 3}), "INTERVAL (3)");
  EXPECT_EQ(sql(Interval{.fields = "DAY TO SECOND", .precision = 2}), "INTERVAL DAY TO SECOND (2)");
  EXPECT_EQ(sql(Money()), "MONEY");
  EXPECT_EQ(sql(MacAddr8()), "MACADDR8");
  EXPECT_EQ(sql(TsTzMultiRange()), "TSTZMULTIRANGE");
  EXPECT_EQ(sql(HStore()), "HSTORE");
  EXPECT_EQ(sql(RegClass()), "REGCLASS");
  EXPECT_EQ(sql(Array(Inet())), "INET[]");
  EXPECT_EQ(sql(NamedType("Addr", "app")), "app.\"Addr\"");
}

TEST(TypeSql, PutsTheCollationBehindTheBracketsOfAnArray) {
  EXPECT_EQ(sql(String(50, {.collation = "C"})), "VARCHAR(50) COLLATE \"C\"");
  EXPECT_EQ(sql(Text({.collation = "de-x-icu"})), "TEXT COLLATE \"de-x-icu\"");
  EXPECT_EQ(sql(Array(String(5, {.collation = "C"}), 2)), "VARCHAR(5)[][] COLLATE \"C\"");
  EXPECT_EQ(sql(Array(NamedType("x COLLATE y"))), "\"x COLLATE y\"[]");
}

TEST(TypeSql, TellsPlainTypesApart) {
  EXPECT_EQ(Type(Money()), Type(Money()));
  EXPECT_NE(Type(Money()), Type(Xml()));
}

TEST(TypeSql, AnEnumThatIsNotNativeIsAsWideAsItsLongestLabel) {
  const Enum mood("mood",
                  {"ok",
                   "gl\xc3\xbc"
                   "cklich"},
                  {.native_enum = false, .create_constraint = true});
  EXPECT_EQ(sql(mood), "VARCHAR(9)");
  EXPECT_EQ(sql(Enum("", {"ok"}, {.native_enum = false, .length = 20})), "VARCHAR(20)");
  EXPECT_EQ(type_condition(mood, "M"),
            "\"M\" IN ('ok', 'gl\xc3\xbc"
            "cklich')");
  EXPECT_EQ(type_condition(Enum("mood", {"ok"}), "m"), std::nullopt);
  EXPECT_THAT([] { sql(Enum("mood", {}, {.native_enum = false})); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("'mood' is not native and has no label")));
  EXPECT_THAT([] { sql(Enum("mood", {"good"}, {.native_enum = false, .length = 3})); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("the length 3 and a label of 4")));
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
  EXPECT_EQ(type_sql(Vector(384), {}), "VECTOR(384)");
  EXPECT_EQ(type_sql(Vector(384), {.extensions = ServerFeatures::Extensions{}}), "REAL[]");
}

TEST(TypeSql, RefusesSizesThatPostgresRefuses) {
  EXPECT_THAT([] { sql(Bit(0)); }, ThrowsMessage<std::invalid_argument>(HasSubstr("bit string is 0")));
  EXPECT_THAT([] { sql(Interval{.fields = "YEAR TO DAY"}); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("'YEAR TO DAY'; PostgreSQL allows YEAR, MONTH")));
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

}  // namespace
}  // namespace support::schema
