#pragma once

#include <cstdint>
#include <string>

namespace support::bench {

// Whether the program is in PATH.
bool is_installed(const std::string& program);

// Requests that wrk makes of a service on 127.0.0.1: one thread, keep-alive, the next one as soon as the answer is
// there.
class Wrk {
 public:
  // `script`: Lua of wrk, which makes the requests; {} : GET of `path`. `folder`: where its files may lie.
  Wrk(std::string folder, std::uint16_t port, std::string path, std::string script = {});

  struct Result {
    double requests = 0;
    double requests_a_second = 0;
  };
  // Throws std::runtime_error when an answer was missing or no success.
  Result run(int connections, int seconds = 1) const;

 private:
  std::string folder_;
  std::string url_;
  std::string script_;
};

}  // namespace support::bench
