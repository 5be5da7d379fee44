#pragma once

#include <atomic>
#include <cstdint>

namespace support::http {

// What the servers of one process share, whatever their threads: pass one object to all of them. Thread-safe.
class ServiceState {
 public:
  // True from the first moment of a drain; /ready answers 503 from then on.
  bool draining() const { return draining_.load(std::memory_order_relaxed); }
  void start_draining() { draining_.store(true, std::memory_order_relaxed); }

  // Open connections of all threads.
  std::int64_t connections() const { return connections_.load(std::memory_order_relaxed); }

  // The port the first server has bound, which those after it join; 0 before.
  std::uint16_t port() const { return port_.load(std::memory_order_acquire); }

 private:
  friend class ServerCore;
  std::atomic<bool> draining_{false};
  std::atomic<std::int64_t> connections_{0};
  std::atomic<std::uint16_t> port_{0};
};

}  // namespace support::http
