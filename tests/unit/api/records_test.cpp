#include "app/api/records.hpp"

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace support::api {
namespace {

using std::chrono::microseconds;

TEST(Rfc3339, PrintsMicrosecondsInUtc) {
  EXPECT_EQ(rfc3339(database::Timestamp(microseconds(1768707518172294))), "2026-01-18T03:38:38.172294Z");
  EXPECT_EQ(rfc3339(database::Timestamp(microseconds(0))), "1970-01-01T00:00:00.000000Z");
}

TEST(Rfc3339, CountsBackwardsBefore1970) {
  EXPECT_EQ(rfc3339(database::Timestamp(microseconds(-1))), "1969-12-31T23:59:59.999999Z");
}

TEST(MessageRecord, ShowsMetadataAsJsonAndOtherTextAsText) {
  database::Message message;
  message.metadata_json = R"({"model":"m1"})";
  EXPECT_EQ(boost::json::serialize(to_json(message).at("metadata")), R"({"model":"m1"})");
  message.metadata_json = "{'model': 'm1'}";
  EXPECT_EQ(boost::json::serialize(to_json(message).at("metadata")), R"("{'model': 'm1'}")");
  message.metadata_json = std::nullopt;
  EXPECT_TRUE(to_json(message).at("metadata").is_null());
}

}  // namespace
}  // namespace support::api
