#include "app/schema/function.hpp"

#include <stdexcept>

#include <gmock/gmock.h>

namespace support::schema {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

std::string sql(const Function& function, bool or_replace = false) {
  return create_function_sql(function, or_replace, {});
}

TEST(FunctionSql, SaysOnlyWhatIsSet) {
  EXPECT_EQ(sql(Function("f", {}, "SELECT 1", {.returns = Integer()})),
            "CREATE FUNCTION f() RETURNS INTEGER LANGUAGE sql\nAS $$SELECT 1$$");
}

TEST(FunctionSql, HasEveryAttribute) {
  EXPECT_EQ(sql(Function("F", {{"a", Integer()}}, "BEGIN RETURN QUERY SELECT $$x$$; END",
                         {.returns = SetOf(Text()),
                          .language = "plpgsql",
                          .volatility = Volatility::stable,
                          .strict = true,
                          .leakproof = true,
                          .security = Security::definer,
                          .parallel = Parallel::safe,
                          .cost = 0.5,
                          .rows = 10,
                          .support = "app.f_support",
                          .transforms = {Jsonb(), Text()},
                          .set = {{"search_path", "app, pg_temp"}, {"work_mem", ""}},
                          .schema = "app"}),
                true),
            "CREATE OR REPLACE FUNCTION app.\"F\"(a INTEGER) RETURNS SETOF TEXT LANGUAGE plpgsql TRANSFORM FOR TYPE "
            "JSONB, FOR TYPE TEXT STABLE LEAKPROOF STRICT SECURITY DEFINER PARALLEL SAFE COST 0.5 ROWS 10 SUPPORT "
            "app.f_support SET search_path TO app, pg_temp SET work_mem FROM CURRENT\n"
            "AS $body$BEGIN RETURN QUERY SELECT $$x$$; END$body$");
  EXPECT_EQ(sql(Function("w", {}, "w",
                         {.returns = Integer(),
                          .language = "internal",
                          .volatility = Volatility::immutable,
                          .window = true,
                          .parallel = Parallel::restricted})),
            "CREATE FUNCTION w() RETURNS INTEGER LANGUAGE internal WINDOW IMMUTABLE PARALLEL RESTRICTED\nAS $$w$$");
}

TEST(FunctionSql, SpellsArgumentsOfEveryMode) {
  EXPECT_EQ(sql(Function("f",
                         {{"a", Integer(), {.default_ = "1 + 1"}},
                          {"order", Text(), {.mode = ArgumentMode::out}},
                          {"c", Integer(), {.mode = ArgumentMode::inout}},
                          {"d", Array(Text()), {.mode = ArgumentMode::variadic}}},
                         "SELECT 'x', 1")),
            "CREATE FUNCTION f(a INTEGER DEFAULT 1 + 1, OUT \"order\" TEXT, INOUT c INTEGER, VARIADIC d TEXT[]) "
            "LANGUAGE sql\nAS $$SELECT 'x', 1$$");
  EXPECT_EQ(sql(Function("f", {Integer(), UserDefinedType("anyelement")}, "SELECT 1",
                         {.returns = RowsOf({{"id", Uuid()}, {"Name", Text()}})})),
            "CREATE FUNCTION f(INTEGER, anyelement) RETURNS TABLE (id UUID, \"Name\" TEXT) LANGUAGE sql\n"
            "AS $$SELECT 1$$");
}

TEST(FunctionSql, HasTheStandardsBody) {
  EXPECT_EQ(sql(Function("f", {{"a", Integer()}}, StandardBody("RETURN a + 1;"), {.returns = Integer()})),
            "CREATE FUNCTION f(a INTEGER) RETURNS INTEGER LANGUAGE sql\nRETURN a + 1");
  EXPECT_THAT([] { sql(Function("f", {}, StandardBody("RETURN 1"), {.returns = Integer(), .language = "plpgsql"})); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("only the language sql has, and it is in plpgsql")));
}

TEST(FunctionSql, RefusesAFunctionThatDoesNotSayWhatItReturns) {
  EXPECT_THAT(
      [] {
        sql(Function("f", {{"a", Integer()}}, "SELECT 1"));
      },
      ThrowsMessage<std::invalid_argument>(HasSubstr("'f' returns nothing; say what")));
  EXPECT_THAT([] { sql(Function("f", {}, "SELECT 1", {.returns = Integer(), .rows = 5})); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("returns no set; leave rows out")));
  EXPECT_THAT([] { sql(Function("f", {}, "", {.returns = Integer()})); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("The body of the function 'f' is empty")));
}

TEST(ProcedureSql, HasEveryAttribute) {
  EXPECT_EQ(create_procedure_sql(Procedure("p", {{"a", Integer()}}, "INSERT INTO t VALUES (a)"), false, {}),
            "CREATE PROCEDURE p(a INTEGER) LANGUAGE sql\nAS $$INSERT INTO t VALUES (a)$$");
  EXPECT_EQ(
      create_procedure_sql(Procedure("p", {}, StandardBody("BEGIN ATOMIC DELETE FROM t; END"),
                                     {.security = Security::definer, .set = {{"search_path", "app"}}, .schema = "app"}),
                           true, {}),
      "CREATE OR REPLACE PROCEDURE app.p() LANGUAGE sql SECURITY DEFINER SET search_path TO app\n"
      "BEGIN ATOMIC DELETE FROM t; END");
}

TEST(SignatureSql, LeavesNamesAndDefaultsOut) {
  EXPECT_EQ(
      signature_sql(
          {{"a", Integer(), {.default_ = "1"}}, {"b", Array(Text()), {.mode = ArgumentMode::variadic}}, Text()}, {}),
      "(INTEGER, VARIADIC TEXT[], TEXT)");
  EXPECT_EQ(signature_sql({}, {}), "()");
}

}  // namespace
}  // namespace support::schema
