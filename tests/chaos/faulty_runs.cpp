#include "tests/chaos/faulty_runs.hpp"

#include <atomic>
#include <future>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace support::tests {

bool try_fault(const ChaosProject& project, TestCluster& cluster, const RunFault& fault, std::size_t at,
               FaultCount& count) {
  const TestDatabase database(cluster);
  std::promise<pid_t> started;
  const auto client = started.get_future().share();
  FaultProxy proxy(cluster.tcp_port(), at, fault.when, [&](FaultProxy& struck, std::size_t connection) {
    fault.strike(struck, connection, client.get(), database.name());
  });
  auto environment = ChaosProject::environment(database.name(), proxy.port());
  if (fault.per_migration) environment["MIGRATION_TRANSACTION_PER_MIGRATION"] = "true";
  AgentProcess process(ChaosProject::command({"upgrade", "head"}, fault.driver), environment);
  started.set_value(process.pid());
  const int exit_code = process.wait(120);
  std::string problems;
  if (exit_code == -1) problems += "  it does not end\n";
  if (fault.mend && proxy.has_struck()) fault.mend();
  if (!proxy.has_struck()) {
    if (exit_code != 0) {
      ADD_FAILURE() << fault.name << ", undisturbed: " << process.standard_output() << process.standard_error();
    }
    return false;
  }
  ++count.tries;
  if (!fault.is_impatient) {
    if (!project.wait_for_quiet(database.name())) problems += "  sessions are left after 30 s\n";
    if (exit_code == 0 && !project.is_at_head(database.name())) problems += "  it says that it is done\n";
    problems += project.check_consistent(database.name());
  }
  const auto next = project.run(database.name(), {"upgrade", "head"});
  if (next.exit_code != 0) {
    problems +=
        fmt::format("  the next run ends with {}: {}\n{}\n", next.exit_code, next.standard_output, next.standard_error);
  } else {
    if (!project.wait_for_quiet(database.name())) problems += "  sessions are left after 30 s\n";
    problems += project.check_complete(database.name());
  }
  if (problems.empty()) {
    ++count.survived;
  } else {
    ADD_FAILURE() << fault.name << " at request " << at << " (" << proxy.struck_request() << "), exit code "
                  << exit_code << ":\n"
                  << problems << "The run wrote:\n"
                  << process.standard_output() << process.standard_error();
  }
  return true;
}

}  // namespace support::tests
