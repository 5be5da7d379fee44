#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tests/support/agent_process.hpp"
#include "tests/support/test_cluster.hpp"

namespace support::tests {

// The migrations of tests/data/chaos, what they make of a database when nothing disturbs them, and whether a database
// on which something did is one of those.
class ChaosProject {
 public:
  // Runs them once, revision by revision.
  explicit ChaosProject(TestCluster& cluster);

  static std::vector<std::string> command(std::vector<std::string> words, const std::string& driver = "libpqxx");
  // DATABASE_URL over TCP, with what keeps a test short.
  static Environment environment(const std::string& database, int port);
  AgentResult run(const std::string& database, std::vector<std::string> words) const;

  // What is wrong, a sentence a line; empty: nothing.
  // After a fault, when no session is left: version table, history and catalog say the same.
  std::string check_consistent(const std::string& database) const;
  // After the run that was to put all in order.
  std::string check_complete(const std::string& database) const;
  bool is_at_head(const std::string& database) const;
  // Until the server is there, and no session of the database but ours. False when that takes too long.
  bool wait_for_quiet(const std::string& database) const;

 private:
  struct State {
    std::string rows;  // of the version table, sorted
    std::vector<std::string> catalog;
    std::map<std::string, int> log;
    std::string data;
  };

  State read(const std::string& database) const;
  std::string rows(const std::string& database) const;

  TestCluster& cluster_;
  std::vector<State> states_;  // from the empty database to head
};

}  // namespace support::tests
