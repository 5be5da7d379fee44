#pragma once

#include <atomic>
#include <cstdint>

namespace support::http {

// Counts its own lifetime in a gauge, so that no way out of a function forgets to count down.
class GaugeGuard {
 public:
  explicit GaugeGuard(std::atomic<std::int64_t>& gauge) : gauge_(gauge) {
    gauge_.fetch_add(1, std::memory_order_relaxed);
  }
  ~GaugeGuard() { gauge_.fetch_sub(1, std::memory_order_relaxed); }
  GaugeGuard(const GaugeGuard&) = delete;
  GaugeGuard& operator=(const GaugeGuard&) = delete;

 private:
  std::atomic<std::int64_t>& gauge_;
};

}  // namespace support::http
