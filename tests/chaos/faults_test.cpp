// A run of the program to which something happens at one of its requests, one after the other.
#include <signal.h>

#include <mutex>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/chaos/faulty_runs.hpp"

namespace support::tests {
namespace {

using When = FaultProxy::When;

// Each worker has a database of its own.
constexpr std::size_t workers = 3;

void kill_client(FaultProxy&, std::size_t, pid_t client, const std::string&) {
  ::kill(client, SIGKILL);
}
void cut(FaultProxy& proxy, std::size_t connection, pid_t, const std::string&) {
  proxy.cut(connection);
}
void cut_all(FaultProxy& proxy, std::size_t, pid_t, const std::string&) {
  proxy.cut_all();
}
// The session that a run opens second.
void cut_lock(FaultProxy& proxy, std::size_t, pid_t, const std::string&) {
  proxy.cut(1);
}
void terminate(FaultProxy& proxy, std::size_t connection, pid_t, const std::string&) {
  TestCluster::instance().sql(
      fmt::format("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE client_port = {}",
                  proxy.port_at_server(connection)));
}
void freeze_and_kill(FaultProxy&, std::size_t, pid_t client, const std::string&) {
  ::kill(client, SIGSTOP);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  ::kill(client, SIGKILL);
}

std::vector<RunFault> faults() {
  return {
      {"kill -9 of the program, before a statement", When::before, kill_client},
      {"kill -9 of the program, at a statement; next run at once", When::sent, kill_client, "libpqxx", false, true},
      {"kill -9 of the program, a statement done unseen", When::answered, kill_client},
      {"the same, a transaction for each migration", When::answered, kill_client, "libpqxx", true},
      {"the same, the service's driver", When::answered, kill_client, "async"},
      {"the same, a transaction for each migration; next run at once", When::sent, kill_client, "async", true, true},
      {"the connection is cut in the middle of a statement", When::torn, cut},
      {"the connection is cut behind a statement; next run at once", When::sent, cut, "libpqxx", true, true},
      {"the connection is cut, a statement done unseen", When::answered, cut},
      {"the same, the service's driver", When::answered, cut, "async", true},
      {"all connections are cut", When::sent, cut_all},
      {"the session of the migration lock ends", When::before, cut_lock, "libpqxx", true},
      {"the server's process is terminated before a statement", When::before, terminate},
      {"the server's process is terminated at a statement", When::sent, terminate, "libpqxx", true, true},
      {"the server's process is terminated, the service's driver", When::sent, terminate, "async"},
      {"the program is stopped (SIGSTOP), then killed", When::answered, freeze_and_kill, "libpqxx", true},
  };
}

// SUPPORT_CHAOS_FAULT: only those whose number (from 0) it is.
TEST(Chaos, ARunIsHitAtAnyOfItsRequests) {
  auto& cluster = TestCluster::instance();
  const ChaosProject project(cluster);
  std::vector<FaultCount> counts;
  const auto step = stride(41);
  std::size_t number = 0;
  const char* only = std::getenv("SUPPORT_CHAOS_FAULT");
  for (const auto& fault : faults()) {
    ++number;
    if (only != nullptr && std::stoul(only) != number - 1) continue;
    FaultCount total{.fault = fault.name};
    std::mutex mutex;  // of what follows
    std::size_t next = 1 + (number * 5) % step;
    bool is_over = false;
    const auto work = [&] {
      for (;;) {
        std::size_t at = 0;
        {
          const std::scoped_lock lock(mutex);
          if (is_over) return;
          at = std::exchange(next, next + step);
        }
        FaultCount one;
        const bool was_hit = try_fault(project, cluster, fault, at, one);
        const std::scoped_lock lock(mutex);
        is_over = is_over || !was_hit;
        total.tries += one.tries;
        total.survived += one.survived;
      }
    };
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < workers; ++i) threads.emplace_back(work);
    for (auto& thread : threads) thread.join();
    EXPECT_GT(total.tries, 0U) << fault.name;
    EXPECT_EQ(total.tries, total.survived) << fault.name;
    counts.push_back(total);
  }
  print_counts(counts);
}

}  // namespace
}  // namespace support::tests
