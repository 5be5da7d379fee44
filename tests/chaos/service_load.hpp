#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace support::tests {

// Clients that write and read through a service, one request after the other each, until they are told to stop.
// Whatever they write bears a mark of its own, and every answer is checked for being the one that was asked for. While
// the database is away the service may refuse with 503 or 504; any other refusal is wrong.
class ServiceLoad {
 public:
  // What was written: by mark.
  struct Written {
    std::map<std::string, std::int64_t> acknowledged;  // and its id
    std::set<std::string> in_doubt;                    // the answer was a refusal
  };

  // `mark` begins all marks. A client that is refused before it has written what it will read does nothing, and that
  // is wrong.
  ServiceLoad(std::uint16_t port, std::size_t clients, const std::string& mark);
  ~ServiceLoad();
  ServiceLoad(const ServiceLoad&) = delete;
  ServiceLoad& operator=(const ServiceLoad&) = delete;

  // Whether each client gets so many good answers to reads, and one to a write, from now on and before `latest`.
  bool all_are_served(std::size_t reads, std::chrono::steady_clock::time_point latest) const;
  void stop();

  // After stop().
  Written customers() const;
  Written messages() const;
  std::vector<std::string> wrong_answers() const;
  std::size_t requests() const;
  std::size_t refused() const;
  std::chrono::milliseconds longest_wait() const;

 private:
  class Client;

  std::atomic<bool> is_over_ = false;
  std::vector<std::unique_ptr<Client>> clients_;
};

}  // namespace support::tests
