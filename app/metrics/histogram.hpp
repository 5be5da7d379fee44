#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "app/metrics/counter.hpp"

namespace support::metrics {

// Upper bounds, inclusive, of a histogram's buckets; what takes longer than the last goes into one more.
inline constexpr std::array<std::chrono::microseconds, 16> bucket_bounds{
    std::chrono::microseconds(100),       std::chrono::microseconds(250),       std::chrono::microseconds(500),
    std::chrono::microseconds(1'000),     std::chrono::microseconds(2'500),     std::chrono::microseconds(5'000),
    std::chrono::microseconds(10'000),    std::chrono::microseconds(25'000),    std::chrono::microseconds(50'000),
    std::chrono::microseconds(100'000),   std::chrono::microseconds(250'000),   std::chrono::microseconds(500'000),
    std::chrono::microseconds(1'000'000), std::chrono::microseconds(2'500'000), std::chrono::microseconds(5'000'000),
    std::chrono::microseconds(10'000'000)};

// What a histogram held at some moment; those of several threads add up.
struct HistogramSnapshot {
  std::array<std::uint64_t, bucket_bounds.size() + 1> counts{};  // each bucket's own, not cumulative
  double sum_seconds = 0;

  std::uint64_t count() const;
  HistogramSnapshot& operator+=(const HistogramSnapshot& other);
};

// How long things took. Written by one thread and read by any.
class Histogram {
 public:
  void observe(std::chrono::steady_clock::duration took);
  HistogramSnapshot snapshot() const;

 private:
  std::array<Counter, bucket_bounds.size() + 1> counts_;
  Counter nanoseconds_;
};

}  // namespace support::metrics
