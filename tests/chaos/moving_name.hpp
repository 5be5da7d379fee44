#pragma once

#include <cstddef>
#include <string>

namespace support::tests {

// A host's name that leads where a test says, also to several addresses, and elsewhere later. The program's own
// getaddrinfo() stands before the C library's (moving_name.cpp). One object at a time, any thread may ask.
class MovingName {
 public:
  static constexpr const char* name = "moving.test";

  // `addresses`: numeric, separated by commas.
  explicit MovingName(const std::string& addresses) { lead_to(addresses); }
  ~MovingName();
  MovingName(const MovingName&) = delete;
  MovingName& operator=(const MovingName&) = delete;

  void lead_to(const std::string& addresses);
  // How often somebody has asked since it began to lead where it does.
  std::size_t lookups() const;
};

}  // namespace support::tests
