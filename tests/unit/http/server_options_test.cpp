#include "app/http/server_options.hpp"

#include <gtest/gtest.h>

namespace support::http {
namespace {

TEST(ServerOptions, AreTheSettings) {
  using std::chrono::milliseconds;
  config::SettingsSources sources;
  sources.environment = {{"ENVIRONMENT", "test"},
                         {"DATABASE_URL", "postgresql://localhost/unused"},
                         {"HTTP_HOST", "0.0.0.0"},
                         {"HTTP_PORT", "8123"},
                         {"MAX_CONNECTIONS", "321"},
                         {"MAX_HEADER_SIZE", "12000"},
                         {"MAX_HEADER_COUNT", "77"},
                         {"MAX_BODY_SIZE", "54321"},
                         {"MIN_BODY_RATE", "999"},
                         {"HEADER_TIMEOUT", "3"},
                         {"BODY_TIMEOUT", "4"},
                         {"REQUEST_TIMEOUT", "5"},
                         {"WRITE_TIMEOUT", "6"},
                         {"IDLE_TIMEOUT", "7"},
                         {"CORS_ORIGINS", "https://app.example"}};
  const ServerOptions options = ServerOptions::from(config::Settings::load(sources));
  EXPECT_EQ(options.host, "0.0.0.0");
  EXPECT_EQ(options.port, 8123);
  EXPECT_EQ(options.max_connections, 321);
  EXPECT_EQ(options.max_header_size, 12000U);
  EXPECT_EQ(options.max_header_count, 77U);
  EXPECT_EQ(options.max_body_size, 54321U);
  EXPECT_EQ(options.min_body_rate, 999U);
  EXPECT_EQ(options.header_timeout, milliseconds(3000));
  EXPECT_EQ(options.body_timeout, milliseconds(4000));
  EXPECT_EQ(options.request_timeout, milliseconds(5000));
  EXPECT_EQ(options.write_timeout, milliseconds(6000));
  EXPECT_EQ(options.idle_timeout, milliseconds(7000));
  EXPECT_EQ(options.cors_origins, std::vector<std::string>{"https://app.example"});
}

}  // namespace
}  // namespace support::http
