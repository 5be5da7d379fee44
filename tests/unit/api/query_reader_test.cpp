#include "app/api/query_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace support::api {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const CursorSigner cursors("a key that is long enough for the test");

http::Request request_with(std::vector<http::QueryParameter> query) {
  http::Request request;
  request.path = "/api/v1/customers";
  request.query = std::move(query);
  return request;
}

std::vector<std::string> errors_of(QueryReader& query) {
  try {
    query.finish();
  } catch (const http::ProblemError& error) {
    std::vector<std::string> names;
    for (const auto& field : error.problem().errors) {
      EXPECT_EQ(field.place, http::FieldError::Place::query);
      names.push_back(field.pointer);
    }
    return names;
  }
  return {};
}

TEST(QueryReader, AsksForOneRowMoreThanThePageHolds) {
  const auto request = request_with({{"limit", "10"}});
  QueryReader query(request, cursors);
  EXPECT_EQ(query.page().limit, 11);
  EXPECT_THAT(errors_of(query), IsEmpty());
}

TEST(QueryReader, StartsAfterTheCursorOfTheSameFilters) {
  auto request = request_with({{"is_vip", "true"}, {"email", "a@b.uk"}});
  const std::string cursor = cursors.sign(QueryReader(request, cursors).scope(), 42);
  request = request_with({{"email", "a@b.uk"}, {"limit", "5"}, {"is_vip", "true"}, {"cursor", cursor}});
  QueryReader query(request, cursors);
  query.optional_bool("is_vip");
  query.optional_text("email", 255);
  EXPECT_EQ(query.page().after_id, 42);
  EXPECT_THAT(errors_of(query), IsEmpty());
}

TEST(QueryReader, RefusesTheCursorOfOtherFilters) {
  const auto first = request_with({{"is_vip", "true"}});
  const std::string cursor = cursors.sign(QueryReader(first, cursors).scope(), 42);
  const auto request = request_with({{"cursor", cursor}});
  QueryReader query(request, cursors);
  EXPECT_EQ(query.page().after_id, 0);
  EXPECT_THAT(errors_of(query), ElementsAre("cursor"));
}

TEST(QueryReader, ListsEveryErrorAtOnce) {
  const auto request =
      request_with({{"limit", "101"}, {"is_vip", "yes"}, {"email", ""}, {"is_activ", "true"}, {"id", "0"}});
  QueryReader query(request, cursors);
  query.optional_bool("is_vip");
  query.optional_text("email", 255);
  query.optional_id("id");
  query.page();
  EXPECT_THAT(errors_of(query), ElementsAre("is_vip", "email", "id", "limit", "is_activ"));
}

TEST(QueryReader, RefusesARepeatedParameter) {
  const auto request = request_with({{"is_vip", "true"}, {"is_vip", "false"}});
  QueryReader query(request, cursors);
  query.optional_bool("is_vip");
  EXPECT_THAT(errors_of(query), ElementsAre("is_vip"));
}

TEST(PathId, IsAPositiveNumberThatFitsTheColumn) {
  for (const auto& [text, id] :
       std::vector<std::pair<std::string, std::optional<std::int32_t>>>{{"1", 1},
                                                                        {"2147483647", 2147483647},
                                                                        {"2147483648", {}},
                                                                        {"0", {}},
                                                                        {"-1", {}},
                                                                        {"1x", {}},
                                                                        {"", {}},
                                                                        {"+1", {}}}) {
    http::Request request;
    request.path_parameters = {{"id", text}};
    EXPECT_EQ(path_id(request), id) << text;
  }
}

}  // namespace
}  // namespace support::api
