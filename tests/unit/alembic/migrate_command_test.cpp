#include "app/cli/migrate_command.hpp"

#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/migration_scripts.hpp"

namespace support::cli {
namespace {

using Command = MigrateArguments::Command;
using testing::ElementsAre;

MigrateArguments parse(const std::string& line) {
  CLI::App program;
  MigrateArguments arguments;
  bool has_run = false;
  add_migrate_command(program, arguments, [&] { has_run = true; });
  program.parse("migrate " + line);
  EXPECT_TRUE(has_run) << line;
  return arguments;
}

TEST(MigrateCommandLine, TakesRelativeRevisionsForWhatTheyAre) {
  EXPECT_THAT(parse("downgrade -1").revisions, ElementsAre("-1"));
  EXPECT_THAT(parse("downgrade -12 --sql").revisions, ElementsAre("-12"));
  EXPECT_THAT(parse("upgrade +2").revisions, ElementsAre("+2"));
  EXPECT_THAT(parse("upgrade --sql ae10:+2").revisions, ElementsAre("ae10:+2"));
  EXPECT_THAT(parse("downgrade lib@-1").revisions, ElementsAre("lib@-1"));
  EXPECT_EQ(parse("history -r-3:").history.range, "-3:");
  EXPECT_EQ(parse("history -r -3:current").history.range, "-3:current");
  EXPECT_EQ(parse("history --rev-range=-3:").history.range, "-3:");
  EXPECT_THAT(parse("stamp -1").revisions, ElementsAre("-1"));
}

TEST(MigrateCommandLine, TakesGeneralOptionsBeforeAndAfterTheCommand) {
  const auto before = parse("-x a=1 -x b=2 -q --format json current -v");
  EXPECT_THAT(before.x_arguments, ElementsAre("a=1", "b=2"));
  EXPECT_TRUE(before.quiet);
  EXPECT_EQ(before.format, alembic::command::OutputFormat::json);
  EXPECT_TRUE(before.current.verbose);
  EXPECT_EQ(parse("current --format json").format, alembic::command::OutputFormat::json);
  EXPECT_THAT(parse("upgrade head -x a=1").x_arguments, ElementsAre("a=1"));
}

TEST(MigrateCommandLine, TakesSeveralRevisionsToStampAndOneElsewhere) {
  const auto stamp = parse("stamp ae10 27c6 --purge");
  EXPECT_EQ(stamp.command, Command::stamp);
  EXPECT_THAT(stamp.revisions, ElementsAre("ae10", "27c6"));
  EXPECT_TRUE(stamp.purge);
  EXPECT_THROW(parse("upgrade ae10 27c6"), CLI::ParseError);
  EXPECT_THROW(parse("upgrade"), CLI::ParseError);
  EXPECT_THROW(parse("current --format xml"), CLI::ParseError);
  EXPECT_THROW(parse("nosuchcommand"), CLI::ParseError);
}

TEST(MigrateCommandLine, KnowsWhichCommandsTalkToADatabase) {
  for (const auto* line : {"upgrade head", "downgrade -1", "current", "stamp head", "ensure_version", "history -i",
                           "history -r current:", "show current"}) {
    EXPECT_TRUE(needs_database(parse(line))) << line;
  }
  for (const auto* line : {"upgrade head --sql", "downgrade head:base --sql", "stamp --sql head",
                           "ensure_version --sql", "history", "history -r a:b", "heads", "branches", "show head"}) {
    EXPECT_FALSE(needs_database(parse(line))) << line;
  }
}

struct Printed {
  int exit_code;
  std::string text;
};

Printed run(const std::string& line) {
  const auto settings = config::Settings::load({.environment = {{"DATABASE_URL", "postgresql://app@127.0.0.1:1/x"}}});
  std::ostringstream out;
  const int exit_code = run_migrate(settings, parse(line), tests::line_of_tables(2), out);
  return {exit_code, out.str()};
}

TEST(RunMigrate, QuietPrintsNoReportAndNoFailureButStillSql) {
  EXPECT_EQ(run("-q history").text, "");
  const auto failed = run("-q show zzzz");
  EXPECT_EQ(failed.exit_code, 2);
  EXPECT_EQ(failed.text, "");
  EXPECT_THAT(run("-q upgrade head --sql").text, testing::HasSubstr("CREATE TABLE r2 (id integer);"));
}

TEST(RunMigrate, MapsWhatWentWrongToExitCodes) {
  EXPECT_EQ(run("heads").exit_code, 0);
  EXPECT_EQ(run("show zzzz").exit_code, 2);
  EXPECT_EQ(run("upgrade head").exit_code, 3);
}

}  // namespace
}  // namespace support::cli
