#include "app/config/database_url.hpp"

#include <filesystem>

#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libpq_reading.hpp"
#include "url_cases.hpp"

namespace support::config {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::map<std::string, std::string> as_map(const std::vector<Keyword>& keywords) {
  std::map<std::string, std::string> map;
  for (const auto& [name, value] : keywords) map[name] = value;
  return map;
}

std::string error_of(std::string_view url) {
  try {
    static_cast<void>(DatabaseUrl::parse(url));
  } catch (const DatabaseUrlError& error) {
    return error.what();
  }
  return {};
}

void check_accepted(const testing::UrlCase& url_case) {
  const DatabaseUrl url = DatabaseUrl::parse(url_case.url);
  EXPECT_EQ(as_map(url.keywords()), url_case.sync);
  EXPECT_EQ(testing::read_with_libpq(url.sync(Password::show)), url_case.sync) << url.sync(Password::show);
  EXPECT_EQ(url.text(Password::show), url_case.url);
  EXPECT_EQ(url.runtime_hints().statement_cache_size, url_case.statement_cache_size);
  EXPECT_EQ(url.runtime_hints().command_timeout.has_value(), url_case.command_timeout.has_value());
  if (url_case.command_timeout) {
    EXPECT_EQ(std::chrono::duration<double>(url.runtime_hints().command_timeout.value()).count(),
              *url_case.command_timeout);
  }
  // A second pass changes nothing.
  EXPECT_EQ(DatabaseUrl::parse(url.sync(Password::show)).keywords(), url.keywords());
}

void check_refused(const testing::UrlCase& url_case) {
  const std::string error = error_of(url_case.url);
  EXPECT_NE(error, "") << "accepted";
  for (const auto& mention : url_case.error_mentions) EXPECT_THAT(error, HasSubstr(mention));
  for (const auto& secret : url_case.secrets) EXPECT_THAT(error, Not(HasSubstr(secret)));
}

void check_file(const std::string& path) {
  const auto cases = testing::read_url_cases(path);
  ASSERT_FALSE(cases.empty()) << path;
  for (const auto& url_case : cases) {
    SCOPED_TRACE(url_case.name + ": " + url_case.url);
    if (url_case.error_mentions.empty()) {
      EXPECT_NO_THROW(check_accepted(url_case));
    } else {
      check_refused(url_case);
    }
  }
}

TEST(DatabaseUrl, ReadsEveryCaseOfOurOwn) {
  check_file(SUPPORT_SOURCE_DIR "/tests/data/urls.jsonl");
}

TEST(DatabaseUrl, ReadsEverySharedCase) {
  const std::string path = SUPPORT_SOURCE_DIR "/../shared/cases/urls.jsonl";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "the shared cases are not beside the checkout";
  check_file(path);
}

TEST(DatabaseUrl, GivesKeywordsInLibpqsOrder) {
  const auto url = DatabaseUrl::parse("postgresql://mary:rose@h:5433/db?sslmode=require&application_name=till");
  std::vector<std::string> names;
  for (const auto& keyword : url.keywords()) names.push_back(keyword.name);
  EXPECT_THAT(names,
              ::testing::ElementsAre("host", "port", "dbname", "user", "password", "application_name", "sslmode"));
  EXPECT_EQ(url.keyword("sslmode"), "require");
  EXPECT_EQ(url.keyword("sslcert"), "");
}

TEST(DatabaseUrl, SwapsTheDriverAndNothingElse) {
  const auto url = DatabaseUrl::parse("postgresql+asyncpg://mary:x+asyncpg@h:5433/db+asyncpg?ssl=require");
  EXPECT_EQ(url.sync(Password::show), "postgresql://mary:x%2Basyncpg@h:5433/db%2Basyncpg?sslmode=require");
}

TEST(DatabaseUrl, MasksThePasswordWhereverItStands) {
  const auto url = DatabaseUrl::parse("postgres://mary:rose@h/db?sslmode=require");
  EXPECT_EQ(url.text(Password::mask), "postgres://mary:***@h/db?sslmode=require");
  EXPECT_EQ(url.sync(Password::mask), "postgresql://mary:***@h/db?sslmode=require");

  const auto parameters =
      DatabaseUrl::parse("postgresql://h/db?user=mary&pass%77ord=ro%73e&sslpassword=thorn&sslmode=require");
  EXPECT_EQ(parameters.text(Password::mask),
            "postgresql://h/db?user=mary&pass%77ord=***&sslpassword=***&sslmode=require");
  EXPECT_EQ(parameters.sync(Password::mask), "postgresql://mary:***@h/db?sslmode=require&sslpassword=***");
}

// The '@' is missing, and a '?' in the password makes a parameter of its rest.
TEST(DatabaseUrl, NamesNoParameterBehindAHostThatMayBeAPassword) {
  try {
    static_cast<void>(DatabaseUrl::parse("postgresql://mary:thorny?rose7=db.example:5432/shop?timeout=5"));
    FAIL() << "a password without its '@' was taken for a host";
  } catch (const DatabaseUrlError& error) {
    const std::string_view sentence = error.what();
    EXPECT_EQ(sentence.find("thorny"), std::string_view::npos) << sentence;
    EXPECT_EQ(sentence.find("rose7"), std::string_view::npos) << sentence;
    EXPECT_NE(sentence.find("before an '@'"), std::string_view::npos) << sentence;
  }
}

TEST(DatabaseUrl, ShowsNoMaskWithoutAPassword) {
  EXPECT_EQ(DatabaseUrl::parse("postgresql://mary:@h/db").text(Password::mask), "postgresql://mary:@h/db");
  EXPECT_EQ(DatabaseUrl::parse("postgresql://mary@h/db").sync(Password::mask), "postgresql://mary@h/db");
}

TEST(DatabaseUrl, KnowsEveryParameterOfTheInstalledLibpq) {
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(PQconndefaults(), &PQconninfoFree);
  ASSERT_TRUE(options);
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    const std::string error = error_of(fmt::format("postgresql://h/db?{}=%01", option->keyword));
    EXPECT_THAT(error, Not(HasSubstr("not known"))) << option->keyword;
  }
}

TEST(DatabaseUrl, RefusesTextThatIsFarTooLong) {
  EXPECT_THAT(error_of("postgresql://h/" + std::string(20'000, 'x')), HasSubstr("20015 bytes"));
}

}  // namespace
}  // namespace support::config
