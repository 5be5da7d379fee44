// Each operation of the runtime engine, with the connection cut at any of its messages to the server, and with any of
// its system calls, or of libpq's requests for memory, failing.
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/chaos/engine_operations.hpp"
#include "tests/chaos/failing_calls.hpp"
#include "tests/chaos/failing_memory.hpp"
#include "tests/chaos/fault_count.hpp"
#include "tests/chaos/fault_proxy.hpp"

namespace support::tests {
namespace {

using When = FaultProxy::When;

class EngineChaos : public testing::Test {
 protected:
  void SetUp() override { database_.sql("CREATE TABLE written (n integer)"); }

  std::string url(int port) const {
    return fmt::format("postgresql://support_agent@127.0.0.1:{}/{}?sslmode=disable", port, database_.name());
  }
  // `try_at` for 1, 1 + step, …, until the operation ends before the fault: nullopt.
  template <class TryAt>
  static void try_at_each(const std::string& what, FaultCount& count, TryAt try_at, std::size_t step = 1) {
    for (std::size_t at = 1;; at += step) {
      const std::optional<std::string> problem = try_at(at);
      if (!problem) break;
      ++count.tries;
      if (problem->empty()) {
        ++count.survived;
      } else {
        ADD_FAILURE() << what << ", number " << at << ":\n" << *problem;
      }
    }
  }

  TestDatabase database_;
};

TEST_F(EngineChaos, AnOperationIsCutAtAnyOfItsMessages) {
  std::vector<FaultCount> counts;
  for (const auto& operation : engine_operations()) {
    FaultCount count{.fault = "the connection is cut at each message of " + operation.name};
    for (const When when : {When::before, When::torn, When::sent, When::answered}) {
      try_at_each(fmt::format("{}, cut {}", operation.name, static_cast<int>(when)), count, [&](std::size_t at) {
        FaultProxy proxy(database_.cluster().tcp_port(), at, when,
                         [](FaultProxy& struck, std::size_t connection) { struck.cut(connection); });
        return try_operation(operation, database_, url(proxy.port()), [&] { return proxy.has_struck(); });
      });
    }
    EXPECT_GT(count.tries, 4U) << operation.name;
    counts.push_back(count);
  }
  print_counts(counts);
  EXPECT_EQ(sessions_left(database_), 0U);
}

TEST_F(EngineChaos, AnySystemCallOfAnOperationFails) {
  const int port = database_.cluster().tcp_port();
  std::vector<FaultCount> counts;
  for (const auto& operation : engine_operations()) {
    FaultCount count{.fault = "each system call fails, of " + operation.name};
    for (const auto fault : FailingCalls::faults) {
      const auto errors = FailingCalls::is_harmless(fault) ? Errors::none : Errors::that_say_try_again;
      try_at_each(fmt::format("{}, {}", operation.name, FailingCalls::name(fault)), count, [&](std::size_t at) {
        const FailingCalls failing(port, at, fault);
        return try_operation(
            operation, database_, url(port), [&] { return failing.has_struck(); }, errors);
      });
    }
    EXPECT_GT(count.tries, 20U) << operation.name;
    counts.push_back(count);
  }
  print_counts(counts);
  EXPECT_EQ(sessions_left(database_), 0U);
}

TEST_F(EngineChaos, LibpqGetsNoMemory) {
  if (!FailingMemory::is_possible()) GTEST_SKIP() << "The sanitizer's own malloc() can't be made to fail.";
  const int port = database_.cluster().tcp_port();
  std::vector<FaultCount> counts;
  for (const auto& operation : engine_operations()) {
    FaultCount count{.fault = "libpq gets no memory, in " + operation.name};
    try_at_each(
        operation.name + ", no memory", count,
        [&](std::size_t at) {
          // Only while the operation runs for the first time: the test's own sessions are libpq's, too.
          std::optional<FailingMemory> failing;
          auto watched = operation;
          watched.run = [&, is_first = true](Engine& engine) mutable {
            if (std::exchange(is_first, false)) failing.emplace(at);
            return operation.run(engine);
          };
          const auto was_disturbed = [&] {
            const bool has_struck = failing->has_struck();
            failing.reset();
            return has_struck;
          };
          return try_operation(watched, database_, url(port), was_disturbed, Errors::that_may_come_late);
        },
        stride(3));
    EXPECT_GT(count.tries, 10U) << operation.name;
    counts.push_back(count);
  }
  print_counts(counts);
  EXPECT_EQ(sessions_left(database_), 0U);
}

}  // namespace
}  // namespace support::tests
