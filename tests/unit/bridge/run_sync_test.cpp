#include "app/bridge/run_sync.hpp"

#include <memory>
#include <stdexcept>
#include <thread>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

namespace support::bridge {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

asio::awaitable<int> later(int value) {
  asio::steady_timer timer(co_await asio::this_coro::executor, milliseconds(1));
  co_await timer.async_wait(asio::use_awaitable);
  co_return value;
}

asio::awaitable<int> failing() {
  (void)co_await later(0);
  throw std::runtime_error("it failed");
}

asio::awaitable<bool> runs_in_a_loop() {
  co_return config::EventLoopThread::is_current();
}

TEST(RunSync, ReturnsWhatTheCoroutineReturns) {
  asio::io_context loop;
  EXPECT_EQ(run_sync(loop, later(1)), 1);
  EXPECT_EQ(run_sync(loop, later(2)), 2);
}

TEST(RunSync, ThrowsWhatTheCoroutineThrowsAndCanBeUsedAgain) {
  asio::io_context loop;
  EXPECT_THROW(run_sync(loop, failing()), std::runtime_error);
  EXPECT_EQ(run_sync(loop, later(3)), 3);
}

TEST(RunSync, IsNotHeldUpByTimersThatNobodyWaitsFor) {
  asio::io_context loop;
  asio::steady_timer forgotten(loop, std::chrono::hours(1));
  forgotten.async_wait([](const boost::system::error_code&) {});
  EXPECT_EQ(run_sync(loop, later(4)), 4);
}

TEST(RunSync, WaitsForWorkOfOtherThreads) {
  asio::io_context loop;
  std::thread other;
  const auto by_other_thread = [&](auto handler) {
    // Keeps the loop from running out of work meanwhile, as BlockingThreads does.
    auto guard = std::make_shared<asio::executor_work_guard<asio::io_context::executor_type>>(loop.get_executor());
    other = std::thread([&loop, guard, handler = std::make_shared<decltype(handler)>(std::move(handler))] {
      std::this_thread::sleep_for(milliseconds(5));
      asio::post(loop, [guard, handler] { std::move (*handler)(); });
    });
  };
  const auto wait = [&]() -> asio::awaitable<int> {
    co_await asio::async_initiate<decltype(asio::use_awaitable), void()>(by_other_thread, asio::use_awaitable);
    co_return 5;
  };
  EXPECT_EQ(run_sync(loop, wait()), 5);
  other.join();
}

TEST(RunSync, MarksTheThreadOnlyWhileTheLoopTurns) {
  asio::io_context loop;
  EXPECT_TRUE(run_sync(loop, runs_in_a_loop()));
  EXPECT_FALSE(config::EventLoopThread::is_current());
}

TEST(RunSync, RefusesAThreadThatRunsAnEventLoop) {
  asio::io_context loop;
  const config::EventLoopThread mark;
  EXPECT_THROW(run_sync(loop, later(6)), std::logic_error);
}

}  // namespace
}  // namespace support::bridge
