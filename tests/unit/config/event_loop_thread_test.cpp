#include "app/config/event_loop_thread.hpp"

#include <thread>

#include <gtest/gtest.h>

namespace support::config {
namespace {

TEST(EventLoopThread, MarksItsOwnThreadForAsLongAsItLives) {
  EXPECT_FALSE(EventLoopThread::is_current());
  {
    const EventLoopThread outer;
    EXPECT_TRUE(EventLoopThread::is_current());
    { const EventLoopThread inner; }
    EXPECT_TRUE(EventLoopThread::is_current());
    bool other = true;
    std::thread([&other] { other = EventLoopThread::is_current(); }).join();
    EXPECT_FALSE(other);
  }
  EXPECT_FALSE(EventLoopThread::is_current());
}

}  // namespace
}  // namespace support::config
