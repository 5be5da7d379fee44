#include <cstdlib>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/migration_chain.hpp"
#include "tests/support/test_cluster.hpp"

// A team that comes from Python has a database that Python's Alembic left at f57c936ded09. The Python migration in
// tests/data/python_alembic is that revision as autogenerate would have written it, with our comments.
namespace support::tests {
namespace {

constexpr std::string_view python = "/usr/bin/python3";
constexpr std::string_view first_revision = "f57c936ded09";

int run_python(const std::string& arguments) {
  return std::system(fmt::format("{} -B {}", python, arguments).c_str());
}

bool have_python_alembic() {
  return run_python("-c 'import alembic, psycopg2' 2>/dev/null") == 0;
}

int run_python_alembic(const TestDatabase& database, const std::string& command, std::string_view revision) {
  const std::string script = SUPPORT_SOURCE_DIR "/tests/data/python_alembic/run.py";
  return run_python(
      fmt::format("'{}' '{}' {} {}", script, database.tcp_url().sync(config::Password::show), command, revision));
}

// What the migration engine does to the version table, for a linear history.
void stamp(const TestDatabase& database, std::string_view revision) {
  database.sql(
      "CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc "
      "PRIMARY KEY (version_num)); DELETE FROM alembic_version");
  database.sql(fmt::format("INSERT INTO alembic_version VALUES ('{}')", revision));
}

void upgrade(const TestDatabase& database, const alembic::CompiledMigration& migration) {
  for (const std::string& sql : upgrade_sql(migration, server_of(database))) database.sql(sql);
  stamp(database, migration.revision);
}

class PythonAlembic : public testing::Test {
 protected:
  void SetUp() override {
    if (!have_python_alembic()) {
      GTEST_SKIP() << python << " has no alembic and psycopg2 (Debian: python3-alembic, python3-psycopg2)";
    }
  }
};

TEST_F(PythonAlembic, LeavesTheSameSchemaAtTheFirstRevision) {
  const TestDatabase theirs;
  ASSERT_EQ(run_python_alembic(theirs, "upgrade", first_revision), 0);
  const TestDatabase ours;
  upgrade(ours, migration_chain().front());
  EXPECT_EQ(ours.dump_schema(), theirs.dump_schema());
}

TEST_F(PythonAlembic, LeavesADatabaseThatOurMigrationsTakeToTheSameHead) {
  const TestDatabase theirs;
  ASSERT_EQ(run_python_alembic(theirs, "upgrade", first_revision), 0);
  const TestDatabase ours;
  for (const alembic::CompiledMigration& migration : migration_chain()) {
    upgrade(ours, migration);
    if (migration.revision != first_revision) upgrade(theirs, migration);
  }
  EXPECT_EQ(ours.dump_schema(), theirs.dump_schema());
}

TEST_F(PythonAlembic, DowngradesWhatOurFirstMigrationBuilt) {
  const TestDatabase database;
  stamp(database, "");
  const std::string empty = database.dump_schema();
  upgrade(database, migration_chain().front());
  ASSERT_EQ(run_python_alembic(database, "downgrade", "base"), 0);
  EXPECT_EQ(database.dump_schema(), empty);
}

}  // namespace
}  // namespace support::tests
