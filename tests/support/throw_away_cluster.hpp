#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "app/cli/cluster/local_cluster.hpp"

namespace support::tests {

// Where the next cluster of this process goes: no file yet, in a folder for all clusters of tests, and named after the
// process, so that the next test process can sweep up what a killed one left.
std::string next_cluster_folder(std::string_view kind = "");
// Stops the servers of processes that are gone, and removes their folders.
void remove_orphaned_clusters();

// A cluster that is stopped at once and removed, with its folder, at the end of its life, also when a test has stopped
// or killed its server.
class ThrowAwayCluster {
 public:
  // Opens it: LocalCluster::open().
  explicit ThrowAwayCluster(const cli::ClusterOptions& options);
  ~ThrowAwayCluster();
  ThrowAwayCluster(const ThrowAwayCluster&) = delete;
  ThrowAwayCluster& operator=(const ThrowAwayCluster&) = delete;

  const cli::LocalCluster* operator->() const { return &*cluster_; }
  cli::LocalCluster* operator->() { return &*cluster_; }

 private:
  std::string folder_;
  std::optional<cli::LocalCluster> cluster_;
};

}  // namespace support::tests
