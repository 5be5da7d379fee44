#include "app/schema/statistics.hpp"

#include <stdexcept>

#include <gmock/gmock.h>

namespace support::schema {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(StatisticsSql, HasEveryOption) {
  EXPECT_EQ(create_statistics_sql(Statistics("s", "t", {"a", "B"}), false), "CREATE STATISTICS s ON a, \"B\" FROM t");
  EXPECT_EQ(create_statistics_sql(Statistics("s", "t", {text("lower(a)")}), false),
            "CREATE STATISTICS s ON (lower(a)) FROM t");
  EXPECT_EQ(create_statistics_sql(Statistics("s", "t", {"a", text("b % 7")},
                                             {.kinds = {"ndistinct", "mcv"}, .schema = "app", .table_schema = "x"}),
                                  true),
            "CREATE STATISTICS IF NOT EXISTS app.s (ndistinct, mcv) ON a, (b % 7) FROM x.t");
}

TEST(StatisticsSql, RefusesOneColumn) {
  EXPECT_THAT([] { create_statistics_sql(Statistics("s", "t", {"a"}), false); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("'s' are over one column")));
  EXPECT_THROW(create_statistics_sql(Statistics("s", "t", {}), false), std::invalid_argument);
}

}  // namespace
}  // namespace support::schema
