// NAME_FILE, and the .env file as a file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "configuration.hpp"

namespace support::config {
namespace {

using ::testing::AllOf;
using testing::Configuration;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::problems_of;

const std::string key = "0123456789abcdef0123456789abcdef";

std::string source_of(const Settings& settings, std::string_view name) {
  for (const auto& row : settings.rows()) {
    if (row.name == name) return row.source;
  }
  return {};
}

std::string value_of(const Settings& settings, std::string_view name) {
  for (const auto& row : settings.rows()) {
    if (row.name == name) return row.value;
  }
  return {};
}

TEST(SettingsFile, GivesTheValueWithoutItsLastNewline) {
  Configuration configuration;
  for (const auto& [text, secret] :
       std::vector<std::pair<std::string, std::string>>{{key, key},
                                                        {key + "\n", key},
                                                        {key + "\r\n", key},
                                                        {key + "\n\n", key + "\n"},
                                                        {" " + key + " ", " " + key + " "}}) {
    Configuration with_file = configuration;
    EXPECT_EQ(with_file.set("SECRET_KEY_FILE", configuration.file("key", text)).load()->secret_key, secret);
  }
}

TEST(SettingsFile, MaskesWhatItHeldAndNamesThePath) {
  Configuration configuration;
  const std::string path = configuration.file("port", "4711\n");
  const Settings settings = configuration.set("http_port_file", path).load();
  EXPECT_EQ(settings->http_port, 4711);
  EXPECT_EQ(value_of(settings, "HTTP_PORT"), "***");
  EXPECT_EQ(source_of(settings, "HTTP_PORT"), "file " + path);
}

TEST(SettingsFile, ShowsTheDatabaseUrlWithoutItsPassword) {
  Configuration configuration;
  const Settings settings =
      configuration.set("DATABASE_URL_FILE", configuration.file("url", "postgresql://mary:rose@h/db\n")).load();
  EXPECT_EQ(value_of(settings, "DATABASE_URL"), "postgresql://mary:***@h/db");
}

TEST(SettingsFile, IsRefusedWhenItCantBeReadOrIsEmpty) {
  Configuration configuration;
  EXPECT_THAT(problems_of(Configuration().set("SECRET_KEY_FILE", configuration.folder().path("missing"))),
              ElementsAre(AllOf(HasSubstr("SECRET_KEY_FILE"), HasSubstr("missing"), HasSubstr("No such file"))));
  EXPECT_THAT(problems_of(Configuration().set("SECRET_KEY_FILE", configuration.file("empty", ""))),
              ElementsAre(AllOf(HasSubstr("SECRET_KEY_FILE"), HasSubstr("is empty"))));
  EXPECT_THAT(problems_of(Configuration().set("SECRET_KEY_FILE", configuration.file("newline", "\n"))),
              ElementsAre(HasSubstr("is empty")));
  EXPECT_THAT(problems_of(Configuration().set("SECRET_KEY_FILE", "/")),
              ElementsAre(AllOf(HasSubstr("SECRET_KEY_FILE"), HasSubstr("directory"))));
  EXPECT_THAT(problems_of(Configuration().set("SECRET_KEY_FILE", "/dev/zero")),
              ElementsAre(HasSubstr("1048576 bytes")));
  EXPECT_THAT(problems_of(Configuration().set("SECRET_KEY_FILE", "")),
              ElementsAre(HasSubstr("is empty; write the path")));
}

TEST(SettingsFile, IsRefusedBesideTheVariableItself) {
  Configuration configuration;
  const std::string path = configuration.file("key", key);
  EXPECT_THAT(problems_of(Configuration().set("SECRET_KEY_FILE", path).set("SECRET_KEY", key)),
              ElementsAre(AllOf(HasSubstr("SECRET_KEY and SECRET_KEY_FILE"), Not(HasSubstr(key)))));
  EXPECT_EQ(Configuration()
                .set("SECRET_KEY_FILE", path)
                .dotenv("SECRET_KEY=other-other-other-other-other-other")
                .load()
                ->secret_key,
            key);
}

TEST(SettingsFile, NeverShowsWhatItHeldInAProblem) {
  Configuration configuration;
  EXPECT_THAT(
      problems_of(Configuration().set("HTTP_PORT_FILE", configuration.file("port", "QX9ZK7"))),
      ElementsAre(AllOf(HasSubstr("HTTP_PORT_FILE"), HasSubstr("***"), HasSubstr("65535"), Not(HasSubstr("QX9")))));
  EXPECT_THAT(problems_of(Configuration().set("CORS_ORIGINS_FILE", configuration.file("cors", "QX9ZK7"))),
              ElementsAre(AllOf(HasSubstr("CORS_ORIGINS_FILE"), Not(HasSubstr("QX9")))));
  EXPECT_THAT(
      problems_of(Configuration().set("DATABASE_URL_FILE", configuration.file("url", "postgresql://m:QX9@ZK7@h/db"))),
      ElementsAre(AllOf(HasSubstr("DATABASE_URL_FILE"), HasSubstr("%40"), Not(HasSubstr("QX9")))));
  EXPECT_THAT(
      problems_of(Configuration().set("DATABASE_URL_FILE", configuration.file("two", "postgresql://m:QX9@h/db\n\n"))),
      ElementsAre(HasSubstr("newline")));
}

TEST(SettingsFile, OfTheLogHasAFileOfItsOwn) {
  Configuration configuration;
  EXPECT_EQ(Configuration().set("LOG_FILE_FILE", configuration.file("path", "/x/log\n")).load()->log_file, "/x/log");
}

TEST(DotenvFile, IsOptionalAndMustBeReadableWhenItIsThere) {
  Configuration configuration;
  EXPECT_NO_THROW(Configuration().dotenv_path(configuration.folder().path("missing")).load());
  EXPECT_THAT(problems_of(Configuration().dotenv_path("/")),
              ElementsAre(AllOf(HasSubstr("/"), HasSubstr("directory"))));
}

TEST(DotenvFile, MayNameFilesToo) {
  Configuration configuration;
  const std::string path = configuration.file("key", key);
  EXPECT_EQ(Configuration().dotenv("SECRET_KEY_FILE='" + path + "'").load()->secret_key, key);
}

TEST(DotenvFile, RefusesWhatOtherReadersWouldReplaceInASettingOfOurs) {
  EXPECT_THAT(problems_of(Configuration().dotenv("DATABASE_URL=postgresql://${USER}:${PASSWORD}@h/db\n")),
              ElementsAre(AllOf(HasSubstr("DATABASE_URL"), HasSubstr("line 1"), HasSubstr("single quotes"))));
  EXPECT_THAT(problems_of(Configuration().dotenv("DATABASE_URL='postgresql://mary:${x}@h/db'\n")), IsEmpty());
}

}  // namespace
}  // namespace support::config
