#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "tests/e2e/service_fixture.hpp"

namespace support::tests {
namespace {

using Protocol = ServiceTest;
using verb = boost::beast::http::verb;

TEST_F(Protocol, AnswersTheChecksWithAndWithoutPrefix) {
  auto http = client();
  for (const char* path :
       {"/ping", "/live", "/ready", "/health", "/api/v1/ping", "/api/v1/live", "/api/v1/ready", "/api/v1/health"}) {
    EXPECT_EQ(http.get(path).status, 200U) << path;
  }
  const auto ready = http.get("/ready").json();
  EXPECT_EQ(ready.at("checks").at("database").at("revision"),
            ready.at("checks").at("database").at("expected_revision"));
}

TEST_F(Protocol, RefusesWhatItCannotReadWithAProblemDocument) {
  auto http = client();
  struct Case {
    verb method;
    const char* target;
    std::string body;
    const char* content_type;
    unsigned status;
  };
  const std::vector<Case> cases{
      {verb::post, "/api/v1/customers", "{\"a\":", "application/json", 400},
      {verb::post, "/api/v1/customers", "", "application/json", 400},
      {verb::post, "/api/v1/customers", "\xff{}", "application/json", 400},
      {verb::post, "/api/v1/customers", std::string(100, '['), "application/json", 400},
      {verb::post, "/api/v1/customers", "a=b", "application/x-www-form-urlencoded", 415},
      {verb::post, "/api/v1/customers", R"({"notes":")" + std::string(2'000'000, 'x') + "\"}", "application/json", 413},
      {verb::put, "/api/v1/customers", "{}", "application/json", 405},
      {verb::get, "/api/v1/nothing", "", "", 404},
      {verb::get, "/api/v1/customers/", "", "", 404},
  };
  for (const auto& tried : cases) {
    const auto answer = http.request(tried.method, tried.target, tried.body, tried.content_type);
    EXPECT_EQ(answer.status, tried.status) << tried.target << " " << tried.body.substr(0, 40);
    EXPECT_EQ(answer.header("Content-Type"), "application/problem+json") << tried.target;
    EXPECT_EQ(answer.json().at("status"), tried.status);
    EXPECT_EQ(answer.json().at("instance").as_string(), "urn:request:" + answer.header("X-Request-Id"));
  }
  EXPECT_NE(http.request(verb::delete_, "/api/v1/customers", "", "").header("Allow").find("POST"), std::string::npos);
}

TEST_F(Protocol, LogsOneLineARequestWithItsId) {
  auto http = client();
  const auto answer = http.get("/api/v1/customers/424242");
  const auto id = answer.header("X-Request-Id");
  ASSERT_FALSE(id.empty());
  // The line is written after the answer, by the logging thread.
  std::string log;
  for (int i = 0; i < 200 && log.find(id) == std::string::npos; ++i) {
    ::usleep(10'000);
    log = service().process().standard_error();
  }
  const auto at = log.find(id);
  ASSERT_NE(at, std::string::npos);
  const auto begin = log.rfind('\n', at) + 1;
  const std::string line = log.substr(begin, log.find('\n', at) - begin);
  EXPECT_NE(line.find(R"("route":"/api/v1/customers/{id}")"), std::string::npos) << line;
  EXPECT_NE(line.find(R"("status":404)"), std::string::npos) << line;
  EXPECT_EQ(log.find(id, at + id.size()), std::string::npos) << "a second line for the same request";
}

}  // namespace
}  // namespace support::tests
