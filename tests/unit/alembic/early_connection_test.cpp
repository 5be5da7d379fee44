#include "app/alembic/runtime/early_connection.hpp"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "app/alembic/errors.hpp"

namespace support::tests {
namespace {

using namespace alembic;

const ConnectionTarget live{.conninfo = "postgresql://live"};

TEST(EarlyConnection, OpensInAnotherThreadAndOnlyOnce) {
  std::atomic<int> opened = 0;
  std::thread::id opener;
  EarlyConnection early(
      [&](const ConnectionTarget&) {
        ++opened;
        opener = std::this_thread::get_id();
        return std::unique_ptr<Connection>();
      },
      live);
  const auto connect = early.connector();
  connect(live);
  EXPECT_EQ(opened, 1);
  EXPECT_NE(opener, std::this_thread::get_id());
  connect(live);
  EXPECT_EQ(opened, 2);
  EXPECT_EQ(opener, std::this_thread::get_id());
}

TEST(EarlyConnection, IsNotForAnotherTarget) {
  std::atomic<int> others = 0;
  EarlyConnection early(
      [&](const ConnectionTarget& target) {
        if (target.conninfo != live.conninfo) ++others;
        return std::unique_ptr<Connection>();
      },
      live);
  early.connector()({.conninfo = "postgresql://other"});
  EXPECT_EQ(others, 1);
}

TEST(EarlyConnection, ReportsAFailureToWhoeverAsks) {
  const auto fail = [](const ConnectionTarget&) -> std::unique_ptr<Connection> {
    throw CommandError("nobody listens", ExitCode::unreachable);
  };
  EarlyConnection asked(fail, live);
  EXPECT_THROW(asked.connector()(live), CommandError);
  const EarlyConnection never_asked(fail, live);
}

}  // namespace
}  // namespace support::tests
