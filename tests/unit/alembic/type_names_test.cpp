// Types by the names that the server spells them with.
#include "app/alembic/autogenerate/type_names.hpp"

#include <gtest/gtest.h>

namespace support::tests {
namespace {

using namespace schema;
using alembic::autogenerate::type_named;

struct Case {
  std::string_view sql;
  Type type;
  std::string_view collation = {};
};

TEST(TypeNames, HaveTheValueThatSaysTheSame) {
  const std::vector<Case> cases{
      {"integer", Integer()},
      {"bigint", BigInteger()},
      {"double precision", Double()},
      {"real", Real()},
      {"numeric", Numeric()},
      {"numeric(6,2)", Numeric(6, 2)},
      {"numeric(3,-2)", Numeric(3, -2)},
      {"character varying", String()},
      {"character varying(50)", String(50)},
      {"character(1)", Char(1)},
      {"text", Text()},
      {"bit(8)", Bit(8)},
      {"bit varying(5)", VarBit(5)},
      {"timestamp with time zone", DateTime{.timezone = true}},
      {"timestamp(3) without time zone", DateTime{.precision = 3}},
      {"time(0) with time zone", Time{.timezone = true, .precision = 0}},
      {"interval", Interval()},
      {"interval(3)", Interval{.precision = 3}},
      {"interval year to month", Interval{.fields = "YEAR TO MONTH"}},
      {"interval day to second(4)", Interval{.fields = "DAY TO SECOND", .precision = 4}},
      {"int4range", Int4Range()},
      {"regclass", RegClass()},
      {"text[]", Array(Text())},
      {"character varying(4)[]", Array(String(4))},
      {"timestamp(3) with time zone[]", Array(DateTime{.timezone = true, .precision = 3})},
      {"app.mood", NamedType("mood", "app")},
      {"app.\"Mood\"[]", Array(NamedType("Mood", "app"))},
      {"public.money", NamedType("money", "public")},
      {"public.citext", NamedType("citext", "public")},
  };
  for (const auto& [sql, type, collation] : cases) EXPECT_TRUE(type_named(sql, collation) == type) << sql;
}

// A vector is REAL[] where the extension is not at hand, and a type's own modifiers are known to nobody.
TEST(TypeNames, ThatNothingStandsForAreLeftAsTheyAre) {
  for (const std::string_view sql :
       {"bpchar", "\"char\"", "\"bit\"", "anyelement", "trigger", "public.vector(3)", "vector(3)",
        "public.geometry(Point,4326)", "app.\"integer\"(3)", "interval_of_mine", "numeric(a,b)", "text(3"}) {
    EXPECT_TRUE(type_named(sql) == Type(UserDefinedType(std::string(sql)))) << sql;
  }
  EXPECT_TRUE(type_named("public.vector(3)[]") == Type(Array(UserDefinedType("public.vector(3)"))));
}

TEST(TypeNames, CarryACollationOfTheServersOwn) {
  const std::vector<Case> cases{
      {"text", Text({.collation = "C"}), "\"C\""},
      {"text", Text({.collation = "ucs_basic"}), "ucs_basic"},
      {"character varying(5)", String(5, {.collation = "de-x-icu"}), "pg_catalog.\"de-x-icu\""},
      {"character(3)[]", Array(Char(3, {.collation = "C"})), "\"C\""},
      {"text", UserDefinedType("text COLLATE app.\"Mine\""), "app.\"Mine\""},
      {"name", UserDefinedType("name COLLATE \"C\""), "\"C\""},
      {"app.label[]", UserDefinedType("app.label[] COLLATE \"C\""), "\"C\""},
  };
  for (const auto& [sql, type, collation] : cases) EXPECT_TRUE(type_named(sql, collation) == type) << sql << collation;
}

}  // namespace
}  // namespace support::tests
