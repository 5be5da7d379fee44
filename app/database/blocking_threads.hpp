#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

namespace support::database {

// A few threads, shared by the process, for calls that block and have no asynchronous form. Threads start when they are
// first needed and are never joined: a call that hangs (a dead name server) delays neither its caller, who has a
// deadline, nor the end of the process.
class BlockingThreads {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  enum class Outcome { done, too_late, refused, cancelled };

  static BlockingThreads& for_names();    // getaddrinfo
  static BlockingThreads& for_cancels();  // PQcancel

  BlockingThreads(std::size_t threads, std::size_t queue_limit);
  BlockingThreads(const BlockingThreads&) = delete;
  BlockingThreads& operator=(const BlockingThreads&) = delete;

  // Runs `work` on one of the threads and returns when it is done, or at the deadline, or when cancelled: then it may
  // still be running, so it owns (shared) all that it touches. Refuses when `queue_limit` calls are already waiting.
  // Called on the thread of `context`, which must allow posting from other threads (every concurrency hint but UNSAFE);
  // any number of contexts may share the threads. `work` must not throw.
  boost::asio::awaitable<Outcome> run(boost::asio::io_context& context, std::function<void()> work, TimePoint deadline);

 private:
  struct Queue;
  // Shared with the threads, which outlive everything.
  std::shared_ptr<Queue> queue_;
};

}  // namespace support::database
