#include "app/http/request_id.hpp"

#include <set>

#include <gtest/gtest.h>

namespace support::http {
namespace {

TEST(RequestId, AcceptsOnlyCharactersThatAreSafeEverywhere) {
  EXPECT_TRUE(is_valid_request_id("a"));
  EXPECT_TRUE(is_valid_request_id("01J9.ab_C-9"));
  EXPECT_TRUE(is_valid_request_id(std::string(128, 'x')));
  EXPECT_FALSE(is_valid_request_id(""));
  EXPECT_FALSE(is_valid_request_id(std::string(129, 'x')));
  for (const auto* id : {"a b", "a\"b", "a\nb", "a/b", "a:b", "caf\xc3\xa9", "<script>", "a,b"}) {
    EXPECT_FALSE(is_valid_request_id(id)) << id;
  }
}

TEST(RequestId, IsTheClientsWhenValid) {
  HeaderFields fields;
  fields.add("x-request-id", "client-1");
  std::string id = "of the request before";
  take_request_id(fields, id);
  EXPECT_EQ(id, "client-1");
}

TEST(RequestId, IsNewWhenTheClientsIsMissingInvalidOrDoubled) {
  HeaderFields invalid;
  invalid.add("X-Request-Id", "a b");
  HeaderFields doubled;
  doubled.add("X-Request-Id", "a");
  doubled.add("X-Request-Id", "b");
  for (const HeaderFields& fields : {HeaderFields(), invalid, doubled}) {
    std::string id = "of the request before";
    take_request_id(fields, id);
    EXPECT_EQ(id.size(), 32U);
    EXPECT_TRUE(is_valid_request_id(id));
  }
}

TEST(RequestId, DoesNotRepeat) {
  std::set<std::string> seen;
  for (int count = 0; count < 10'000; ++count) EXPECT_TRUE(seen.insert(new_request_id()).second);
}

}  // namespace
}  // namespace support::http
