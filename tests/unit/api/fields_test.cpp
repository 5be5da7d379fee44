#include "app/api/fields.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace support::api {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// The errors of finish(), as "pointer: detail".
std::vector<std::string> errors_of(FieldReader& fields) {
  try {
    fields.finish();
  } catch (const http::ProblemError& error) {
    EXPECT_EQ(error.problem().status, http::Status::unprocessable_entity);
    std::vector<std::string> texts;
    for (const auto& field : error.problem().errors) texts.push_back(field.pointer + ": " + field.detail);
    return texts;
  }
  return {};
}

TEST(FieldReader, GivesTheValuesOfAValidObject) {
  const auto body = boost::json::parse(R"({"name":"Zoë","vip":true,"score":7,"mood":"calm","mail":"a.b@example.org"})");
  FieldReader fields(body);
  EXPECT_EQ(fields.required_text("name", {1, 3}), "Zoë");
  EXPECT_EQ(fields.optional_bool("vip"), true);
  EXPECT_EQ(fields.optional_integer("score", 0, 7), 7);
  constexpr std::array<std::string_view, 2> moods{"calm", "cross"};
  EXPECT_EQ(fields.required_choice("mood", moods), "calm");
  EXPECT_EQ(fields.required_email("mail"), "a.b@example.org");
  EXPECT_EQ(fields.optional_text("phone", {1, 9}), std::nullopt);
  EXPECT_THAT(errors_of(fields), IsEmpty());
}

TEST(FieldReader, ListsEveryErrorAtOnce) {
  const auto body = boost::json::parse(R"({"first":"","second":5,"third":"x","fourth":1.5,"odd/one~":1})");
  FieldReader fields(body);
  constexpr std::array<std::string_view, 2> choices{"a", "b"};
  fields.required_text("first", {1, 10});
  fields.required_text("second", {1, 10});
  fields.optional_choice("third", choices);
  fields.optional_integer("fourth", 0, 9);
  fields.required_text("fifth", {1, 10});
  EXPECT_THAT(
      errors_of(fields),
      ElementsAre("/first: This field must have 1 to 10 characters; it has 0.", "/second: This field must be a string.",
                  "/third: This field must be one of a, b.", "/fourth: This field must be a whole number from 0 to 9.",
                  "/fifth: This field is required.", "/odd~1one~0: This field is not known here."));
}

TEST(FieldReader, CountsCharactersAsPostgresqlDoes) {
  const auto body = boost::json::parse(R"({"name":"ÅÄÖ"})");
  FieldReader fits(body);
  EXPECT_EQ(fits.required_text("name", {1, 3}), "ÅÄÖ");
  FieldReader too_short(body);
  too_short.required_text("name", {1, 2});
  EXPECT_THAT(errors_of(too_short), ElementsAre("/name: This field must have 1 to 2 characters; it has 3."));
}

TEST(FieldReader, RefusesNulAndBlankText) {
  const auto body = boost::json::parse("{\"a\":\"x\\u0000y\",\"b\":\" \\t\"}");
  FieldReader fields(body);
  fields.required_text("a", {1, 10});
  fields.required_text("b", {1, 10});
  EXPECT_THAT(errors_of(fields),
              ElementsAre("/a: This field must not hold the character U+0000.", "/b: This field must not be blank."));
}

TEST(FieldReader, TellsNullFromAbsent) {
  const auto body = boost::json::parse(R"({"phone":null})");
  FieldReader fields(body);
  EXPECT_TRUE(fields.has("phone"));
  EXPECT_TRUE(fields.is_null("phone"));
  EXPECT_FALSE(fields.has("notes"));
  EXPECT_EQ(fields.optional_text("phone", {1, 20}), std::nullopt);
  fields.refuse_null("phone");
  EXPECT_THAT(errors_of(fields), ElementsAre("/phone: This field can't be null; leave it out to keep its value."));
}

TEST(FieldReader, RefusesABodyThatIsNoObject) {
  const auto body = boost::json::parse("[1,2]");
  FieldReader fields(body);
  fields.required_text("name", {1, 10});
  EXPECT_THAT(errors_of(fields), ElementsAre(": The body must be a JSON object."));
}

TEST(FieldReader, KeepsAnObjectAsTextWithinItsLimit) {
  const auto body = boost::json::parse(R"({"metadata":{"a":[1,2]}})");
  FieldReader fits(body);
  EXPECT_EQ(fits.optional_object("metadata", 11), R"({"a":[1,2]})");
  FieldReader too_large(body);
  too_large.optional_object("metadata", 10);
  EXPECT_THAT(errors_of(too_large),
              ElementsAre("/metadata: This field must take at most 10 bytes as JSON; it takes 11."));
}

TEST(Email, AcceptsAddressesThatCanBeDeliveredTo) {
  for (const auto* text : {"a@b.uk", "first.last+tag@mail.example.co.uk", "o'neil@example.com", "x_y-z@ex-ample.org"}) {
    EXPECT_TRUE(is_email(text)) << text;
  }
}

TEST(Email, RefusesWhatIsNone) {
  for (const auto* text : {"", "@", "a@", "@b.uk", "a@b", "a b@c.uk", "a@b..uk", "a@-b.uk", "a@b-.uk", ".a@b.uk",
                           "a.@b.uk", "a..b@c.uk", "a@b.uk\n", "a@b@c.uk", "a@b_c.uk"}) {
    EXPECT_FALSE(is_email(text)) << text;
  }
  EXPECT_FALSE(is_email(std::string(65, 'a') + "@example.org"));
}

}  // namespace
}  // namespace support::api
