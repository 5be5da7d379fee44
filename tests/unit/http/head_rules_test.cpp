#include "app/http/head_rules.hpp"

#include <gtest/gtest.h>

namespace support::http {
namespace {

using Fields = std::vector<std::pair<const char*, const char*>>;

HeaderFields fields_of(const Fields& list) {
  HeaderFields fields;
  for (const auto& [name, value] : list) fields.add(name, value);
  return fields;
}

int status_of(const std::optional<Problem>& problem) {
  return problem ? static_cast<int>(problem->status) : 0;
}

TEST(TransferEncoding, IsExactlyChunkedOnce) {
  const auto status = [](const Fields& list, int version = 11) {
    return status_of(check_transfer_encoding(fields_of(list), version));
  };
  EXPECT_EQ(status({}), 0);
  EXPECT_EQ(status({{"Transfer-Encoding", "chunked"}}), 0);
  EXPECT_EQ(status({{"transfer-encoding", "Chunked"}}), 0);
  EXPECT_EQ(status({{"Transfer-Encoding", "chunked, chunked"}}), 400);
  EXPECT_EQ(status({{"Transfer-Encoding", "chunked, identity"}}), 400);
  EXPECT_EQ(status({{"Transfer-Encoding", "gzip, chunked"}}), 400);
  EXPECT_EQ(status({{"Transfer-Encoding", "chunked,"}}), 400);
  EXPECT_EQ(status({{"Transfer-Encoding", "identity"}, {"Transfer-Encoding", "chunked"}}), 400);
  EXPECT_EQ(status({{"Transfer-Encoding", "xchunked"}}), 501);
  EXPECT_EQ(status({{"Transfer-Encoding", "gzip"}}), 501);
  EXPECT_EQ(status({{"Transfer-Encoding", "gzip, deflate"}}), 501);
  EXPECT_EQ(status({{"Transfer-Encoding", "identity"}}), 501);
  EXPECT_EQ(status({{"Transfer-Encoding", ""}}), 501);
  EXPECT_EQ(status({{"Transfer-Encoding", "chunked"}}, 10), 400);
  EXPECT_EQ(status({{"Transfer-Encoding", "chunked"}, {"Content-Length", "3"}}), 400);
}

TEST(ContentLength, IsOneDecimalNumber) {
  const auto status = [](const Fields& list) { return status_of(check_content_length(fields_of(list))); };
  EXPECT_EQ(status({}), 0);
  EXPECT_EQ(status({{"Content-Length", "0"}}), 0);
  EXPECT_EQ(status({{"Content-Length", "12"}}), 0);
  for (const auto* value : {"", "3, 3", "+3", "-1", "0x3", "3 ", "3.0", "three"}) {
    EXPECT_EQ(status({{"Content-Length", value}}), 400) << value;
  }
  EXPECT_EQ(status({{"Content-Length", "3"}, {"content-length", "3"}}), 400);
}

TEST(Host, IsThereOnceAndIsAnAuthority) {
  const auto status = [](const Fields& list, int version = 11) {
    return status_of(check_host(fields_of(list), version, Target()));
  };
  EXPECT_EQ(status({{"Host", "a.example"}}), 0);
  EXPECT_EQ(status({{"Host", "a.example:8000"}}), 0);
  EXPECT_EQ(status({{"Host", "127.0.0.1:80"}}), 0);
  EXPECT_EQ(status({{"Host", "[::1]:80"}}), 0);
  EXPECT_EQ(status({}), 400);
  EXPECT_EQ(status({}, 10), 0);
  EXPECT_EQ(status({{"Host", "a"}, {"Host", "a"}}), 400);
  EXPECT_EQ(status({{"Host", "a"}, {"Host", "a"}}, 10), 400);
  for (const auto* value : {"", "a b", "user@a", "a/b", "a:port", "a:65536", "[::1", "a?b", "http://a", "a:80:80"}) {
    EXPECT_EQ(status({{"Host", value}}), 400) << value;
  }
}

TEST(Host, AgreesWithAnAbsoluteTarget) {
  Target target;
  target.form = Target::Form::absolute;
  target.authority = "a.example:8000";
  EXPECT_EQ(status_of(check_host(fields_of({{"Host", "A.example:8000"}}), 11, target)), 0);
  EXPECT_EQ(status_of(check_host(fields_of({{"Host", "a.example"}}), 11, target)), 400);
  EXPECT_EQ(status_of(check_host(fields_of({{"Host", "evil.example"}}), 11, target)), 400);
}

}  // namespace
}  // namespace support::http
