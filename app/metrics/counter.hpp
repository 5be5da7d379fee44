#pragma once

#include <atomic>
#include <cstdint>

namespace support::metrics {

// Written by one thread and read by any: counting is a load and a store, no locked instruction.
class Counter {
 public:
  void add(std::uint64_t count = 1) { set(value() + count); }
  // For a total that is counted elsewhere.
  void set(std::uint64_t value) { value_.store(value, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_ = 0;
};

}  // namespace support::metrics
