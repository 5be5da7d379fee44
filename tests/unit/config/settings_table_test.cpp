#include "app/config/settings_table.hpp"

#include <fstream>
#include <regex>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/config/ascii.hpp"
#include "app/config/setting_text.hpp"
#include "app/config/settings_reference.hpp"

#include "configuration.hpp"

namespace support::config {
namespace {

using testing::Configuration;
using ::testing::HasSubstr;

// The members of SettingsValues as its header has them.
std::set<std::string> members() {
  std::ifstream header(SUPPORT_SOURCE_DIR "/app/config/settings.hpp");
  std::set<std::string> names;
  bool inside = false;
  const std::regex member(R"(^  [^ ][^;]* ([a-z_]+)(\{\})?;)");
  for (std::string line; std::getline(header, line);) {
    if (line.starts_with("struct SettingsValues")) inside = true;
    if (line.starts_with("};")) inside = false;
    std::smatch match;
    if (inside && std::regex_search(line, match, member)) names.insert(match[1]);
  }
  return names;
}

TEST(SettingsTable, HasARowForEveryMemberAndNoOther) {
  std::set<std::string> rows;
  for (const Setting& setting : settings_table) rows.insert(lower_case(setting.name));
  EXPECT_EQ(rows, members());
  EXPECT_EQ(rows.size(), settings_table.size()) << "a name twice";
}

TEST(SettingsTable, HasDefaultsThatReadBackAsTheyAreShown) {
  for (const Setting& setting : settings_table) {
    if (setting.name == "DATABASE_URL") continue;
    SettingsValues values;
    EXPECT_EQ(read_setting(setting, setting.default_text, values), std::nullopt) << setting.name;
    if (setting.secrecy == Secrecy::secret) continue;
    EXPECT_EQ(setting_value_text(setting, values), setting.default_text) << setting.name;
  }
}

TEST(SettingsTable, DescribesEachSettingInOneSentence) {
  for (const Setting& setting : settings_table) {
    EXPECT_TRUE(setting.description.ends_with('.')) << setting.name;
    EXPECT_EQ(std::count(setting.description.begin(), setting.description.end(), '\n'), 0) << setting.name;
    EXPECT_FALSE(allowed_text(setting).empty()) << setting.name;
  }
}

TEST(SettingsTable, TakesTheEndsOfEveryRangeAndNothingBeyond) {
  for (const Setting& setting : settings_table) {
    if (!std::holds_alternative<std::int64_t SettingsValues::*>(setting.member)) continue;
    SettingsValues values;
    EXPECT_EQ(read_setting(setting, std::to_string(setting.range.least), values), std::nullopt) << setting.name;
    EXPECT_EQ(read_setting(setting, std::to_string(setting.range.most), values), std::nullopt) << setting.name;
    EXPECT_NE(read_setting(setting, std::to_string(setting.range.least - 1), values), std::nullopt) << setting.name;
    EXPECT_NE(read_setting(setting, std::to_string(setting.range.most + 1), values), std::nullopt) << setting.name;
  }
}

TEST(SettingsReference, IsAMarkdownTableWithARowForEachSetting) {
  const std::string table = settings_as_markdown();
  std::istringstream lines(table);
  std::size_t rows = 0;
  const std::regex cell_end(R"((^|[^\\])\|)");
  for (std::string line; std::getline(lines, line); ++rows) {
    EXPECT_EQ(std::distance(std::sregex_iterator(line.begin(), line.end(), cell_end), std::sregex_iterator()), 5)
        << line;
  }
  EXPECT_EQ(rows, settings_table.size() + 2);
  EXPECT_THAT(table, HasSubstr("| `HTTP_PORT` | `8000` | a whole number from 0 to 65535 (0: any free port) |"));
}

TEST(SettingsReference, IsADotenvFileThatChangesNothing) {
  const std::string text = settings_as_dotenv();
  EXPECT_NO_THROW(Configuration().dotenv(text).load());

  std::string active = std::regex_replace(text, std::regex("(^|\n)# ([A-Z_]+=)"), "$1$2");
  active = std::regex_replace(active, std::regex("DATABASE_URL=\n"), "");
  const Settings settings = Configuration().dotenv(active).load();
  const Settings defaults = Configuration().load();
  for (std::size_t i = 0; i < settings_table.size(); ++i) {
    EXPECT_EQ(settings.rows()[i].value, defaults.rows()[i].value);
    EXPECT_EQ(settings.rows()[i].source, settings_table[i].name == "DATABASE_URL" ? "default" : ".env");
  }
}

TEST(SettingText, WritesDurationsInTheLargestWholeUnit) {
  EXPECT_EQ(duration_text(Duration(0)), "0s");
  EXPECT_EQ(duration_text(Duration(250)), "250ms");
  EXPECT_EQ(duration_text(Duration(1500)), "1.5s");
  EXPECT_EQ(duration_text(Duration(1001)), "1.001s");
  EXPECT_EQ(duration_text(Duration(75'000)), "75s");
  EXPECT_EQ(duration_text(Duration(300'000)), "5m");
  EXPECT_EQ(duration_text(Duration(7'200'000)), "2h");
}

}  // namespace
}  // namespace support::config
