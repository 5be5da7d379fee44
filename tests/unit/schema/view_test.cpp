#include "app/schema/view.hpp"

#include <stdexcept>

#include <gmock/gmock.h>

namespace support::schema {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(ViewSql, SaysOnlyWhatIsSet) {
  EXPECT_EQ(create_view_sql(View("v", "SELECT 1;"), false), "CREATE VIEW v AS\nSELECT 1");
}

TEST(ViewSql, HasEveryOption) {
  EXPECT_EQ(create_view_sql(View("V", "SELECT a, b FROM t -- all",
                                 {.columns = {"a", "B"},
                                  .with = {{"security_barrier", "true"}, {"security_invoker", "on"}},
                                  .check_option = CheckOption::local,
                                  .schema = "app"}),
                            true),
            "CREATE OR REPLACE VIEW app.\"V\" (a, \"B\") WITH (security_barrier = true, security_invoker = on) AS\n"
            "SELECT a, b FROM t -- all\n\nWITH LOCAL CHECK OPTION");
  EXPECT_EQ(create_view_sql(View("v", "SELECT 1", {.check_option = CheckOption::cascaded, .temporary = true}), false),
            "CREATE TEMPORARY VIEW v AS\nSELECT 1\nWITH CASCADED CHECK OPTION");
  EXPECT_EQ(create_view_sql(View("n", "VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 9",
                                 {.columns = {"i"}, .recursive = true}),
                            false),
            "CREATE RECURSIVE VIEW n (i) AS\nVALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 9");
}

TEST(ViewSql, RefusesARecursiveViewWithoutColumnsOrWithACheckOption) {
  EXPECT_THAT([] { create_view_sql(View("v", "SELECT 1", {.recursive = true}), false); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("'v' names no columns")));
  EXPECT_THROW(
      create_view_sql(View("v", "SELECT 1", {.columns = {"a"}, .check_option = CheckOption::local, .recursive = true}),
                      false),
      std::invalid_argument);
  EXPECT_THAT([] { create_view_sql(View("v", " "), false); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("The definition of the view 'v' is empty")));
}

TEST(MaterializedViewSql, HasEveryOption) {
  EXPECT_EQ(create_materialized_view_sql(MaterializedView("m", "SELECT 1"), false),
            "CREATE MATERIALIZED VIEW m AS\nSELECT 1");
  EXPECT_EQ(create_materialized_view_sql(MaterializedView("m", "TABLE t;",
                                                          {.columns = {"a"},
                                                           .using_ = "heap",
                                                           .with = {{"fillfactor", "70"}},
                                                           .tablespace = "fast",
                                                           .with_data = false,
                                                           .schema = "app"}),
                                         true),
            "CREATE MATERIALIZED VIEW IF NOT EXISTS app.m (a) USING heap WITH (fillfactor = 70) TABLESPACE fast AS\n"
            "TABLE t\nWITH NO DATA");
}

}  // namespace
}  // namespace support::schema
