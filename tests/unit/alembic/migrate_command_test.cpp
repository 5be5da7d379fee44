#include "app/cli/migrate_command.hpp"

#include <algorithm>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/cli/usage.hpp"

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
  for (const auto* line :
       {"upgrade head", "downgrade -1", "current", "stamp head", "ensure_version", "history -i",
        "history -r current:", "show current", "check", "drift", "edit current", "revision --autogenerate"}) {
    EXPECT_TRUE(needs_database(parse(line))) << line;
  }
  for (const auto* line :
       {"upgrade head --sql", "downgrade head:base --sql", "stamp --sql head", "ensure_version --sql", "history",
        "history -r a:b", "heads", "branches", "show head", "revision -m x", "revision --autogenerate --sql",
        "merge heads", "edit head", "init x", "list_templates"}) {
    EXPECT_FALSE(needs_database(parse(line))) << line;
  }
}

TEST(MigrateCommandLine, TakesAlembicsOptionsOfNewRevisions) {
  const auto revision = parse(
      "revision -m 'two words' --head lib@head --splice --branch-label b --rev-id x --version-path p --depends-on a "
      "--depends-on c --template sql --autogenerate --sql");
  EXPECT_EQ(revision.command, Command::revision);
  const auto& options = revision.revision;
  EXPECT_EQ(options.message, "two words");
  EXPECT_EQ(options.head, "lib@head");
  EXPECT_TRUE(options.splice && options.autogenerate && options.sql);
  EXPECT_EQ(options.branch_label, "b");
  EXPECT_EQ(options.rev_id, "x");
  EXPECT_EQ(options.version_path, "p");
  EXPECT_THAT(options.depends_on, ElementsAre("a", "c"));
  EXPECT_EQ(options.template_, alembic::ScriptKind::sql);
  EXPECT_EQ(parse("revision").revision.head, "head");
  const auto merge = parse("merge ae10 27c6 --message m --splice --branch-label b --rev-id x");
  EXPECT_THAT(merge.revisions, ElementsAre("ae10", "27c6"));
  EXPECT_EQ(merge.revision.message, "m");
  const auto init = parse("init -t sql --package dir");
  EXPECT_EQ(init.init.directory, "dir");
  EXPECT_EQ(init.init.template_, "sql");
  EXPECT_EQ(parse("--script-location a:b heads").script_location, "a:b");
  EXPECT_EQ(parse("--raiseerr heads").script_location, "builtin");
  EXPECT_THROW(parse("revision --template python"), CLI::ParseError);
  EXPECT_THROW(parse("merge -m nothing"), CLI::ParseError);
}

TEST(MigrateCommandLine, HasHelpWithExamplesThatParse) {
  CLI::App program;
  MigrateArguments arguments;
  add_migrate_command(program, arguments, [] {});
  const auto* migrate = program.get_subcommands(nullptr).front();
  for (const auto* command : migrate->get_subcommands(nullptr)) {
    SCOPED_TRACE(command->get_name());
    std::istringstream help(command->help());
    std::size_t examples = 0;
    const std::string prefix = "  support-agent migrate ";
    for (std::string line; std::getline(help, line);) {
      if (!line.starts_with(prefix)) continue;
      ++examples;
      // What follows is the shell's.
      const auto example = line.substr(prefix.size());
      const auto parsed = parse(example.substr(0, std::min(example.find(" >"), example.find(" ||"))));
      EXPECT_NE(example.find(command->get_name()), std::string::npos) << example;
      static_cast<void>(parsed);
    }
    EXPECT_GE(examples, 1U);
  }
}

std::string sentence(const std::vector<std::string>& line) {
  CLI::App program("", "support-agent");
  program.require_subcommand(1);
  MigrateArguments arguments;
  add_migrate_command(program, arguments, [] {});
  auto reversed = line;
  std::ranges::reverse(reversed);
  try {
    program.parse(reversed);
  } catch (const CLI::ParseError& error) {
    return usage_sentence(program, line, error);
  }
  return "";
}

TEST(UsageSentence, NamesWhatIsUnknownAndWhatIsNearest) {
  EXPECT_EQ(sentence({"migrate", "histroy"}),
            "support-agent migrate has no command 'histroy'; did you mean 'history'?\n"
            "Run support-agent migrate --help for what it takes.");
  EXPECT_THAT(sentence({"mgrate"}),
              testing::StartsWith("support-agent has no command 'mgrate'; did you mean 'migrate'?"));
  EXPECT_THAT(sentence({"migrate", "xyz"}), testing::StartsWith("support-agent migrate has no command 'xyz'\n"));
  EXPECT_THAT(sentence({"migrate", "-q", "-x", "upgrade", "revision", "-m", "heads", "--spice"}),
              testing::StartsWith("support-agent migrate revision has no option '--spice'; did you mean '--splice'?"));
  EXPECT_THAT(sentence({"migrate", "downgrade", "-1", "--sqk=1"}), testing::HasSubstr("no option '--sqk'"));
  EXPECT_THAT(sentence({"migrate", "upgrade", "a", "b"}), testing::StartsWith("support-agent migrate upgrade: "));
  EXPECT_THAT(sentence({"migrate"}), testing::StartsWith("support-agent migrate needs a command\n"));
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
