// The project's own migrations: a database that Python's Alembic began goes on here, and back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/migration.hpp"

#include "tests/conformance/python_alembic.hpp"
#include "tests/integration/alembic/engine.hpp"
#include "tests/support/migration_scripts.hpp"
#include "tests/support/recording_sink.hpp"

namespace support::tests {
namespace {

using alembic::ScriptDirectory;
using testing::ElementsAre;

constexpr auto first_revision = "f57c936ded09";

std::string url_of(const TestDatabase& database) {
  return database.tcp_url().sync(config::Password::show);
}

// Our first migration as a Python project has it: the same statements, the same identifiers.
PythonAlembic::Step first_migration() {
  for (const auto& migration : alembic::compiled_migrations()) {
    if (migration.revision != first_revision) continue;
    return {{.revision = first_revision},
            "Initial migration: create customers, conversations, messages tables",
            sql_of(migration.upgrade),
            sql_of(migration.downgrade)};
  }
  throw std::runtime_error("The first migration is not compiled in");
}

TEST(PythonProject, ADatabaseThatPythonLeftAtTheFirstRevisionGoesOnHereAndBack) {
  if (!PythonOracle::is_installed())
    GTEST_SKIP() << "Python's Alembic is not installed (Debian: alembic, python3-psycopg2)";
  const TestDatabase database;
  const auto empty = database.dump_schema();
  const PythonAlembic python(url_of(database), {first_migration()});
  ASSERT_EQ(python.run({"upgrade", {{"revision", "head"}}}).error, "");
  const auto at_first = database.dump_schema();
  EXPECT_THAT(version_rows(database), ElementsAre(first_revision));

  const auto scripts = ScriptDirectory::builtin();
  const Engine engine(database);
  EXPECT_EQ(engine.current(scripts).printed, std::string(first_revision) + "\n");
  ASSERT_EQ(engine.upgrade(scripts).exit_code, 0);
  EXPECT_THAT(version_rows(database), ElementsAre(*scripts.get_current_head()));
  ASSERT_EQ(engine.downgrade(scripts, first_revision).exit_code, 0);
  EXPECT_EQ(database.dump_schema(), at_first);

  EXPECT_EQ(python.run({"current"}).output, std::string(first_revision) + " (head)\n");
  ASSERT_EQ(python.run({"downgrade", {{"revision", "base"}}}).error, "");
  database.sql("DROP TABLE alembic_version");
  EXPECT_EQ(database.dump_schema(), empty);
}

TEST(PythonProject, OurFirstRevisionIsWhatPythonWouldHaveLeft) {
  if (!PythonOracle::is_installed())
    GTEST_SKIP() << "Python's Alembic is not installed (Debian: alembic, python3-psycopg2)";
  const TestDatabase theirs;
  const TestDatabase ours;
  ASSERT_EQ(PythonAlembic(url_of(theirs), {first_migration()}).run({"upgrade", {{"revision", "head"}}}).error, "");
  ASSERT_EQ(Engine(ours).upgrade(ScriptDirectory::builtin(), first_revision).exit_code, 0);
  // The version table included.
  EXPECT_EQ(ours.dump_schema(), theirs.dump_schema());
  EXPECT_EQ(version_rows(ours), version_rows(theirs));
}

}  // namespace
}  // namespace support::tests
