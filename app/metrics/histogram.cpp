#include "app/metrics/histogram.hpp"

#include <algorithm>

namespace support::metrics {

std::uint64_t HistogramSnapshot::count() const {
  std::uint64_t all = 0;
  for (const auto count : counts) all += count;
  return all;
}

HistogramSnapshot& HistogramSnapshot::operator+=(const HistogramSnapshot& other) {
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += other.counts[i];
  sum_seconds += other.sum_seconds;
  return *this;
}

void Histogram::observe(std::chrono::steady_clock::duration took) {
  const auto bound = std::ranges::lower_bound(bucket_bounds, took);
  counts_[static_cast<std::size_t>(bound - bucket_bounds.begin())].add();
  nanoseconds_.add(static_cast<std::uint64_t>(std::chrono::nanoseconds(took).count()));
}

HistogramSnapshot Histogram::snapshot() const {
  HistogramSnapshot now;
  for (std::size_t i = 0; i < counts_.size(); ++i) now.counts[i] = counts_[i].value();
  now.sum_seconds = static_cast<double>(nanoseconds_.value()) / 1e9;
  return now;
}

}  // namespace support::metrics
