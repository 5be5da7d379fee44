#include "app/cli/config_command.hpp"

#include <filesystem>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/config/settings_table.hpp"

#include "configuration.hpp"

namespace support::cli {
namespace {

using config::testing::TemporaryFolder;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct Output {
  int exit_code;
  std::string out;
  std::string err;
};

// Runs `config …` in a folder with `dotenv` as its .env; the environment of the test holds no setting.
Output run(const std::vector<std::string>& arguments, const std::string& dotenv) {
  const TemporaryFolder folder;
  folder.write(".env", dotenv);
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(std::filesystem::path(folder.path(".env")).parent_path());
  CLI::App program;
  int exit_code = -1;
  add_config_command(program, exit_code);
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  reversed.push_back("config");
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  try {
    program.parse(reversed);
  } catch (const CLI::ParseError& error) {
    exit_code = error.get_exit_code();
  }
  std::fflush(stdout);
  std::filesystem::current_path(before);
  return {exit_code, ::testing::internal::GetCapturedStdout(), ::testing::internal::GetCapturedStderr()};
}

class ConfigCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const auto& setting : config::settings_table) {
      ::unsetenv(std::string(setting.name).c_str());
      ::unsetenv(fmt::format("{}_FILE", setting.name).c_str());
    }
  }
};

const std::string url_line = "DATABASE_URL=postgresql+asyncpg://mary:rose@h:5433/db?ssl=require\n";

TEST_F(ConfigCommand, ShowsEverySettingWithItsSource) {
  const Output output = run({"show"}, url_line + "HTTP_PORT=4711\nSECRET_KEY=0123456789abcdef0123456789abcdef\n");
  EXPECT_EQ(output.exit_code, 0);
  EXPECT_THAT(output.out, ::testing::ContainsRegex("HTTP_PORT +4711 +\\.env\n"));
  EXPECT_THAT(output.out, ::testing::ContainsRegex("HTTP_HOST +127.0.0.1 +default\n"));
  EXPECT_THAT(output.out, AllOf(HasSubstr("mary:***@h"), Not(HasSubstr("rose")), Not(HasSubstr("0123456789abcdef"))));
  EXPECT_THAT(output.err, IsEmpty());
}

TEST_F(ConfigCommand, ShowsThemAsOneJsonDocument) {
  const Output output = run({"show", "--format", "json"}, url_line);
  EXPECT_EQ(output.exit_code, 0);
  const auto list = boost::json::parse(output.out).as_array();
  EXPECT_EQ(list.size(), config::settings_table.size());
  EXPECT_EQ(list.front().at("name").as_string(), "APP_NAME");
  EXPECT_EQ(list.front().at("source").as_string(), "default");
  EXPECT_THAT(output.out, Not(HasSubstr("rose")));
}

TEST_F(ConfigCommand, ChecksAndListsEveryProblem) {
  EXPECT_EQ(run({"check"}, url_line).exit_code, 0);
  const Output output = run({"check"}, "HTTP_PORT=x\nDEBUG=perhaps\n");
  EXPECT_EQ(output.exit_code, 2);
  EXPECT_THAT(output.err, AllOf(HasSubstr("HTTP_PORT"), HasSubstr("DEBUG")));
  EXPECT_THAT(output.out, IsEmpty());
}

TEST_F(ConfigCommand, PrintsTheUrlAndTheOneForMigrations) {
  EXPECT_EQ(run({"url"}, url_line).out, "postgresql+asyncpg://mary:***@h:5433/db?ssl=require\n");
  EXPECT_EQ(run({"url", "--show-password"}, url_line).out, "postgresql+asyncpg://mary:rose@h:5433/db?ssl=require\n");
  EXPECT_EQ(run({"url", "--sync"}, url_line).out, "postgresql://mary:***@h:5433/db?sslmode=require\n");
  EXPECT_EQ(run({"url", "--sync", "--show-password"}, url_line).out,
            "postgresql://mary:rose@h:5433/db?sslmode=require\n");
}

TEST_F(ConfigCommand, SaysWhereTheDatabaseIsWithoutAUrl) {
  const Output output = run({"url"}, "");
  EXPECT_EQ(output.exit_code, 2);
  EXPECT_THAT(output.err, AllOf(HasSubstr("private PostgreSQL cluster"), HasSubstr("Set DATABASE_URL=")));
  EXPECT_THAT(output.out, IsEmpty());
}

TEST_F(ConfigCommand, PrintsTheReferenceEvenWhenTheConfigurationIsBroken) {
  const Output markdown = run({"reference"}, "HTTP_PORT=x");
  EXPECT_EQ(markdown.exit_code, 0);
  EXPECT_THAT(markdown.out, HasSubstr("| `HTTP_PORT` |"));
  EXPECT_THAT(run({"reference", "--format", "env"}, "").out, HasSubstr("# HTTP_PORT=8000\n"));
}

TEST_F(ConfigCommand, RefusesAFormatItDoesNotKnow) {
  EXPECT_GT(run({"show", "--format", "yaml"}, "").exit_code, 100);  // CLI11's own codes
}

}  // namespace
}  // namespace support::cli
