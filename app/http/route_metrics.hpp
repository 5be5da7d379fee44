#pragma once

#include <array>
#include <chrono>
#include <cstddef>

#include "app/metrics/counter.hpp"
#include "app/metrics/histogram.hpp"

namespace support::http {

// The answers of one route. Written by the thread that serves, read by any.
struct RouteMetrics {
  std::array<metrics::Counter, 6> answers;  // by the first digit of the status
  metrics::Histogram duration;              // from the first byte of a request to its answer

  void count(unsigned status, std::chrono::steady_clock::duration took) {
    answers.at(status / 100 % answers.size()).add();
    duration.observe(took);
  }
};

}  // namespace support::http
