// The database moves to another address behind its name, as behind a service name of Kubernetes or a floating DNS
// entry.
#include <chrono>
#include <optional>
#include <string>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "app/database/listener.hpp"

#include "tests/chaos/byte_proxy.hpp"
#include "tests/chaos/engine_operations.hpp"
#include "tests/chaos/moving_name.hpp"

namespace support::tests {
namespace {

using namespace std::chrono_literals;
using database::Deadline;

constexpr const char* old_address = "127.0.0.1";
constexpr const char* new_address = "127.0.0.2";

// Two servers, each behind a proxy; the proxies differ in their address alone.
class MovingDatabase : public testing::Test {
 protected:
  std::string url(const std::string& parameters = "") const {
    return fmt::format("postgresql://support_agent@{}:{}/postgres?sslmode=disable{}", MovingName::name, old_.port(),
                       parameters);
  }
  // The port of the server that answers, or why none does.
  std::string asked(Engine& engine) { return text(engine.run(engine.pool().query("SELECT current_setting('port')"))); }
  std::string asked_shared(Engine& engine) {
    return text(engine.run(engine.shared().read("SELECT current_setting('port')")));
  }
  static std::string text(const database::Result<database::Rows>& rows) {
    return rows ? rows->single<std::string>().value() : rows.error().text();
  }

  TestCluster& before_ = TestCluster::instance();
  TestCluster after_;
  const std::string port_before_ = std::to_string(before_.tcp_port());
  const std::string port_after_ = std::to_string(after_.tcp_port());
  ByteProxy old_{before_.tcp_port(), old_address};
  ByteProxy new_{after_.tcp_port(), new_address, old_.port()};
};

TEST_F(MovingDatabase, ANewConnectionAsksWhereTheNameLeadsNow) {
  MovingName name(old_address);
  Engine engine(url());
  EXPECT_EQ(asked(engine), port_before_);
  EXPECT_EQ(asked_shared(engine), port_before_);
  EXPECT_EQ(name.lookups(), 2U) << "one for each connection";

  name.lead_to(new_address);
  EXPECT_EQ(asked(engine), port_before_) << "a connection that is well is kept";
  EXPECT_EQ(asked_shared(engine), port_before_);
  EXPECT_EQ(name.lookups(), 0U);
  old_.cut();
  std::this_thread::sleep_for(50ms);
  EXPECT_EQ(asked(engine), port_after_);
  EXPECT_EQ(asked_shared(engine), port_after_);
  EXPECT_EQ(name.lookups(), 2U);
}

TEST_F(MovingDatabase, ExpiringAllConnectionsIsEnoughForThePool) {
  MovingName name(old_address);
  Engine engine(url());
  EXPECT_EQ(asked(engine), port_before_);
  name.lead_to(new_address);
  engine.pool().expire_all();
  EXPECT_EQ(asked(engine), port_after_);
}

TEST_F(MovingDatabase, EveryAddressOfTheNameIsTried) {
  MovingName name("127.0.0.3,127.0.0.2");
  Engine engine(url());
  EXPECT_EQ(asked(engine), port_after_) << "nobody listens at the first";
}

TEST_F(MovingDatabase, ANameThatIsGoneForAWhileIsAskedForAgain) {
  MovingName name("");
  Engine engine(url());
  EXPECT_NE(asked(engine).find("no address is known for moving.test"), std::string::npos) << asked(engine);
  name.lead_to(new_address);
  const auto give_up = std::chrono::steady_clock::now() + 10s;
  while (asked(engine) != port_after_ && std::chrono::steady_clock::now() < give_up) std::this_thread::sleep_for(20ms);
  EXPECT_EQ(asked(engine), port_after_);
}

TEST_F(MovingDatabase, AListenerFollows) {
  MovingName name(old_address);
  Engine engine(url());
  database::ListenerOptions options;
  options.connect = engine.connect_options();
  options.channels = {"moved"};
  auto listener = database::Listener::open(engine.context(), options).value();
  const auto next = [&] { return engine.run(listener.next(Deadline::after(15s))); };
  ASSERT_TRUE(std::holds_alternative<database::Gap>(next().value()));
  name.lead_to(new_address);
  old_.cut();
  ASSERT_TRUE(std::holds_alternative<database::Gap>(next().value()));
  after_.sql("SELECT pg_notify('moved', 'here')");
  EXPECT_EQ(std::get<database::Notification>(next().value()).payload, "here");
}

}  // namespace
}  // namespace support::tests
