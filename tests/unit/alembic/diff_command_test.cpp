// The command line of `diff` and of what else compares.
#include "app/cli/diff_command.hpp"

#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/command/side.hpp"
#include "app/alembic/errors.hpp"

#include "tests/support/temporary_folder.hpp"

namespace support::cli {
namespace {

using alembic::autogenerate::ObjectKind;
using alembic::command::OutputFormat;
using alembic::command::parse_side;
using alembic::command::Side;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

DiffArguments parse(const std::string& line) {
  CLI::App program;
  MigrateArguments general;
  DiffArguments arguments;
  bool has_run = false;
  add_migrate_command(program, general, [] {});
  add_diff_command(*program.get_subcommand("migrate"), arguments, [&] { has_run = true; });
  program.parse("migrate " + line);
  EXPECT_TRUE(has_run) << line;
  return arguments;
}

MigrateArguments parse_check(const std::string& line) {
  CLI::App program;
  MigrateArguments arguments;
  add_migrate_command(program, arguments, [] {});
  program.parse("migrate check " + line);
  return arguments;
}

TEST(DiffCommandLine, ComparesTheDatabaseWithTheModelsUnlessToldOtherwise) {
  const auto plain = parse("diff");
  EXPECT_EQ(plain.request.from, "");
  EXPECT_EQ(plain.request.to, "metadata");
  EXPECT_EQ(plain.request.options, alembic::autogenerate::ComparisonOptions());
  EXPECT_EQ(plain.format, OutputFormat::text);
  const auto named = parse("diff --from a.sql --to postgresql+asyncpg://u@h/d --dev-url postgresql://h/dev");
  EXPECT_EQ(named.request.from, "a.sql");
  EXPECT_EQ(named.request.to, "postgresql+asyncpg://u@h/d");
  EXPECT_EQ(named.request.dev_url, "postgresql://h/dev");
}

TEST(DiffCommandLine, HasFormatsOfItsOwn) {
  EXPECT_EQ(parse("diff --format sql").format, OutputFormat::text);
  EXPECT_EQ(parse("diff --format json").format, OutputFormat::json);
  EXPECT_FALSE(parse("diff").has_format);
  EXPECT_TRUE(parse("diff --format sql").has_format);
  EXPECT_THROW(parse("diff --format xml"), CLI::ParseError);
}

TEST(ComparisonCommandLine, TakesWhatCounts) {
  const auto options =
      parse(
          "diff --no-compare-type --no-compare-server-default --no-compare-comments --compare-access "
          "--compare-column-order --compare-storage --ignore index --ignore enum-type,view --schema app --schema a,b "
          "--include-schemas --include-name 'app.*' --exclude-name table:tmp_*")
          .request.options;
  EXPECT_FALSE(options.compare_type || options.compare_server_default || options.compare_comments);
  EXPECT_TRUE(options.compare_access && options.compare_column_order && options.include_schemas);
  EXPECT_EQ(options.compare_storage, true);
  EXPECT_EQ(parse("diff --no-compare-storage").request.options.compare_storage, false);
  EXPECT_THAT(options.ignored_kinds, UnorderedElementsAre(ObjectKind::index, ObjectKind::enum_type, ObjectKind::view));
  EXPECT_THAT(options.schemas, UnorderedElementsAre("app", "a", "b"));
  ASSERT_EQ(options.include_names.size(), 1U);
  EXPECT_EQ(options.include_names.front().glob, "app.*");
  ASSERT_EQ(options.exclude_names.size(), 1U);
  EXPECT_EQ(options.exclude_names.front().kind, ObjectKind::table);
}

TEST(ComparisonCommandLine, RefusesWhatItDoesNotKnow) {
  for (const auto* line : {"diff --ignore tables", "diff --ignore", "diff --exclude-name tabel:x",
                           "diff --rename users", "diff extra", "check --from x"}) {
    EXPECT_THROW(parse(line), CLI::ParseError) << line;
  }
}

TEST(ComparisonCommandLine, IsTheSameForCheck) {
  const auto check =
      parse_check("--to schema.sql --ignore view --rename a:b --rename c.d:e --dev-url postgresql://h/d");
  EXPECT_EQ(check.command, MigrateArguments::Command::check);
  EXPECT_EQ(check.comparison.to, "schema.sql");
  EXPECT_THAT(check.comparison.renames, ElementsAre("a:b", "c.d:e"));
  EXPECT_THAT(check.comparison.options.ignored_kinds, ElementsAre(ObjectKind::view));
  EXPECT_EQ(parse_check("").comparison.to, "metadata");
}

TEST(DiffCommandLine, HasHelpWithExamplesThatParse) {
  CLI::App program;
  MigrateArguments general;
  DiffArguments arguments;
  add_migrate_command(program, general, [] {});
  add_diff_command(*program.get_subcommand("migrate"), arguments, [] {});
  std::istringstream help(program.get_subcommand("migrate")->get_subcommand("diff")->help());
  const std::string prefix = "  support-agent migrate ";
  std::size_t examples = 0;
  for (std::string line; std::getline(help, line);) {
    if (!line.starts_with(prefix)) continue;
    ++examples;
    const auto parsed = parse(line.substr(prefix.size(), line.find(" |") - prefix.size()));
    static_cast<void>(parsed);
  }
  EXPECT_GE(examples, 5U);
}

// Those of the page about it, up to their comments.
TEST(DiffCommandLine, IsUnderstoodAsThePageSpellsIt) {
  std::ifstream page(SUPPORT_SOURCE_DIR "/docs/autogenerate.md");
  const std::string diff = "support-agent migrate diff";
  std::size_t lines = 0;
  for (std::string line; std::getline(page, line);) {
    if (!line.starts_with(diff)) continue;
    ++lines;
    const auto arguments = parse(line.substr(line.find("diff"), line.find(" #") - line.find("diff")));
    EXPECT_NE(arguments.request.to, "") << line;
  }
  EXPECT_GE(lines, 4U);
}

TEST(Side, IsADatabaseTheModelsAFileOrMigrations) {
  const tests::TemporaryFolder folder;
  const auto file = folder.write("a.sql", "SELECT 1;");
  EXPECT_TRUE(parse_side("", "--from").is_default_database());
  EXPECT_EQ(parse_side("metadata", "--to").kind, Side::Kind::metadata);
  EXPECT_EQ(parse_side(file, "--to").kind, Side::Kind::file);
  EXPECT_TRUE(parse_side("-", "--to").is_standard_input());
  EXPECT_EQ(parse_side(folder.path(), "--to").kind, Side::Kind::migrations);
  EXPECT_EQ(parse_side("builtin", "--to").kind, Side::Kind::migrations);
  EXPECT_EQ(parse_side(folder.path() + ":builtin", "--to").kind, Side::Kind::migrations);
  const auto url = parse_side("postgresql+psycopg2://me:secret@db/app", "--to");
  EXPECT_EQ(url.kind, Side::Kind::database);
  EXPECT_FALSE(url.is_default_database());
  EXPECT_EQ(url.name(), "postgresql://me:***@db/app");
}

TEST(Side, ThatIsNoneIsASentenceWithoutThePassword) {
  EXPECT_THAT([] { parse_side("gone.sql", "--to"); },
              testing::ThrowsMessage<alembic::CommandError>(HasSubstr("--to gone.sql: there is no such file")));
  EXPECT_THAT([] { parse_side("mysql://me:secret@db/app", "--from"); },
              testing::ThrowsMessage<alembic::CommandError>(
                  testing::AllOf(HasSubstr("--from: "), testing::Not(HasSubstr("secret")))));
}

TEST(Side, SaysWhetherDatabaseUrlIsNeeded) {
  const tests::TemporaryFolder folder;
  const auto file = folder.write("a.sql", "");
  using alembic::command::needs_database;
  EXPECT_TRUE(needs_database(alembic::command::ComparisonRequest{}));
  EXPECT_TRUE(needs_database({.from = file, .to = "metadata"}));
  EXPECT_TRUE(needs_database({.to = "postgresql://h/d"}));
  EXPECT_FALSE(needs_database({.from = "postgresql://h/d", .to = file}));
  EXPECT_FALSE(needs_database({.from = "postgresql://h/d", .to = "postgresql://h/e"}));
  EXPECT_FALSE(needs_database({.from = file, .to = "metadata", .dev_url = "postgresql://h/d"}));
}

}  // namespace
}  // namespace support::cli
