#include "app/database/blocking_threads.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

namespace support::database {
namespace {

using Outcome = BlockingThreads::Outcome;
using Clock = std::chrono::steady_clock;

// Work that hangs until the test lets it go.
class Gate {
 public:
  void pass() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return open_; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

struct Outcomes {
  std::vector<Outcome> seen;

  auto handler() {
    return [this](std::exception_ptr exception, Outcome outcome) {
      EXPECT_FALSE(exception);
      seen.push_back(outcome);
    };
  }
};

TEST(BlockingThreadsTest, RunsWorkOffTheLoopAndComesBackToIt) {
  boost::asio::io_context context;
  BlockingThreads threads(1, 4);
  const auto worker = std::make_shared<std::thread::id>();
  Outcomes outcomes;
  boost::asio::co_spawn(
      context,
      threads.run(
          context, [worker] { *worker = std::this_thread::get_id(); }, Clock::now() + std::chrono::minutes(1)),
      outcomes.handler());
  context.run();
  EXPECT_EQ(outcomes.seen, std::vector{Outcome::done});
  EXPECT_NE(*worker, std::this_thread::get_id());
}

TEST(BlockingThreadsTest, WorkThatHangsCostsOnlyItsDeadline) {
  boost::asio::io_context context;
  BlockingThreads threads(1, 4);
  const auto gate = std::make_shared<Gate>();
  Outcomes outcomes;
  boost::asio::co_spawn(context,
                        threads.run(
                            context, [gate] { gate->pass(); }, Clock::now() + std::chrono::milliseconds(20)),
                        outcomes.handler());
  context.run();
  EXPECT_EQ(outcomes.seen, std::vector{Outcome::too_late});
  gate->open();
}

TEST(BlockingThreadsTest, RefusesWhenTooMuchIsWaiting) {
  boost::asio::io_context context;
  BlockingThreads threads(1, 1);
  const auto gate = std::make_shared<Gate>();
  const auto started = std::make_shared<Gate>();
  Outcomes outcomes;
  const auto later = Clock::now() + std::chrono::minutes(1);
  boost::asio::co_spawn(context,
                        threads.run(
                            context, [=] { started->open(), gate->pass(); }, later),
                        outcomes.handler());
  context.poll();
  started->pass();  // the thread is busy now
  boost::asio::co_spawn(context,
                        threads.run(
                            context, [] {}, later),
                        outcomes.handler());
  boost::asio::co_spawn(context,
                        threads.run(
                            context, [] {}, later),
                        outcomes.handler());
  context.poll();
  EXPECT_EQ(outcomes.seen, std::vector{Outcome::refused});
  gate->open();
  context.run();
  EXPECT_EQ(outcomes.seen, (std::vector{Outcome::refused, Outcome::done, Outcome::done}));
}

TEST(BlockingThreadsTest, CancellationEndsTheWaitAtOnce) {
  boost::asio::io_context context;
  BlockingThreads threads(1, 4);
  const auto gate = std::make_shared<Gate>();
  boost::asio::cancellation_signal signal;
  Outcomes outcomes;
  boost::asio::co_spawn(context,
                        threads.run(
                            context, [gate] { gate->pass(); }, Clock::now() + std::chrono::minutes(1)),
                        boost::asio::bind_cancellation_slot(signal.slot(), outcomes.handler()));
  boost::asio::post(context, [&] { signal.emit(boost::asio::cancellation_type::terminal); });
  context.run();
  EXPECT_EQ(outcomes.seen, std::vector{Outcome::cancelled});
  gate->open();
}

TEST(BlockingThreadsTest, AnIoContextMayGoWhileWorkHangs) {
  BlockingThreads threads(1, 4);
  const auto gate = std::make_shared<Gate>();
  const auto finished = std::make_shared<Gate>();
  {
    boost::asio::io_context context;
    Outcomes outcomes;
    boost::asio::co_spawn(context,
                          threads.run(
                              context, [gate] { gate->pass(); }, Clock::now() + std::chrono::minutes(1)),
                          outcomes.handler());
    context.poll();
  }
  gate->open();
  // The same thread takes the next work, so the first is over by then.
  boost::asio::io_context context;
  Outcomes outcomes;
  boost::asio::co_spawn(context,
                        threads.run(
                            context, [finished] { finished->open(); }, Clock::now() + std::chrono::minutes(1)),
                        outcomes.handler());
  context.run();
  EXPECT_EQ(outcomes.seen, std::vector{Outcome::done});
}

}  // namespace
}  // namespace support::database
