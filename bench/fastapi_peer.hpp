#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "bench/background_process.hpp"

namespace support::bench {

// FastAPI on uvicorn (uvloop, httptools), one process with a pool of ten connections; logs nothing of a request.
class FastapiPeer {
 public:
  // Why it can't be started; empty: it can.
  static std::string missing();

  // Ready when constructed. Throws std::runtime_error, with what it wrote, when it does not become so.
  FastapiPeer(const std::string& database_url, const std::string& folder);

  std::uint16_t port() const { return port_; }

 private:
  std::uint16_t port_;
  BackgroundProcess process_;
};

}  // namespace support::bench
