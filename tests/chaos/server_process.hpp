#pragma once

#include <string>

#include "tests/support/test_cluster.hpp"

namespace support::tests {

// The server of a cluster, to be killed.
class ServerProcess {
 public:
  // Precondition: it runs.
  explicit ServerProcess(TestCluster& cluster);

  // kill -9 of the first of its processes; the others hear of it and leave, and what they were at ends where it is.
  void kill() const;
  // Until it has recovered; the processes of a server that was killed leave one by one, and keep the next one out.
  void start_again() const;

 private:
  TestCluster& cluster_;
  std::string data_;
};

}  // namespace support::tests
