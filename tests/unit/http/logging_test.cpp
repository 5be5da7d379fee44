// One structured line a request.
#include "app/config/logging.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <vector>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "loopback.hpp"

namespace support::http::tests {
namespace {

class RequestLog : public testing::Test {
 protected:
  void SetUp() override {
    path_ = std::filesystem::temp_directory_path() / ("support-http-log-" + std::to_string(::getpid()));
    std::filesystem::remove(path_);
    config::SettingsSources sources;
    sources.environment = {{"LOG_FILE", path_.string()},
                           {"LOG_FORMAT", "json"},
                           {"LOG_LEVEL", "info"},
                           {"ENVIRONMENT", "test"},
                           {"DATABASE_URL", "postgresql://localhost/unused"}};
    config::set_up_logging(config::Settings::load(sources), config::TextStyle::service);
  }
  void TearDown() override {
    config::shut_down_logging();
    std::filesystem::remove(path_);
  }

  // The lines of finished requests; ends logging.
  std::vector<boost::json::object> lines() {
    config::shut_down_logging();
    std::vector<boost::json::object> all;
    std::ifstream file(path_);
    for (std::string line; std::getline(file, line);) {
      auto object = boost::json::parse(line).as_object();
      if (object.at("message") == "request") all.push_back(std::move(object));
    }
    return all;
  }

  std::filesystem::path path_;
};

TEST_F(RequestLog, HasOneLineForEveryAnswer) {
  {
    Loopback server;
    ask(server.port(), get("/api/v1/things/secret-7", "X-Request-Id: one\r\n"));
    ask(server.port(), get("/nothing/secret", "X-Request-Id: two\r\n"));
    ask(server.port(), "BREW /ping HTTP/1.1\r\nHost: test\r\n\r\n");
    ask(server.port(), get("/fail", "X-Request-Id: four\r\n"));
  }
  const auto all = lines();
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(all[0].at("logger"), "http");
  EXPECT_EQ(all[0].at("request_id"), "one");
  EXPECT_EQ(all[0].at("method"), "GET");
  EXPECT_EQ(all[0].at("route"), "/api/v1/things/{id}") << "the template, so that no identifier gets into the log";
  EXPECT_EQ(all[0].at("status").as_int64(), 200);
  EXPECT_GT(all[0].at("bytes").as_int64(), 0);
  EXPECT_GE(all[0].at("duration_ms").to_number<double>(), 0.0);
  EXPECT_TRUE(std::string_view(all[0].at("peer").as_string()).starts_with("127.0.0.1:"));
  EXPECT_EQ(all[1].at("request_id"), "two");
  EXPECT_EQ(all[1].at("route"), "-");
  EXPECT_EQ(all[1].at("status").as_int64(), 404);
  EXPECT_EQ(all[2].at("method"), "-");
  EXPECT_EQ(all[2].at("status").as_int64(), 501);
  EXPECT_EQ(all[2].at("request_id").as_string().size(), 32U);
  EXPECT_EQ(all[3].at("status").as_int64(), 500);
}

TEST_F(RequestLog, LogsARequestThatWasCutAtItsDeadlineOnce) {
  {
    auto options = loopback_options();
    options.request_timeout = std::chrono::milliseconds(50);
    Loopback server(options);
    ask(server.port(), get("/slow?ms=5000"));
  }
  const auto all = lines();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].at("status").as_int64(), 504);
  EXPECT_EQ(all[0].at("route"), "/slow");
}

}  // namespace
}  // namespace support::http::tests
