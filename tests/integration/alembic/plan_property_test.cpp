// That a plan leads from any schema to any other, and back. A seed that fails is tried again with
//   integration_plan_property --gtest_filter=Seeds/PlanProperty.LeadsThereAndBack/SEED
// and others with SUPPORT_TEST_SEEDS=FIRST:COUNT.
#include <gtest/gtest.h>

#include "app/alembic/autogenerate/wanted.hpp"

#include "tests/support/planned_migration.hpp"
#include "tests/support/random_schema.hpp"
#include "tests/support/reused_database.hpp"
#include "tests/support/seeds.hpp"

namespace support::tests {
namespace {

using namespace alembic::autogenerate;

class PlanProperty : public WithReusedDatabase<testing::TestWithParam<std::uint32_t>> {};

TEST_P(PlanProperty, LeadsThereAndBack) {
  const auto pair = random_schema_pair(GetParam());
  auto& connection = database_->connection();
  database_->clear();
  database_->run(script_of(pair.before));
  const auto before = inspect(connection, planning());
  const auto after = wanted_from_sql(connection, script_of(pair.after), {.inspect = planning()});
  const auto problem = unproven(connection, before, after);
  EXPECT_EQ(problem, "") << "seed " << GetParam();
}

INSTANTIATE_TEST_SUITE_P(Seeds, PlanProperty, testing::ValuesIn(seeds(250)),
                         [](const auto& given) { return std::to_string(given.param); });

}  // namespace
}  // namespace support::tests
