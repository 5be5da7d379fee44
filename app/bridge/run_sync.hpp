#pragma once

#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "app/config/event_loop_thread.hpp"

namespace support::bridge {

// Runs a coroutine to its end on `loop`, which nobody else runs, and returns what it returns; throws what it throws.
// The loop turns only in here, on the calling thread, so that between two calls the thread is a plain one that may
// block. Throws std::logic_error on a thread that runs an event loop already: there it would hold that loop up.
template <class T>
T run_sync(boost::asio::io_context& loop, boost::asio::awaitable<T> work) {
  if (config::EventLoopThread::is_current()) {
    throw std::logic_error(
        "run_sync() waits, and this thread runs an event loop, which would stand still meanwhile; co_await the "
        "operation there instead.");
  }
  const config::EventLoopThread mark;
  std::optional<std::pair<std::exception_ptr, T>> end;
  boost::asio::co_spawn(loop, std::move(work), [&end](std::exception_ptr exception, T value) {
    end.emplace(std::move(exception), std::move(value));
  });
  loop.restart();
  // Not run(): a timer that nobody waits for any more would keep it.
  while (!end) loop.run_one();
  if (end->first) std::rethrow_exception(end->first);
  return std::move(end->second);
}

}  // namespace support::bridge
