#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "app/database/models/base.hpp"

#include "tests/support/migration_chain.hpp"
#include "tests/support/test_cluster.hpp"

// The SQL of the compiled-in migrations and of the models, on a real server.
namespace support::tests {
namespace {

TEST(Versions, EachDowngradeUndoesItsUpgradeAndTheUpgradeCanBeRepeated) {
  const TestDatabase database;
  const schema::ServerFeatures server = server_of(database);
  for (const alembic::CompiledMigration& migration : migration_chain()) {
    SCOPED_TRACE(migration.file);
    const std::string before = database.dump_schema();
    for (const std::string& sql : upgrade_sql(migration, server)) database.sql(sql);
    const std::string after = database.dump_schema();
    EXPECT_NE(before, after);
    for (const std::string& sql : downgrade_sql(migration, server)) database.sql(sql);
    EXPECT_EQ(database.dump_schema(), before);
    for (const std::string& sql : upgrade_sql(migration, server)) database.sql(sql);
    EXPECT_EQ(database.dump_schema(), after);
  }
}

TEST(Versions, TheModelsAreWhatTheNewestMigrationLeaves) {
  const TestDatabase migrated;
  const TestDatabase created;
  const schema::ServerFeatures server = server_of(migrated);
  for (const alembic::CompiledMigration& migration : migration_chain()) {
    for (const std::string& sql : upgrade_sql(migration, server)) migrated.sql(sql);
  }
  for (const std::string& sql : create_all_sql(database::Base::metadata(), server)) created.sql(sql);
  EXPECT_EQ(created.dump_schema(), migrated.dump_schema());
}

TEST(Versions, EveryTableAndColumnHasAComment) {
  const TestDatabase database;
  for (const std::string& sql : create_all_sql(database::Base::metadata(), server_of(database))) database.sql(sql);
  const auto uncommented = database.sql(
      "SELECT c.oid::regclass, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND NOT "
      "a.attisdropped "
      "WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0 "
      "AND (obj_description(c.oid, 'pg_class') IS NULL OR col_description(c.oid, a.attnum) IS NULL)");
  EXPECT_TRUE(uncommented.empty()) << uncommented.front().at(0) << '.' << uncommented.front().at(1);
}

TEST(Versions, TheEscalationColumnsLeaveTheRowsOfConversationsWhereTheyAre) {
  const TestDatabase database;
  const schema::ServerFeatures server = server_of(database);
  const auto file_of_conversations = [&] {
    return database.sql("SELECT pg_relation_filenode('conversations')").front().front();
  };
  for (const alembic::CompiledMigration& migration : migration_chain()) {
    const bool adds_columns = migration.revision == "96a3b0f47d1e";
    const std::string before = adds_columns ? file_of_conversations() : "";
    for (const std::string& sql : upgrade_sql(migration, server)) database.sql(sql);
    if (adds_columns) {
      EXPECT_EQ(file_of_conversations(), before);
    }
  }
}

TEST(Versions, NoEnumTypeIsLeftBehindAtBase) {
  const TestDatabase database;
  const schema::ServerFeatures server = server_of(database);
  auto chain = migration_chain();
  for (const alembic::CompiledMigration& migration : chain) {
    for (const std::string& sql : upgrade_sql(migration, server)) database.sql(sql);
  }
  EXPECT_FALSE(database.sql("SELECT typname FROM pg_type WHERE typtype = 'e'").empty());
  for (auto migration = chain.rbegin(); migration != chain.rend(); ++migration) {
    for (const std::string& sql : downgrade_sql(*migration, server)) database.sql(sql);
  }
  EXPECT_TRUE(database.sql("SELECT typname FROM pg_type WHERE typtype = 'e'").empty());
}

}  // namespace
}  // namespace support::tests
