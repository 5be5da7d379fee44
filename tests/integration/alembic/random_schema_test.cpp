// The random schemas themselves: that they run, are read as they are built, and differ.
#include "tests/support/random_schema.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/autogenerate/wanted.hpp"

#include "tests/integration/alembic/database_session.hpp"
#include "tests/support/reused_database.hpp"
#include "tests/support/seeds.hpp"

namespace support::tests {
namespace {

using namespace alembic::autogenerate;
using testing::IsEmpty;

class RandomSchema : public testing::TestWithParam<std::uint32_t> {
 protected:
  static void SetUpTestSuite() { database_ = new ReusedDatabase; }
  static void TearDownTestSuite() {
    delete database_;
    database_ = nullptr;
    // Some edits undo others, or touch what is not there.
    EXPECT_GE(differing_, tried_ * 3 / 4) << "of " << tried_;
  }

  // The server names the first statement that it refuses.
  static void make(const SchemaStatements& statements) {
    database_->clear();
    try {
      database_->run(script_of(statements));
      return;
    } catch (const alembic::DatabaseError&) {
      database_->clear();
    }
    for (const auto& statement : statements) ASSERT_NO_THROW(database_->run(statement)) << statement;
  }

  inline static ReusedDatabase* database_ = nullptr;
  inline static int tried_ = 0;
  inline static int differing_ = 0;
};

TEST_P(RandomSchema, IsReadAsItIsBuilt) {
  const auto pair = random_schema_pair(GetParam());
  auto& connection = database_->connection();
  ASSERT_NO_FATAL_FAILURE(make(pair.after));
  const auto after = inspect(connection);
  ASSERT_NO_FATAL_FAILURE(make(pair.before));
  const auto before = inspect(connection);
  const auto wanted = wanted_from_sql(connection, script_of(pair.after));
  EXPECT_THAT(descriptions(compare(after, wanted, {.compare_column_order = true})), IsEmpty());
  ++tried_;
  if (!compare(before, wanted, {.compare_column_order = true}).empty()) ++differing_;
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomSchema, testing::ValuesIn(seeds(50)),
                         [](const auto& given) { return std::to_string(given.param); });

}  // namespace
}  // namespace support::tests
