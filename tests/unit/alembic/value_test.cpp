#include "app/alembic/operations/value.hpp"

#include <stdexcept>

#include <gmock/gmock.h>

namespace support::alembic {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(ValueSql, WritesTimesByTheirClock) {
  EXPECT_EQ(value_sql(2020y / 1 / 2), "'2020-01-02'");
  const auto day = std::chrono::local_days(2020y / 1 / 2);
  EXPECT_EQ(value_sql(Value::LocalTime(day + 3h + 4min + 5s)), "'2020-01-02 03:04:05'");
  EXPECT_EQ(value_sql(Value::LocalTime(day + 1us)), "'2020-01-02 00:00:00.000001'");
  EXPECT_EQ(value_sql(Value::SystemTime(std::chrono::sys_days(1969y / 12 / 31) + 23h)), "'1969-12-31 23:00:00+00:00'");
}

TEST(ValueSql, RefusesADayThatIsNone) {
  EXPECT_THAT([] { value_sql(2021y / 2 / 29); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("2021-2-29 is no day")));
  EXPECT_THAT([] { value_sql(std::chrono::year(0) / 1 / 1); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("0-1-1")));
}

TEST(ValueSql, WritesBytesArraysAndNumbers) {
  EXPECT_EQ(value_sql(bytes(std::string_view("\0\xff'", 3))), "E'\\\\x00ff27'");
  EXPECT_EQ(value_sql(array({"a", "it's", std::nullopt})), "ARRAY['a', 'it''s', NULL]");
  EXPECT_EQ(value_sql(array({array({1, 2}), array({3, 4})})), "ARRAY[ARRAY[1, 2], ARRAY[3, 4]]");
  EXPECT_EQ(value_sql(array({})), "'{}'");
  EXPECT_EQ(value_sql(array({1.0, -0.5, 1e22, 2.5e-9})), "ARRAY[1.0, -0.5, 1e+22, 2.5e-09]");
  EXPECT_EQ(value_sql(numeric("-12345678901234567890.50")), "-12345678901234567890.50");
  for (const char* text : {"", "-", ".", "1.2.3", "1e5", "1; DROP TABLE t"}) {
    EXPECT_THAT([&] { numeric(text); }, ThrowsMessage<std::invalid_argument>(HasSubstr("which is no number"))) << text;
  }
}

TEST(WithBinds, ReplacesNamesByConstants) {
  EXPECT_EQ(with_binds("UPDATE t SET a = :a, b = :b_2 WHERE c=:a", {{"a", "it's"}, {"b_2", 5}}),
            "UPDATE t SET a = 'it''s', b = 5 WHERE c='it''s'");
  EXPECT_EQ(with_binds("SELECT :n", {{"n", std::nullopt}}), "SELECT NULL");
}

TEST(WithBinds, KnowsCastsAndEscapedColons) {
  EXPECT_EQ(with_binds("SELECT 'x'::text, a[1\\:2], ':a', 'a\\:b', :a::int", {{"a", 1}}),
            "SELECT 'x'::text, a[1:2], ':a', 'a:b', 1::int");
}

TEST(WithBinds, LooksIntoNoTextNameOrComment) {
  for (const std::string opaque :
       {"':a'", "E'\\':a'", "'it'':a'", "\":a\"", "$$:a$$", "$x$:a $$ :a$x$", "-- :a\n", "/* :a /* :a */ :a */"}) {
    EXPECT_EQ(with_binds(opaque + " :a", {{"a", 1}}), opaque + " 1");
  }
  EXPECT_EQ(with_binds("$1 $2 :a", {{"a", 1}}), "$1 $2 1") << "a positional parameter is no dollar quote";
}

TEST(WithBinds, WantsEveryNameAndEveryValueUsed) {
  EXPECT_THAT([] { with_binds("SELECT :a", {}); }, ThrowsMessage<std::invalid_argument>(HasSubstr("parameter ':a'")));
  EXPECT_THAT(
      [] {
        with_binds("SELECT 1", {{"a", 1}});
      },
      ThrowsMessage<std::invalid_argument>(HasSubstr("a value for 'a'")));
}

}  // namespace
}  // namespace support::alembic
