#include "app/http/cors.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace support::http {
namespace {

std::string field(const Response& response, std::string_view name) {
  std::string all;
  for (const auto& [key, value] : response.headers) {
    if (equal_without_case(key, name)) all += (all.empty() ? "" : " | ") + value;
  }
  return all;
}

Request request_from(std::string_view origin) {
  Request request;
  request.headers.add("Origin", origin);
  return request;
}

Request preflight_from(std::string_view origin) {
  Request request = request_from(origin);
  request.method = Method::options;
  request.headers.add("Access-Control-Request-Method", "POST");
  return request;
}

MethodSet get_and_post() {
  MethodSet set;
  set.insert(Method::get);
  set.insert(Method::post);
  return set;
}

const std::chrono::seconds max_age(600);

TEST(Cors, AddsNothingWhenNoOriginIsConfigured) {
  const Cors cors({}, max_age);
  Response response = no_content();
  cors.add(request_from("https://a.example").headers, response);
  EXPECT_TRUE(response.headers.empty());
}

TEST(Cors, NamesAnAllowedOriginAndVariesByIt) {
  const Cors cors({"https://a.example", "https://b.example"}, max_age);
  Response response = no_content();
  cors.add(request_from("https://b.example").headers, response);
  EXPECT_EQ(field(response, "Access-Control-Allow-Origin"), "https://b.example");
  EXPECT_EQ(field(response, "Vary"), "Origin");
  EXPECT_NE(field(response, "Access-Control-Expose-Headers").find("X-Request-Id"), std::string::npos);
}

TEST(Cors, GivesADisallowedOriginNoFieldButVary) {
  const Cors cors({"https://a.example"}, max_age);
  for (const auto* origin : {"https://evil.example", "https://a.example.evil.example", "http://a.example",
                             "https://a.example:8443", "null", ""}) {
    Response response = no_content();
    cors.add(request_from(origin).headers, response);
    EXPECT_EQ(field(response, "Access-Control-Allow-Origin"), "") << origin;
    EXPECT_EQ(field(response, "Vary"), "Origin") << origin;
  }
}

TEST(Cors, RefusesTwoOriginFields) {
  const Cors cors({"https://a.example"}, max_age);
  Request request = request_from("https://a.example");
  request.headers.add("Origin", "https://evil.example");
  Response response = no_content();
  cors.add(request.headers, response);
  EXPECT_EQ(field(response, "Access-Control-Allow-Origin"), "");
}

TEST(Cors, AnswersAPreflightWithMethodsAndMaxAge) {
  const Cors cors({"https://a.example"}, max_age);
  const Request request = preflight_from("https://a.example");
  ASSERT_TRUE(Cors::is_preflight(request));
  Response response = no_content();
  cors.add_preflight(request, get_and_post(), response);
  EXPECT_EQ(field(response, "Access-Control-Allow-Origin"), "https://a.example");
  EXPECT_EQ(field(response, "Access-Control-Allow-Methods"), "GET, POST");
  EXPECT_EQ(field(response, "Access-Control-Max-Age"), "600");
  EXPECT_NE(field(response, "Access-Control-Allow-Headers").find("Content-Type"), std::string::npos);
}

TEST(Cors, GivesAPreflightOfADisallowedOriginNothing) {
  const Cors cors({"https://a.example"}, max_age);
  Response response = no_content();
  cors.add_preflight(preflight_from("https://evil.example"), get_and_post(), response);
  EXPECT_EQ(field(response, "Access-Control-Allow-Methods"), "");
  EXPECT_EQ(field(response, "Access-Control-Max-Age"), "");
}

TEST(Cors, AnswersEveryOriginAlikeWhenAStarIsConfigured) {
  const Cors cors({"*"}, max_age);
  Response response = no_content();
  cors.add(request_from("https://whoever.example").headers, response);
  EXPECT_EQ(field(response, "Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(field(response, "Vary"), "");
}

TEST(Cors, PlainOptionsIsNoPreflight) {
  Request request = request_from("https://a.example");
  request.method = Method::options;
  EXPECT_FALSE(Cors::is_preflight(request));
}

}  // namespace
}  // namespace support::http
