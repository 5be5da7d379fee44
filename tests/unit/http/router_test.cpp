#include "app/http/router.hpp"

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/http/target.hpp"

namespace support::http {
namespace {

using ::testing::ElementsAre;

Response ok(const Request&) {
  return Response(Status::ok);
}

class RouterTest : public testing::Test {
 protected:
  Router::Match find(Method method, std::string_view path) {
    const auto target = parse_target(path, method);
    EXPECT_TRUE(target) << path;
    return router.find(method, target->segments);
  }
  std::string found(Method method, std::string_view path) {
    const auto match = find(method, path);
    return match.route ? match.route->path : "";
  }

  Router router;
};

TEST_F(RouterTest, FindsRoutesUnderEveryPrefixOfAGroup) {
  router.group({"", "/api/v1"}).add(Method::get, "/ping", ok);
  EXPECT_EQ(found(Method::get, "/ping"), "/ping");
  EXPECT_EQ(found(Method::get, "/api/v1/ping"), "/api/v1/ping");
  EXPECT_EQ(find(Method::get, "/ping").route->handler, find(Method::get, "/api/v1/ping").route->handler);
  EXPECT_EQ(found(Method::get, "/api/ping"), "");
}

TEST_F(RouterTest, FillsInPathParameters) {
  router.group({""}).add(Method::get, "/customers/{id}/notes/{note}", ok);
  const auto match = find(Method::get, "/customers/7/notes/a%20b");
  ASSERT_NE(match.route, nullptr);
  EXPECT_THAT(match.values, ElementsAre("7", "a b"));
  EXPECT_THAT(match.route->parameter_names, ElementsAre("id", "note"));
}

TEST_F(RouterTest, PrefersStaticSegmentsToParameters) {
  auto group = router.group({""});
  group.add(Method::get, "/customers/{id}", ok);
  group.add(Method::get, "/customers/search", ok);
  EXPECT_EQ(found(Method::get, "/customers/search"), "/customers/search");
  EXPECT_EQ(found(Method::get, "/customers/searches"), "/customers/{id}");
}

TEST_F(RouterTest, GivesUpAStaticBranchThatLeadsNowhere) {
  auto group = router.group({""});
  group.add(Method::get, "/customers/search", ok);
  group.add(Method::get, "/customers/{id}/notes", ok);
  const auto match = find(Method::get, "/customers/search/notes");
  ASSERT_NE(match.route, nullptr);
  EXPECT_EQ(match.route->path, "/customers/{id}/notes");
  EXPECT_THAT(match.values, ElementsAre("search"));
}

TEST_F(RouterTest, TellsAnUnknownPathFromAnUnknownMethod) {
  auto group = router.group({""});
  group.add(Method::get, "/customers", ok);
  group.add(Method::post, "/customers", {.body = BodyRule::json}, ok);
  EXPECT_TRUE(find(Method::get, "/nothing").allowed.empty());
  const auto match = find(Method::delete_, "/customers");
  EXPECT_EQ(match.route, nullptr);
  EXPECT_EQ(match.allowed.to_string(), "GET, HEAD, POST, OPTIONS");
}

TEST_F(RouterTest, AnswersHeadWithTheRouteOfGet) {
  auto group = router.group({""});
  group.add(Method::get, "/a", ok);
  group.add(Method::post, "/b", ok);
  EXPECT_EQ(found(Method::head, "/a"), "/a");
  EXPECT_EQ(found(Method::head, "/b"), "");
  EXPECT_EQ(find(Method::head, "/b").allowed.to_string(), "POST, OPTIONS");
}

TEST_F(RouterTest, IsExactAboutSlashesAndCase) {
  auto group = router.group({""});
  group.add(Method::get, "/a", ok);
  group.add(Method::get, "/b/{id}", ok);
  group.add(Method::get, "/", ok);
  EXPECT_EQ(found(Method::get, "/a/"), "");
  EXPECT_EQ(found(Method::get, "//a"), "");
  EXPECT_EQ(found(Method::get, "/A"), "");
  EXPECT_EQ(found(Method::get, "/b/"), "");
  EXPECT_EQ(found(Method::get, "/"), "/");
}

TEST_F(RouterTest, RefusesRoutesThatMakeNoSense) {
  auto group = router.group({""});
  group.add(Method::get, "/a/{id}", ok);
  EXPECT_THROW(group.add(Method::get, "/a/{id}", ok), std::logic_error);
  EXPECT_THROW(group.add(Method::get, "/a/{other}", ok), std::logic_error);
  EXPECT_THROW(group.add(Method::get, "a", ok), std::logic_error);
  EXPECT_THROW(group.add(Method::get, "/x/{}", ok), std::logic_error);
  EXPECT_THROW(group.add(Method::get, "/x/a{id}", ok), std::logic_error);
  EXPECT_THROW(group.add(Method::get, "/x/{a}/{a}", ok), std::logic_error);
  EXPECT_NO_THROW(group.add(Method::post, "/a/{other}", ok));
}

TEST_F(RouterTest, ListsItsRoutes) {
  auto group = router.group({"", "/v1"});
  group.add(Method::get, "/a", ok).add(Method::delete_, "/a/{id}", ok);
  EXPECT_THAT(router.routes(), ElementsAre("DELETE /a/{id}", "DELETE /v1/a/{id}", "GET /a", "GET /v1/a"));
}

TEST_F(RouterTest, CallsPlainFunctionsAndStartsCoroutines) {
  auto group = router.group({""});
  group.add(Method::get, "/plain", [](const Request& request) { return text(Status::ok, request.path); });
  group.add(Method::get, "/coroutine",
            [](const Request&) -> boost::asio::awaitable<Response> { co_return Response(Status::accepted); });
  const auto plain = find(Method::get, "/plain");
  ASSERT_TRUE(plain.route->handler->is_plain());
  Request request;
  request.path = "/plain";
  EXPECT_EQ(plain.route->handler->call(request).body, "/plain");
  EXPECT_FALSE(find(Method::get, "/coroutine").route->handler->is_plain());
}

}  // namespace
}  // namespace support::http
