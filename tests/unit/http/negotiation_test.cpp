#include "app/http/negotiation.hpp"

#include <gtest/gtest.h>

namespace support::http {
namespace {

bool accepts_json(std::initializer_list<const char*> values) {
  HeaderFields fields;
  for (const auto* value : values) fields.add("Accept", value);
  return accepts(fields, "application/json");
}

TEST(Accept, AllowsWhatItNames) {
  EXPECT_TRUE(accepts_json({}));
  EXPECT_TRUE(accepts_json({""}));
  EXPECT_TRUE(accepts_json({"application/json"}));
  EXPECT_TRUE(accepts_json({"Application/JSON; charset=utf-8"}));
  EXPECT_TRUE(accepts_json({"application/*"}));
  EXPECT_TRUE(accepts_json({"text/html, */*;q=0.8"}));
  EXPECT_TRUE(accepts_json({"text/html", "application/json;q=0.1"}));
}

TEST(Accept, RefusesWhatItDoesNotName) {
  EXPECT_FALSE(accepts_json({"text/html"}));
  EXPECT_FALSE(accepts_json({"text/*, image/png"}));
  EXPECT_FALSE(accepts_json({"application/json-seq"}));
}

TEST(Accept, LetsTheMostSpecificRangeDecide) {
  EXPECT_FALSE(accepts_json({"application/json;q=0, */*"}));
  EXPECT_FALSE(accepts_json({"*/*, application/json;q=0.000"}));
  EXPECT_TRUE(accepts_json({"application/*;q=0, application/json"}));
  EXPECT_FALSE(accepts_json({"*/*;q=0"}));
}

int body_status(std::initializer_list<std::pair<const char*, const char*>> list, BodyRule rule, bool has_body = true) {
  HeaderFields fields;
  for (const auto& [name, value] : list) fields.add(name, value);
  const auto problem = check_body_type(fields, has_body, {.body = rule});
  return problem ? static_cast<int>(problem->status) : 0;
}

TEST(BodyType, IsJsonInUtf8) {
  EXPECT_EQ(body_status({{"Content-Type", "application/json"}}, BodyRule::json), 0);
  EXPECT_EQ(body_status({{"Content-Type", "Application/JSON ; charset=\"UTF-8\""}}, BodyRule::json), 0);
  EXPECT_EQ(body_status({{"Content-Type", "application/json"}, {"Content-Encoding", "identity"}}, BodyRule::json), 0);
  EXPECT_EQ(body_status({}, BodyRule::json), 415);
  EXPECT_EQ(body_status({{"Content-Type", "text/plain"}}, BodyRule::json), 415);
  EXPECT_EQ(body_status({{"Content-Type", "application/json; charset=iso-8859-1"}}, BodyRule::json), 415);
  EXPECT_EQ(body_status({{"Content-Type", "application/json"}, {"Content-Encoding", "gzip"}}, BodyRule::json), 415);
  EXPECT_EQ(body_status({{"Content-Type", "application/json"}, {"Content-Type", "text/plain"}}, BodyRule::json), 415);
}

TEST(BodyType, IsNotAskedForWithoutABody) {
  EXPECT_EQ(body_status({}, BodyRule::none, false), 0);
  EXPECT_EQ(body_status({}, BodyRule::json, false), 0);
  EXPECT_EQ(body_status({{"Content-Type", "text/plain"}}, BodyRule::optional, false), 0);
}

TEST(BodyType, RefusesABodyWhereNoneBelongs) {
  EXPECT_EQ(body_status({{"Content-Type", "application/json"}}, BodyRule::none), 400);
}

TEST(Expect, IsOnly100Continue) {
  const auto expectation = [](const char* value, int version = 11) {
    HeaderFields fields;
    fields.add("Expect", value);
    return expectation_of(fields, version);
  };
  EXPECT_EQ(expectation("100-continue").value(), Expectation::continue_);
  EXPECT_EQ(expectation("100-Continue").value(), Expectation::continue_);
  EXPECT_EQ(expectation("100-continue", 10).value(), Expectation::none);
  EXPECT_EQ(expectation("a-miracle").error().status, Status::expectation_failed);
  EXPECT_EQ(expectation("").error().status, Status::expectation_failed);
  EXPECT_EQ(expectation_of(HeaderFields(), 11).value(), Expectation::none);
}

}  // namespace
}  // namespace support::http
