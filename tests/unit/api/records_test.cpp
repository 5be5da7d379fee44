#include "app/api/records.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace support::api {
namespace {

boost::json::value metadata_of(const database::Message& message) {
  return boost::json::parse(to_json(message)).at("metadata");
}

TEST(MessageRecord, ShowsMetadataAsJsonAndOtherTextAsText) {
  database::Message message;
  message.metadata_json = R"({"model":"m1"})";
  EXPECT_EQ(boost::json::serialize(metadata_of(message)), R"({"model":"m1"})");
  message.metadata_json = "{'model': 'm1'}";
  EXPECT_EQ(boost::json::serialize(metadata_of(message)), R"("{'model': 'm1'}")");
  message.metadata_json = std::nullopt;
  EXPECT_TRUE(metadata_of(message).is_null());
}

TEST(CustomerRecord, HasEveryMemberInOrder) {
  database::Customer customer;
  customer.id = 7;
  customer.customer_id = "C-7";
  customer.first_name = "Ann \"A\"";
  customer.email = "ann@example.com";
  customer.is_vip = true;
  EXPECT_EQ(to_json(customer),
            R"({"id":7,"customer_id":"C-7","first_name":"Ann \"A\"","last_name":"","email":"ann@example.com",)"
            R"("phone":null,"account_number":null,"is_active":true,"is_verified":false,"is_vip":true,"notes":null,)"
            R"("created_at":"1970-01-01T00:00:00.000000Z","updated_at":"1970-01-01T00:00:00.000000Z"})");
}

}  // namespace
}  // namespace support::api
