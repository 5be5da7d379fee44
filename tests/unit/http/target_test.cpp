#include "app/http/target.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace support::http {
namespace {

using ::testing::ElementsAre;

bool refused(std::string_view target, Method method = Method::get) {
  return !parse_target(target, method);
}

TEST(Target, TakesPathAndQueryApart) {
  const auto target = parse_target("/a/b%20c?x=1&y=a+b%2B&x=2&flag&&=v", Method::get);
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/a/b c");
  EXPECT_THAT(target->segments, ElementsAre("a", "b c"));
  EXPECT_EQ(target->query,
            (std::vector<QueryParameter>{{"x", "1"}, {"y", "a b+"}, {"x", "2"}, {"flag", ""}, {"", "v"}}));
}

TEST(Target, DecodesExactlyOnce) {
  const auto target = parse_target("/%2541?q=%2541", Method::get);
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/%41");
  EXPECT_EQ(target->query.at(0).value, "%41");
}

TEST(Target, KeepsEmptySegments) {
  EXPECT_THAT(parse_target("/", Method::get)->segments, ElementsAre(""));
  EXPECT_THAT(parse_target("/a/", Method::get)->segments, ElementsAre("a", ""));
  EXPECT_THAT(parse_target("//a", Method::get)->segments, ElementsAre("", "a"));
}

TEST(Target, RefusesDotSegmentsHoweverTheyAreSpelled) {
  for (const auto* target : {"/..", "/a/../b", "/a/./b", "/%2e%2e/b", "/.%2E", "/%2e", "/a/.."}) {
    EXPECT_TRUE(refused(target)) << target;
  }
  EXPECT_FALSE(refused("/..."));
  EXPECT_FALSE(refused("/.well-known"));
}

TEST(Target, RefusesEscapesThatAreInvalidOrHideSeparators) {
  for (const auto* target : {"/%", "/%4", "/%zz", "/a%2fb", "/a%2Fb", "/a%5cb", "/a%00", "/a%0ab", "/a%7f", "/%ff",
                             "/%c0%af", "/%ed%a0%80", "/?q=%", "/?q=%gg", "/?q=%00", "/?q=%ff", "/?%80=1"}) {
    EXPECT_TRUE(refused(target)) << target;
  }
  EXPECT_EQ(parse_target("/caf%C3%A9?q=%0a", Method::get)->path, "/caf\xc3\xa9");
}

TEST(Target, RefusesCharactersOutsideTheGrammar) {
  for (const auto* target : {"", "a", "/a b", "/a#b", "/a?b#c", "/a\\b", "/a\"b", "/<a>", "/{a}", "/a|b", "/a^b", "/`",
                             "/\xc3\xa9", "/a?b=[c]", "?a=b"}) {
    EXPECT_TRUE(refused(target)) << target;
  }
}

TEST(Target, ReadsTheAbsoluteForm) {
  const auto target = parse_target("http://a.example:8000/x?y=1", Method::get);
  ASSERT_TRUE(target);
  EXPECT_EQ(target->form, Target::Form::absolute);
  EXPECT_EQ(target->authority, "a.example:8000");
  EXPECT_EQ(target->path, "/x");
  EXPECT_EQ(parse_target("http://a.example", Method::get)->path, "/");
  EXPECT_EQ(parse_target("http://a.example?x=1", Method::get)->query.at(0).value, "1");
  for (const auto* text : {"ftp://a/x", "http:///x", "http://user@a/x", "http:/x", "a.example:443", "http://a/x#f"}) {
    EXPECT_TRUE(refused(text)) << text;
  }
}

TEST(Target, LetsOnlyOptionsAskAboutTheWholeServer) {
  EXPECT_EQ(parse_target("*", Method::options)->form, Target::Form::asterisk);
  EXPECT_TRUE(refused("*", Method::get));
}

TEST(Target, LimitsTheNumberOfQueryParameters) {
  std::string target = "/?a=1";
  for (std::size_t count = 1; count < max_query_parameters; ++count) target += "&a=1";
  EXPECT_FALSE(refused(target));
  EXPECT_TRUE(refused(target + "&a=1"));
}

TEST(Utf8, IsCheckedAsUnicodeDefinesIt) {
  for (const auto* text : {"", "a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(is_valid_utf8(text)) << text;
  }
  for (const auto* text : {"\x80", "\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
                           "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x82"}) {
    EXPECT_FALSE(is_valid_utf8(text)) << text;
  }
}

}  // namespace
}  // namespace support::http
