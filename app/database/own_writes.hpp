#pragma once

#include <atomic>
#include <chrono>

namespace support::database {

// When this process last heard the outcome of something that may have written, over all its threads. A read that comes
// after that has to see it, so it goes to a standby only when that is known to be as current (read_route.hpp).
class OwnWrites {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // Any thread, before the outcome is passed on to whoever asked.
  void note(TimePoint heard) {
    const auto ticks = heard.time_since_epoch().count();
    auto latest = latest_.load(std::memory_order_relaxed);
    while (latest < ticks && !latest_.compare_exchange_weak(latest, ticks, std::memory_order_release)) {
    }
  }
  // Any thread. The clock's epoch: there was none.
  TimePoint latest() const { return TimePoint(TimePoint::duration(latest_.load(std::memory_order_acquire))); }

 private:
  std::atomic<TimePoint::rep> latest_ = 0;
};

}  // namespace support::database
