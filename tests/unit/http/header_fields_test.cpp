#include "app/http/header_fields.hpp"

#include <gtest/gtest.h>

#include "app/http/request.hpp"

namespace support::http {
namespace {

TEST(HeaderFields, FindsNamesWhateverTheirCase) {
  HeaderFields fields;
  fields.add("Content-Type", "application/json");
  EXPECT_EQ(fields.find("content-type"), "application/json");
  EXPECT_EQ(fields.find("CONTENT-TYPE"), "application/json");
  EXPECT_EQ(fields.find("Content"), std::nullopt);
}

TEST(HeaderFields, KeepsDuplicatesInOrder) {
  HeaderFields fields;
  fields.add("Accept", "text/html");
  fields.add("Host", "a");
  fields.add("accept", "application/json");
  EXPECT_EQ(fields.count("Accept"), 2U);
  EXPECT_EQ(fields.find("Accept"), "text/html");
  EXPECT_EQ(fields[2].name, "accept");
  EXPECT_EQ(fields[2].value, "application/json");
}

TEST(HeaderFields, IsEmptyAfterClear) {
  HeaderFields fields;
  fields.add("Host", "a");
  fields.clear();
  EXPECT_EQ(fields.size(), 0U);
  EXPECT_EQ(fields.find("Host"), std::nullopt);
}

TEST(Request, GivesTheMemoryOfALargeBodyBackWhenCleared) {
  Request request;
  request.body.assign(1024 * 1024, 'x');
  request.clear();
  EXPECT_LT(request.body.capacity(), 8192U);
}

TEST(Request, FindsTheFirstQueryParameterOfAName) {
  Request request;
  request.query = {{.name = "a", .value = "1"}, {.name = "a", .value = "2"}};
  EXPECT_EQ(request.query_parameter("a"), "1");
  EXPECT_EQ(request.query_parameter("b"), std::nullopt);
}

}  // namespace
}  // namespace support::http
