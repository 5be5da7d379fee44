#include "bench/fastapi_peer.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

#include "tests/support/free_port.hpp"

#include "bench/client_socket.hpp"
#include "bench/process.hpp"

namespace support::bench {

namespace {

const std::string peer_folder = SUPPORT_SOURCE_DIR "/../shared/peers";

std::vector<std::string> uvicorn(std::uint16_t port) {
  return {"/usr/bin/python3", "-m",     "uvicorn", "fastapi_service:app", "--port",          std::to_string(port),
          "--loop",           "uvloop", "--http",  "httptools",           "--no-access-log", "--log-level",
          "warning"};
}

}  // namespace

std::string FastapiPeer::missing() {
  if (!std::filesystem::exists(peer_folder + "/fastapi_peer.py")) {
    return "there is no shared/peers/fastapi_peer.py beside the checkout";
  }
  try {
    run({{"/usr/bin/python3", "-c", "import fastapi, uvicorn, uvloop, httptools, asyncpg, sqlalchemy"}, "/tmp", {}});
    return {};
  } catch (const std::exception&) {
    return "one of the Debian packages python3-fastapi, -uvicorn, -uvloop, -httptools, -asyncpg and -sqlalchemy is not "
           "installed";
  }
}

FastapiPeer::FastapiPeer(const std::string& database_url, const std::string& folder)
    : port_(tests::free_tcp_port()),
      process_(uvicorn(port_),
               {"PEER_DSN=" + database_url.substr(database_url.find("://") + 3), "PEER_FOLDER=" + peer_folder,
                "PYTHONPATH=" SUPPORT_SOURCE_DIR "/bench/peers", "PYTHONDONTWRITEBYTECODE=1"},
               folder + "/fastapi") {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (std::chrono::steady_clock::now() < deadline) {
    try {
      const ClientSocket probe(port_);
      return;
    } catch (const std::exception&) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }
  std::ifstream file(folder + "/fastapi");
  throw std::runtime_error("FastAPI does not listen:\n" + std::string(std::istreambuf_iterator<char>(file), {}));
}

}  // namespace support::bench
