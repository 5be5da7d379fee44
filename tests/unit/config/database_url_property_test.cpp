// Properties of DatabaseUrl over generated input. A failure prints the seed; set SUPPORT_SEED to run it again.
#include <cstdlib>
#include <random>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/config/database_url.hpp"
#include "app/config/url_text.hpp"

#include "libpq_reading.hpp"
#include "seed.hpp"

namespace support::config {
namespace {

using testing::random_bytes;
using testing::seed;

std::map<std::string, std::string> as_map(const std::vector<Keyword>& keywords) {
  std::map<std::string, std::string> map;
  for (const auto& [name, value] : keywords) map[name] = value;
  return map;
}

TEST(DatabaseUrlProperty, LibpqReadsBackAnyBytesInUserPasswordAndDatabase) {
  std::mt19937 random(seed());
  for (int i = 0; i < 3000; ++i) {
    const std::string user = random_bytes(random, 1, 40);
    const std::string password = random_bytes(random, 1, 40);
    const std::string database = random_bytes(random, 1, 40);
    const std::string name = random_bytes(random, 1, 40);
    const std::string text =
        fmt::format("postgresql+asyncpg://{}:{}@h:5432/{}?application_name={}", percent_encode(user),
                    percent_encode(password), percent_encode(database), percent_encode(name));
    const std::map<std::string, std::string> expected = {{"host", "h"},        {"port", "5432"},
                                                         {"user", user},       {"password", password},
                                                         {"dbname", database}, {"application_name", name}};
    const DatabaseUrl url = DatabaseUrl::parse(text);
    ASSERT_EQ(as_map(url.keywords()), expected) << text;
    ASSERT_EQ(testing::read_with_libpq(url.sync(Password::show)), expected) << text;
  }
}

TEST(DatabaseUrlProperty, EveryByteSurvivesInEveryTextKeyword) {
  std::string all;
  for (int byte = 1; byte < 256; ++byte) all += static_cast<char>(byte);
  for (const std::string keyword : {"user", "password", "dbname", "options", "application_name", "sslpassword",
                                    "passfile", "requirepeer", "sslcert"}) {
    const DatabaseUrl url = DatabaseUrl::parse(fmt::format("postgresql:///?{}={}", keyword, percent_encode(all)));
    EXPECT_EQ(url.keyword(keyword), all);
    EXPECT_EQ(testing::read_with_libpq(url.sync(Password::show))[keyword], all) << keyword;
  }
}

// Pieces of a password around characters that mean something in a URL. Whatever the outcome, no piece shows up in a
// message, and what is accepted is the password as it was written.
TEST(DatabaseUrlProperty, APasswordIsReadExactlyOrRefusedWithoutAWordOfIt) {
  const std::vector<std::string> pieces = {"QX9", "ZK7", "54321"};
  const std::vector<std::string> between = {"@",   "/",   "?", "#",  "&",  "=",   ":",         "%",      "%zz",
                                            "%00", "%40", "+", ",",  ";",  "[",   "]",         " ",      "\n",
                                            "\t",  "\"",  "'", "\\", "//", "://", "?sslmode=", "&host=", "=@"};
  for (const auto& first : between) {
    for (const auto& second : between) {
      for (const auto& rest : {"h/db", "h:5432/db?sslmode=require", "h", "a,b/db", "[::1]:5432/db", ""}) {
        for (const auto& start : {pieces[0], pieces[2]}) {
          const std::string password = start + first + pieces[1] + second + pieces[0];
          const std::string text = fmt::format("postgresql+libpq://mary:{}@{}", password, rest);
          try {
            const DatabaseUrl url = DatabaseUrl::parse(text);
            ASSERT_EQ(url.keyword("password"), percent_decode(password, "password")) << text;
            ASSERT_THAT(url.text(Password::mask), ::testing::Not(::testing::HasSubstr(pieces[1]))) << text;
            ASSERT_THAT(url.sync(Password::mask), ::testing::Not(::testing::HasSubstr(pieces[1]))) << text;
          } catch (const DatabaseUrlError& error) {
            for (const auto& piece : pieces) {
              ASSERT_THAT(error.what(), ::testing::Not(::testing::HasSubstr(piece))) << text;
            }
          }
        }
      }
    }
  }
}

TEST(DatabaseUrlProperty, RandomTextIsReadOrRefusedWithASentence) {
  std::mt19937 random(seed());
  const std::vector<std::string> words = {"postgresql", "+asyncpg", "://",       "mary", ":",    "@",       "/",
                                          "?",          "&",        "=",         ",",    "[",    "]",       "::1",
                                          "%2F",        "%",        "host",      "port", "5432", "sslmode", "require",
                                          "ssl",        "true",     "password",  "h",    "#",    " ",       "hostaddr",
                                          "dbname",     "timeout",  "pgbouncer", "\xff", "%ff",  "+"};
  const auto word = [&] { return words[std::uniform_int_distribution<std::size_t>(0, words.size() - 1)(random)]; };
  int accepted = 0;
  for (int i = 0; i < 60'000; ++i) {
    std::string text = i % 3 == 0 ? random_bytes(random, 0, 30) : "postgresql://";
    const int length = std::uniform_int_distribution<int>(0, 14)(random);
    for (int j = 0; j < length; ++j) text += word();
    try {
      const DatabaseUrl url = DatabaseUrl::parse(text);
      ASSERT_EQ(testing::read_with_libpq(url.sync(Password::show)), as_map(url.keywords())) << text;
      ++accepted;
    } catch (const DatabaseUrlError& error) {
      const std::string_view sentence = error.what();
      ASSERT_TRUE(sentence.ends_with('.')) << sentence;
    }
  }
  EXPECT_GT(accepted, 100);
}

// Damage to a good URL, one or two bytes removed, added or replaced: three can move the password to where a port
// belongs.
TEST(DatabaseUrlProperty, ADamagedUrlNeverShowsItsPassword) {
  std::mt19937 random(seed());
  const std::string secret = "QX9ZK7VW5JH3";
  const std::string good = "postgresql+asyncpg://mary:" + secret + "@db.example:5432/shop?ssl=require&timeout=5";
  const std::string bytes = "@/?#&=:%+,;[] '\"\\\n0aZ";
  for (int i = 0; i < 20'000; ++i) {
    std::string text = good;
    const int times = std::uniform_int_distribution<int>(1, 2)(random);
    for (int j = 0; j < times; ++j) {
      const auto at = std::uniform_int_distribution<std::size_t>(0, text.size() - 1)(random);
      const char byte = bytes[std::uniform_int_distribution<std::size_t>(0, bytes.size() - 1)(random)];
      switch (std::uniform_int_distribution<int>(0, 2)(random)) {
        case 0:
          text.erase(at, 1);
          break;
        case 1:
          text.insert(at, 1, byte);
          break;
        default:
          text[at] = byte;
      }
    }
    try {
      static_cast<void>(DatabaseUrl::parse(text));
    } catch (const DatabaseUrlError& error) {
      const std::string_view sentence = error.what();
      for (std::size_t at = 0; at + 3 <= secret.size(); ++at) {
        ASSERT_EQ(sentence.find(secret.substr(at, 3)), std::string_view::npos) << sentence << '\n' << text;
      }
    }
  }
}

}  // namespace
}  // namespace support::config
