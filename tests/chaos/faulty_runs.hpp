#pragma once

#include <functional>
#include <string>

#include "tests/chaos/chaos_project.hpp"
#include "tests/chaos/fault_count.hpp"
#include "tests/chaos/fault_proxy.hpp"

namespace support::tests {

// One way to disturb a run.
struct RunFault {
  std::string name;
  FaultProxy::When when = FaultProxy::When::sent;
  // `client` is the running program, `connection` the one whose request is hit.
  std::function<void(FaultProxy& proxy, std::size_t connection, pid_t client, const std::string& database)> strike;
  std::string driver = "libpqxx";
  bool per_migration = false;
  // Whether the next run starts at once, while the server may still be at what the hit one has asked for.
  bool is_impatient = false;
  // Once the run has ended, before anybody looks.
  std::function<void()> mend = {};
};

// Runs `upgrade head` on a new database with the fault at request `at`; looks at what is left; runs it again, and
// compares the result with that of an undisturbed run. False when the run ended before its request `at`. What is wrong
// becomes a failure of the test, and the count knows.
bool try_fault(const ChaosProject& project, TestCluster& cluster, const RunFault& fault, std::size_t at,
               FaultCount& count);

}  // namespace support::tests
