// The program's own models and migrations say the same: `migrate check` after `migrate upgrade head` finds nothing.
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/command/diff.hpp"
#include "app/alembic/errors.hpp"
#include "app/database/models/base.hpp"

#include "tests/support/test_cluster.hpp"

namespace support::tests {
namespace {

using alembic::ExitCode;
using testing::HasSubstr;

class ModelsAndMigrations : public testing::Test {
 protected:
  ModelsAndMigrations() {
    const auto settings = config::Settings::load({.environment = {{"DATABASE_URL", database_.url_text()}}});
    environment_ = alembic::make_environment(settings, alembic::Mode::online);
    environment_.target_metadata = &database::Base::metadata();
  }

  ExitCode check(const alembic::command::ComparisonRequest& request = {}) {
    out_.str("");
    return alembic::command::check(context_, request);
  }

  TestDatabase database_;
  alembic::ScriptDirectory scripts_ = alembic::ScriptDirectory::open(alembic::parse_script_locations("builtin"));
  alembic::Environment environment_;
  std::ostringstream out_;
  alembic::command::Context context_{.scripts = scripts_, .environment = environment_, .out = out_, .sql = out_};
};

TEST_F(ModelsAndMigrations, AreTheSameAtHead) {
  alembic::command::upgrade(context_, "head");
  EXPECT_EQ(check(), ExitCode::done) << out_.str();
  EXPECT_EQ(out_.str(), "No new upgrade operations detected.\n");
}

TEST_F(ModelsAndMigrations, AreTheSameWithoutADatabaseAtHead) {
  const auto result = compare_sides(context_, {.from = "builtin"});
  EXPECT_THAT(descriptions(result), testing::IsEmpty());
  EXPECT_THAT(database_.sql("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"),
              testing::IsEmpty());
}

TEST_F(ModelsAndMigrations, DifferWhenSomebodyHasChangedTheDatabase) {
  EXPECT_THROW(check(), alembic::CommandError);
  alembic::command::upgrade(context_, "head");
  database_.sql("ALTER TABLE customers DROP COLUMN email; CREATE TABLE tmp_backup (a integer)");
  EXPECT_EQ(check(), ExitCode::found);
  EXPECT_THAT(out_.str(), testing::StartsWith("FAILED: New upgrade operations detected: "));
  EXPECT_THAT(out_.str(), HasSubstr("\n  Detected added column 'customers.email'\n"));
  EXPECT_THAT(out_.str(), HasSubstr("\n  Detected removed table 'tmp_backup'\n"));
  alembic::command::ComparisonRequest without_backup;
  without_backup.options.exclude_names = {alembic::autogenerate::parse_name_pattern("table:tmp_*")};
  EXPECT_EQ(check(without_backup), ExitCode::found);
  EXPECT_THAT(out_.str(), testing::Not(HasSubstr("tmp_backup")));
}

}  // namespace
}  // namespace support::tests
