#pragma once

#include <chrono>
#include <memory>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

namespace support::database {

// Cancels the waits on a descriptor when their deadline passes. Its one timer is armed lazily: as a rule the deadline
// of the next wait lies later than the timer's, so that watching a wait costs two assignments and no timer operation.
class Watchdog {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // `descriptor` must outlive the watchdog.
  Watchdog(boost::asio::io_context& context, boost::asio::posix::stream_descriptor& descriptor);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  void watch(TimePoint deadline);
  // The wait is over. True when it was the watchdog that ended it.
  bool rest();

 private:
  struct State;
  static void arm(const std::shared_ptr<State>& state, TimePoint when);

  std::shared_ptr<State> state_;
};

}  // namespace support::database
