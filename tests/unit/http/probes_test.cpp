// Every form of request that tests/data/http_probes.jsonl lists, sent to a running server: at once, and in small
// pieces.
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "loopback.hpp"

namespace support::http::tests {
namespace {

struct Probe {
  std::string name;
  std::string bytes;
  int status = 0;
  bool closed = false;
  std::string contains;
};

std::string bytes_of(const boost::json::value& send) {
  if (send.is_string()) return std::string(send.as_string());
  std::string bytes;
  for (const auto& part : send.as_array()) {
    if (part.is_string()) {
      bytes += part.as_string();
      continue;
    }
    const std::string unit(part.at("repeat").as_string());
    for (std::int64_t count = part.at("times").as_int64(); count > 0; --count) bytes += unit;
  }
  return bytes;
}

std::vector<Probe> load_probes() {
  std::ifstream file(SUPPORT_SOURCE_DIR "/tests/data/http_probes.jsonl");
  std::vector<Probe> probes;
  for (std::string line; std::getline(file, line);) {
    const auto row = boost::json::parse(line);
    Probe probe;
    probe.name = row.at("name").as_string();
    probe.bytes = bytes_of(row.at("send"));
    probe.status = static_cast<int>(row.at("status").as_int64());
    probe.closed = row.at("closed").as_bool();
    if (const auto* contains = row.as_object().if_contains("contains")) probe.contains = contains->as_string();
    probes.push_back(std::move(probe));
  }
  return probes;
}

class Probes : public testing::TestWithParam<std::size_t> {
 protected:
  static void SetUpTestSuite() { server_ = std::make_unique<Loopback>(); }
  static void TearDownTestSuite() { server_.reset(); }

  static void check(const Probe& probe, std::size_t step) {
    SCOPED_TRACE(probe.name);
    RawClient client(server_->port());
    client.send_slowly(probe.bytes, step);
    const auto response = client.receive();
    ASSERT_TRUE(response) << "no answer";
    EXPECT_EQ(response->status, probe.status) << response->head << response->body;
    EXPECT_THAT(response->head + response->body, testing::HasSubstr(probe.contains));
    if (probe.status >= 400) {
      EXPECT_EQ(response->field("Content-Type"), "application/problem+json");
      EXPECT_EQ(boost::json::parse(response->body).at("status").as_int64(), probe.status);
    }
    EXPECT_EQ(response->field("Connection") == "close", probe.closed);
    EXPECT_THAT(response->field("X-Request-Id"), testing::Not(testing::IsEmpty()));
    if (probe.closed) {
      // Nothing of what followed may pass for a second request.
      EXPECT_TRUE(client.at_end());
      return;
    }
    client.send(get("/ping"));
    const auto next = client.receive();
    ASSERT_TRUE(next) << "the connection did not stay open";
    EXPECT_EQ(next->status, 200);
  }

  static std::unique_ptr<Loopback> server_;
};

std::unique_ptr<Loopback> Probes::server_;

TEST_P(Probes, AreAnsweredAsTheTableSays) {
  const auto probes = load_probes();
  ASSERT_GT(probes.size(), 100U);
  for (const Probe& probe : probes) check(probe, GetParam());
}

INSTANTIATE_TEST_SUITE_P(Whole, Probes, testing::Values(1'000'000));
INSTANTIATE_TEST_SUITE_P(ByteByByte, Probes, testing::Values(1));

}  // namespace
}  // namespace support::http::tests
