#include "app/cli/lint_command.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>

namespace support::cli {
namespace {

using ::testing::HasSubstr;

// A folder of files that is gone with the test.
class LintCommand : public ::testing::Test {
 protected:
  LintCommand() { std::filesystem::create_directories(folder_); }
  ~LintCommand() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }

  // What stands behind `migrate`, to its exit code.
  int run(std::vector<std::string> words) {
    CLI::App program;
    MigrateArguments general;
    int exit_code = -1;
    add_migrate_command(program, general, [] {});
    add_lint_command(*program.get_subcommand("migrate"), general, exit_code);
    words.insert(words.begin(), "migrate");
    std::reverse(words.begin(), words.end());
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    try {
      program.parse(words);
    } catch (const CLI::ParseError&) {
      exit_code = 2;
    }
    out_ = ::testing::internal::GetCapturedStdout();
    err_ = ::testing::internal::GetCapturedStderr();
    return exit_code;
  }

  std::string out_;
  std::string err_;

 private:
  std::filesystem::path folder_ =
      std::filesystem::path(::testing::TempDir()) / ("lint_command_" + std::to_string(::getpid()));
};

TEST_F(LintCommand, EndsWithOneOnAnError) {
  EXPECT_EQ(run({"lint", file("a.sql", "DROP TABLE users;")}), 1);
  EXPECT_THAT(out_, HasSubstr("error: drop-table"));
}

TEST_F(LintCommand, EndsWithZeroOnWarnings) {
  EXPECT_EQ(run({"lint", file("a.sql", "ALTER TABLE users ADD COLUMN a int;")}), 0);
  EXPECT_THAT(out_, HasSubstr("warning: missing-lock-timeout"));
}

TEST_F(LintCommand, NamesThePlaceOfASyntaxErrorAndEndsWithTwo) {
  const auto path = file("a.sql", "SELECT 1;\nALTER TABEL x;");
  EXPECT_EQ(run({"lint", path}), 2);
  EXPECT_EQ(err_, path + ":2:7: syntax error at or near \"TABEL\"\n");
  EXPECT_EQ(out_, "");
}

TEST_F(LintCommand, KnowsWhatTheSchemaSays) {
  const auto schema = file("schema.sql", "CREATE TABLE users(name varchar(9));");
  const auto change = file("a.sql", "SET lock_timeout = '1s'; ALTER TABLE users ALTER name TYPE text;");
  EXPECT_EQ(run({"lint", change, "--schema", schema, "--format", "json", "--least", "warning"}), 0);
  EXPECT_EQ(out_, "[]\n");
}

TEST_F(LintCommand, TakesTheFormatOfMigrateAsItsOwn) {
  const auto change = file("a.sql", "SELECT 1;");
  EXPECT_EQ(run({"--format", "json", "lint", change}), 0);
  EXPECT_EQ(out_, "[]\n");
}

TEST_F(LintCommand, KeepsASessionFromFileToFile) {
  const auto first = file("a.sql", "SET lock_timeout = '1s';");
  const auto second = file("b.sql", "ALTER TABLE users ADD COLUMN a int;");
  run({"lint", first, second});
  EXPECT_THAT(out_, ::testing::Not(HasSubstr("missing-lock-timeout")));
}

TEST_F(LintCommand, SwitchesRules) {
  const auto change = file("a.sql", "CREATE TABLE a(id bigint PRIMARY KEY, b json);");
  run({"lint", change, "--enable", "prefer-jsonb"});
  EXPECT_THAT(out_, HasSubstr("prefer-jsonb"));
  run({"lint", change, "--enable", "style", "--disable", "prefer-jsonb,require-schema-name"});
  EXPECT_THAT(out_, ::testing::Not(HasSubstr("prefer-jsonb")));
  EXPECT_EQ(run({"lint", change, "--enable", "prefer-yaml"}), 2);
}

TEST_F(LintCommand, RefusesWhatIsNoFileAndNoRange) {
  EXPECT_EQ(run({"lint", "nowhere.sql"}), 2);
  EXPECT_THAT(err_, HasSubstr("nowhere.sql can't be read"));
  EXPECT_EQ(run({"lint", "head"}), 2);
  EXPECT_THAT(err_, HasSubstr("'head' is neither a file"));
  EXPECT_EQ(run({"lint", file("a.sql", ""), "ae10:head"}), 2);
}

TEST_F(LintCommand, PrintsTheRules) {
  EXPECT_EQ(run({"lint", "--rules"}), 0);
  EXPECT_THAT(out_, HasSubstr("| `drop-table` | error |"));
}

TEST_F(LintCommand, LintsTheRevisionsOfAFolder) {
  file("aa_first.sql",
       "-- First\n--\n-- revision: aa\n-- down_revision:\n-- create_date: 2026-01-18 03:38:38\n\n"
       "-- migrate:upgrade\nDROP TABLE users;\n\n-- migrate:downgrade\nCREATE TABLE users(id int PRIMARY KEY);\n");
  const auto folder = std::filesystem::path(file("ignored.txt", "")).parent_path().string();
  EXPECT_EQ(run({"--script-location", folder, "lint", "--all"}), 1);
  EXPECT_THAT(out_, HasSubstr("aa_first.sql:8: error: drop-table"));
}

}  // namespace
}  // namespace support::cli
