#include "tests/chaos/server_process.hpp"

#include <signal.h>

#include <chrono>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace support::tests {

ServerProcess::ServerProcess(TestCluster& cluster)
    : cluster_(cluster), data_(cluster.sql("SHOW data_directory").front().front()) {}

void ServerProcess::kill() const {
  pid_t server = 0;
  std::ifstream(data_ + "/postmaster.pid") >> server;
  if (server <= 0) throw std::runtime_error("The server does not run.");
  ::kill(server, SIGKILL);
}

void ServerProcess::start_again() const {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  for (;;) {
    try {
      return cluster_.start();
    } catch (const std::exception&) {
      if (std::chrono::steady_clock::now() > give_up) throw;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }
}

}  // namespace support::tests
