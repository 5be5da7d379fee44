#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace support::bench {

// Requests at a fixed rate, whether or not the answers keep up.
struct SteadyLoad {
  std::uint16_t port = 0;  // of 127.0.0.1
  int connections = 32;
  double requests_a_second = 0;
  std::chrono::milliseconds duration{3'000};
  std::function<std::string()> next_request;  // the bytes of a request that is answered with Content-Length
};

// How long each request took from the moment at which it was due, its wait for a free connection included; ascending.
// Throws std::runtime_error when the service does not answer with success.
std::vector<std::chrono::duration<double>> latencies(const SteadyLoad& load);

}  // namespace support::bench
