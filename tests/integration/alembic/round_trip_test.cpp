// The compiled-in migrations through the engine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/database/models/base.hpp"
#include "app/schema/metadata.hpp"

#include "tests/integration/alembic/engine.hpp"

namespace support::tests {
namespace {

using alembic::ScriptDirectory;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(RoundTrip, UpgradeDowngradeToBaseAndUpgradeLeaveTheSameSchema) {
  const TestDatabase database;
  const Engine engine(database);
  const auto scripts = ScriptDirectory::builtin();
  ASSERT_EQ(engine.upgrade(scripts).exit_code, 0);
  const auto at_head = database.dump_schema();
  EXPECT_THAT(version_rows(database), ElementsAre(*scripts.get_current_head()));
  ASSERT_EQ(engine.downgrade(scripts, "base").exit_code, 0);
  EXPECT_THAT(version_rows(database), IsEmpty());
  ASSERT_EQ(engine.upgrade(scripts).exit_code, 0);
  EXPECT_EQ(database.dump_schema(), at_head);
}

TEST(RoundTrip, EachStepDownRestoresWhatWasBeforeTheStepUp) {
  const TestDatabase database;
  const Engine engine(database);
  const auto scripts = ScriptDirectory::builtin();
  // The table itself comes with the first run and stays.
  engine.run(scripts, [](auto& context) { alembic::command::ensure_version(context); });
  std::vector<std::string> dumps{database.dump_schema()};
  for (std::size_t i = 0; i < scripts.map().size(); ++i) {
    ASSERT_EQ(engine.upgrade(scripts, "+1").exit_code, 0);
    dumps.push_back(database.dump_schema());
    EXPECT_NE(dumps[i], dumps[i + 1]);
  }
  for (std::size_t i = scripts.map().size(); i > 0; --i) {
    ASSERT_EQ(engine.downgrade(scripts, "-1").exit_code, 0);
    EXPECT_EQ(database.dump_schema(), dumps[i - 1]);
  }
}

TEST(RoundTrip, TheModelsAreWhatTheMigrationsBuild) {
  const TestDatabase migrated;
  const TestDatabase created;
  ASSERT_EQ(Engine(migrated).upgrade(ScriptDirectory::builtin()).exit_code, 0);
  migrated.sql("DROP TABLE alembic_version");
  for (const auto& statement : schema::create_all_sql(database::Base::metadata(), server_of(migrated))) {
    created.sql(statement);
  }
  EXPECT_EQ(created.dump_schema(), migrated.dump_schema());
}

TEST(RoundTrip, TheOfflineScriptBuildsTheSameSchemaAndRows) {
  const TestDatabase online;
  const TestDatabase replayed;
  const auto scripts = ScriptDirectory::builtin();
  const bool vector = !online.sql("SELECT FROM pg_available_extensions WHERE name = 'vector'").empty();
  // Offline everything is taken to be available, so the scripts differ where it is not.
  if (!vector) GTEST_SKIP() << "pgvector is not available on this server";
  Engine offline(replayed);
  offline.environment().run.mode = alembic::Mode::offline;
  const auto script = offline.upgrade(scripts);
  ASSERT_EQ(script.exit_code, 0);
  replayed.sql(script.printed);
  ASSERT_EQ(Engine(online).upgrade(scripts).exit_code, 0);
  EXPECT_EQ(replayed.dump_schema(), online.dump_schema());
  EXPECT_EQ(version_rows(replayed), version_rows(online));
}

TEST(RoundTrip, TheOfflineScriptOfTheFirstMigrationsBuildsTheSameSchemaAndRows) {
  const TestDatabase online;
  const TestDatabase replayed;
  const auto scripts = ScriptDirectory::builtin();
  Engine offline(replayed);
  offline.environment().run.mode = alembic::Mode::offline;
  const auto script = offline.upgrade(scripts, "f57c936ded09+2");
  ASSERT_EQ(script.exit_code, 0);
  replayed.sql(script.printed);
  ASSERT_EQ(Engine(online).upgrade(scripts, "f57c936ded09+2").exit_code, 0);
  EXPECT_EQ(replayed.dump_schema(), online.dump_schema());
  EXPECT_EQ(version_rows(replayed), version_rows(online));
}

}  // namespace
}  // namespace support::tests
