// Schemas of the size and the manner of real ones: they differ from themselves in nothing, however they came to be.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/autogenerate/wanted.hpp"

#include "tests/integration/alembic/database_session.hpp"

namespace support::tests {
namespace {

using namespace alembic::autogenerate;
using testing::IsEmpty;

// Tables, views, types, routines and sequences with all that hangs on them, but not their columns.
std::size_t object_count(const CatalogSnapshot& snapshot) {
  auto count = snapshot.schemas.size() + snapshot.enums.size() + snapshot.domains.size() + snapshot.composites.size() +
               snapshot.ranges.size() + snapshot.sequences.size() + snapshot.tables.size() + snapshot.views.size() +
               snapshot.routines.size() + snapshot.triggers.size() + snapshot.policies.size() + snapshot.rules.size() +
               snapshot.statistics.size();
  for (const auto& table : snapshot.tables) count += table.constraints.size() + table.indexes.size();
  for (const auto& view : snapshot.views) count += view.indexes.size();
  return count;
}

class PublicSchema : public testing::TestWithParam<const char*> {
 protected:
  static std::string schema() {
    return file_content(std::string(SUPPORT_SOURCE_DIR "/tests/data/autogenerate/schemas/") + GetParam() + ".sql");
  }
};

TEST_P(PublicSchema, DiffersFromItselfInNothing) {
  const TestDatabase database;
  database.sql(schema());
  DatabaseSession session(database);
  const auto live = inspect(*session);
  EXPECT_GE(object_count(live), 100U);
  const auto wanted = wanted_from_sql(*session, schema());
  EXPECT_THAT(descriptions(compare(live, wanted, {.compare_column_order = true})), IsEmpty());
  EXPECT_EQ(live, wanted);
}

TEST_P(PublicSchema, IsTheSameAfterDumpAndRestore) {
  const TestDatabase database;
  database.sql(schema());
  DatabaseSession session(database);
  const auto live = inspect(*session);
  if (live.server_version >= 160000) GTEST_SKIP() << "pg_dump 15 refuses to read a newer server.";
  const auto dump = database.dump_schema();
  const auto wanted = wanted_from_sql(*session, dump);
  EXPECT_THAT(descriptions(compare(live, wanted, {.compare_column_order = true})), IsEmpty());
  const TestDatabase restored;
  restored.sql(dump);
  DatabaseSession other(restored);
  EXPECT_THAT(descriptions(compare(live, inspect(*other), {.compare_column_order = true})), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(All, PublicSchema,
                         testing::Values("bicycle_works", "federation", "film_rental", "music_catalogue",
                                         "record_shop"),
                         [](const auto& given) { return std::string(given.param); });

}  // namespace
}  // namespace support::tests
