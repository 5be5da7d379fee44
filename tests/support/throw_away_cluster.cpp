#include "tests/support/throw_away_cluster.hpp"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <system_error>

#include <fmt/format.h>

namespace support::tests {
namespace fs = std::filesystem;
namespace {

const fs::path parent = "/tmp/support-agent-tests";

// The first line of postmaster.pid is the server's process.
void stop_server_of(const fs::path& data) {
  pid_t server = 0;
  std::ifstream(data / "postmaster.pid") >> server;
  std::string name;
  std::ifstream(fmt::format("/proc/{}/comm", server)) >> name;
  if (name == "postgres") ::kill(server, SIGQUIT);
}

}  // namespace

std::string next_cluster_folder(std::string_view kind) {
  static std::atomic<int> counter = 0;
  fs::create_directories(parent);
  fs::permissions(parent, fs::perms::all | fs::perms::sticky_bit);
  return parent / fmt::format("{}-{}{}", ::getpid(), kind, ++counter);
}

void remove_orphaned_clusters() {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(parent, ignored)) {
    const pid_t owner = std::atoi(entry.path().filename().c_str());
    if (owner <= 0 || ::kill(owner, 0) == 0 || errno != ESRCH) continue;
    stop_server_of(entry.path() / "data");
    fs::remove_all(entry.path(), ignored);
  }
}

ThrowAwayCluster::ThrowAwayCluster(const cli::ClusterOptions& options)
    : folder_(options.folder), cluster_(cli::LocalCluster::open(options)) {}

ThrowAwayCluster::~ThrowAwayCluster() {
  try {
    cluster_->stop(cli::LocalCluster::StopMode::immediate);
  } catch (const std::exception&) {
    // The test stopped it itself.
  }
  cluster_.reset();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

}  // namespace support::tests
