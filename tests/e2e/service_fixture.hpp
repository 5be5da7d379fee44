#pragma once

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/agent_process.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/test_cluster.hpp"

namespace support::tests {

// The environment of a service on this database.
inline Environment environment_for(const std::string& database_url) {
  return {{"DATABASE_URL", database_url}, {"ENVIRONMENT", "test"}, {"LOG_FORMAT", "json"}, {"HTTP_THREADS", "2"}};
}

// One migrated database and one running service for all tests of a suite.
class ServiceTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    database_ = std::make_unique<TestDatabase>();
    const auto migrated = run_agent({"migrate", "upgrade", "head"}, environment_for(database_->url_text()));
    ASSERT_EQ(migrated.exit_code, 0) << migrated.standard_error;
    service_ = std::make_unique<RunningService>(environment_for(database_->url_text()));
  }
  static void TearDownTestSuite() {
    service_.reset();
    database_.reset();
  }

  HttpClient client() { return HttpClient(service_->port()); }
  TestDatabase& database() { return *database_; }
  RunningService& service() { return *service_; }

  // A new customer with names of its own; its id.
  std::int64_t create_customer() {
    static int counter = 0;
    const std::string n = std::to_string(++counter);
    HttpClient http(service_->port());
    const auto answer = http.post("/api/v1/customers", R"({"customer_id":"C-)" + n +
                                                           R"(","first_name":"Test","last_name":"Person","email":"t)" +
                                                           n + R"(@example.org"})");
    EXPECT_EQ(answer.status, 201U) << answer.body;
    return answer.json().at("id").as_int64();
  }
  std::int64_t create_conversation(std::int64_t customer) {
    HttpClient http(service_->port());
    const auto answer = http.post("/api/v1/conversations", R"({"customer_id":)" + std::to_string(customer) +
                                                               R"(,"title":"A question","channel":"WEB"})");
    EXPECT_EQ(answer.status, 201U) << answer.body;
    return answer.json().at("id").as_int64();
  }
  static std::string messages_of(std::int64_t conversation) {
    return "/api/v1/conversations/" + std::to_string(conversation) + "/messages";
  }

 private:
  static inline std::unique_ptr<TestDatabase> database_;
  static inline std::unique_ptr<RunningService> service_;
};

}  // namespace support::tests
