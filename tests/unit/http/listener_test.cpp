#include "app/http/listener.hpp"

#include <sys/resource.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "loopback.hpp"

namespace support::http::tests {
namespace {

using ::testing::HasSubstr;

std::string bind_error(const std::string& host, std::uint16_t port) {
  boost::asio::io_context context;
  try {
    listen_on(context, host, port, Claim::exclusive);
  } catch (const BindError& error) {
    return error.what();
  }
  return "";
}

TEST(Listener, RefusesAnAddressThatASecondCopyOfTheProgramHolds) {
  Loopback server;
  const std::string error = bind_error("127.0.0.1", server.port());
  EXPECT_THAT(error, HasSubstr("127.0.0.1:" + std::to_string(server.port())));
  EXPECT_THAT(error, HasSubstr("set HTTP_PORT to another port"));
}

TEST(Listener, SaysWhatIsWrongWithAnAddressAndWhatToDo) {
  EXPECT_THAT(bind_error("192.0.2.1", 0), HasSubstr("not one of this machine's; set HTTP_HOST"));
  EXPECT_THAT(bind_error("no such host.invalid", 0), HasSubstr("does not resolve"));
}

TEST(Listener, SharesAPortWithinTheProcess) {
  boost::asio::io_context context;
  ServiceState state;
  Router router;
  auto options = loopback_options();
  Server first(context, router, options, state);
  EXPECT_NE(first.port(), 0);
  EXPECT_EQ(state.port(), first.port());
  Server second(context, router, options, state);
  EXPECT_EQ(second.port(), first.port());
}

TEST(Listener, ListensOnNamesAndOnIpv6) {
  boost::asio::io_context context;
  EXPECT_EQ(listen_on(context, "localhost", 0, Claim::exclusive).local_endpoint().address().to_string(), "127.0.0.1");
  EXPECT_TRUE(listen_on(context, "::1", 0, Claim::exclusive).local_endpoint().address().is_v6());
}

TEST(Listener, WritesAddressesAsTheyAreUsuallyWritten) {
  using boost::asio::ip::make_address;
  EXPECT_EQ(to_text({make_address("192.0.2.7"), 80}), "192.0.2.7:80");
  EXPECT_EQ(to_text({make_address("2001:db8::1"), 80}), "[2001:db8::1]:80");
  EXPECT_EQ(to_text({make_address("::ffff:192.0.2.7"), 80}), "192.0.2.7:80");
}

// Lowers the limit of open files so that the next accept fails, then raises it again.
TEST(Listener, WaitsWhenFileDescriptorsRunOutAndGoesOnAfterwards) {
  Loopback server;
  ASSERT_EQ(ask(server.port(), get("/ping"))->status, 200);
  RawClient waiting(server.port());  // its own descriptors exist before the limit does
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  RawClient client(server.port());
  waiting.send(get("/ping"));
  client.send(get("/ping"));
  ASSERT_TRUE(waiting.receive());
  ASSERT_TRUE(client.receive());
  const int probe = ::dup(0);
  RawClient unlucky(server.port());
  const rlimit lowered = {.rlim_cur = static_cast<rlim_t>(probe), .rlim_max = before.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &lowered);
  unlucky.send(get("/ping"));
  waiting.send(get("/ping"));
  EXPECT_EQ(waiting.receive()->status, 200) << "connections that are open are still served";
  ::setrlimit(RLIMIT_NOFILE, &before);
  ::close(probe);
  const auto response = unlucky.receive();
  ASSERT_TRUE(response) << "the server did not go on accepting";
  EXPECT_EQ(response->status, 200);
}

}  // namespace
}  // namespace support::http::tests
