#include "app/http/response.hpp"

#include <stdexcept>

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/http/response_writer.hpp"

namespace support::http {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string written(Response response, ResponseContext context = {}) {
  context.request_id = "id-1";
  context.date = "Sun, 18 Jan 2026 03:38:38 GMT";
  render_problem(response, context.request_id);
  std::string out;
  write_head(response, context, out);
  if (body_follows(response, context)) out += response.body;
  return out;
}

TEST(Response, RefusesFieldsThatCouldBreakOutOfTheHeader) {
  Response response;
  EXPECT_THROW(response.header("Location", "/a\r\nSet-Cookie: x"), std::invalid_argument);
  EXPECT_THROW(response.header("X", std::string_view("a\0b", 3)), std::invalid_argument);
  EXPECT_THROW(response.header("X Y", "a"), std::invalid_argument);
  EXPECT_THROW(response.header("", "a"), std::invalid_argument);
  EXPECT_TRUE(response.headers.empty());
}

TEST(Response, LeavesTheFramingToTheTransport) {
  Response response;
  for (const auto* name :
       {"Content-Length", "transfer-encoding", "Connection", "Date", "X-Request-Id", "Content-Type"}) {
    EXPECT_THROW(response.header(name, "1"), std::invalid_argument) << name;
  }
}

TEST(Response, CreatedSaysWhere) {
  const Response response = created("/api/v1/customers/7", R"({"id":7})");
  EXPECT_EQ(response.status, Status::created);
  EXPECT_EQ(response.body, R"({"id":7})");
  EXPECT_EQ(response.headers.at(0), (std::pair<std::string, std::string>("Location", "/api/v1/customers/7")));
}

TEST(WriteHead, HasWhatEveryAnswerHas) {
  EXPECT_EQ(written(json(Status::ok, boost::json::parse("[1]"))),
            "HTTP/1.1 200 OK\r\n"
            "Date: Sun, 18 Jan 2026 03:38:38 GMT\r\n"
            "Server: support-agent\r\n"
            "X-Request-Id: id-1\r\n"
            "X-Content-Type-Options: nosniff\r\n"
            "Cache-Control: no-store\r\n"
            "Content-Type: application/json\r\n"
            "Content-Length: 3\r\n"
            "\r\n"
            "[1]");
}

TEST(WriteHead, HasNoLengthAndNoBodyWith204) {
  const std::string out = written(no_content());
  EXPECT_THAT(out, HasSubstr("HTTP/1.1 204 No Content\r\n"));
  EXPECT_THAT(out, Not(HasSubstr("Content-Length")));
  Response odd(Status::no_content);
  odd.body = "never sent";
  EXPECT_THAT(written(odd), Not(HasSubstr("never sent")));
}

TEST(WriteHead, AnswersHeadWithTheLengthAndWithoutTheBody) {
  const std::string out = written(text(Status::ok, "hello"), {.head_request = true});
  EXPECT_THAT(out, HasSubstr("Content-Length: 5\r\n"));
  EXPECT_THAT(out, Not(HasSubstr("hello")));
}

TEST(WriteHead, SaysWhatBecomesOfTheConnection) {
  EXPECT_THAT(written(no_content()), Not(HasSubstr("Connection:")));
  EXPECT_THAT(written(no_content(), {.connection = ConnectionField::close}), HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(written(no_content(), {.connection = ConnectionField::keep_alive}),
              HasSubstr("Connection: keep-alive\r\n"));
}

TEST(WriteHead, LetsAHandlerDecideAboutCaching) {
  const std::string out = written(no_content().header("Cache-Control", "max-age=60"));
  EXPECT_THAT(out, HasSubstr("Cache-Control: max-age=60\r\n"));
  EXPECT_THAT(out, Not(HasSubstr("no-store")));
}

TEST(WriteHead, DropsAMalformedFieldOfAListFilledByHand) {
  Response response = no_content();
  response.headers.emplace_back("X-Evil", "a\r\nSet-Cookie: b");
  EXPECT_THAT(written(response), Not(HasSubstr("Set-Cookie")));
}

TEST(WriteHead, RendersAProblem) {
  const std::string out = written(unavailable("The database is away; try again.", std::chrono::seconds(2)));
  EXPECT_THAT(out, HasSubstr("HTTP/1.1 503 Service Unavailable\r\n"));
  EXPECT_THAT(out, HasSubstr("Content-Type: application/problem+json\r\n"));
  EXPECT_THAT(out, HasSubstr("Retry-After: 2\r\n"));
  EXPECT_THAT(out, HasSubstr("\"instance\":\"urn:request:id-1\""));
}

TEST(DateCache, ChangesWithTheSecond) {
  using namespace std::chrono;
  DateCache cache;
  const sys_seconds second = sys_days(2026y / 1 / 18) + hours(3) + minutes(38) + seconds(38);
  EXPECT_EQ(cache.text(second + milliseconds(172)), "Sun, 18 Jan 2026 03:38:38 GMT");
  EXPECT_EQ(cache.text(second + milliseconds(999)), "Sun, 18 Jan 2026 03:38:38 GMT");
  EXPECT_EQ(cache.text(second + seconds(1)), "Sun, 18 Jan 2026 03:38:39 GMT");
}

}  // namespace
}  // namespace support::http
