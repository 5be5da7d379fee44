// A run during which the server itself dies, or its disk fills up.
#include <signal.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <optional>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/chaos/faulty_runs.hpp"
#include "tests/chaos/server_process.hpp"
#include "tests/support/temporary_folder.hpp"

namespace support::tests {
namespace {

namespace fs = std::filesystem;
using When = FaultProxy::When;

// Every few requests from `first`; each try has the cluster to itself, because everybody on it is hit.
FaultCount try_at_each(const ChaosProject& project, TestCluster& cluster, const RunFault& fault, std::size_t first,
                       std::size_t usual_stride) {
  FaultCount count{.fault = fault.name};
  for (auto at = first;; at += stride(usual_stride)) {
    FaultCount one;
    const bool was_hit = try_fault(project, cluster, fault, at, one);
    count.tries += one.tries;
    count.survived += one.survived;
    if (!was_hit) break;
  }
  EXPECT_GT(count.tries, 0U) << fault.name;
  EXPECT_EQ(count.tries, count.survived) << fault.name;
  return count;
}

TEST(ServerChaos, TheServerIsKilled) {
  TestCluster cluster;
  const ChaosProject project(cluster);
  // Its processes hear of the end of the first one and leave; what they were at ends where it is.
  const ServerProcess server(cluster);
  const auto kill_server = [&](FaultProxy&, std::size_t, pid_t, const std::string&) { server.kill(); };
  // One of them is killed, and the server ends all others, because the memory that they share may be damaged.
  const auto kill_session = [&](FaultProxy& proxy, std::size_t connection, pid_t, const std::string&) {
    const auto rows = cluster.sql(
        fmt::format("SELECT pid FROM pg_stat_activity WHERE client_port = {}", proxy.port_at_server(connection)));
    ASSERT_EQ(rows.size(), 1U);
    ::kill(std::stoi(rows.front().front()), SIGKILL);
  };
  print_counts({
      try_at_each(
          project, cluster,
          {.name = "kill -9 of the session's process at a statement", .when = When::sent, .strike = kill_session}, 11,
          113),
      try_at_each(project, cluster,
                  {.name = "the same, a transaction for each migration",
                   .when = When::answered,
                   .strike = kill_session,
                   .driver = "async",
                   .per_migration = true},
                  47, 113),
      try_at_each(project, cluster,
                  {.name = "kill -9 of the server at a statement",
                   .when = When::sent,
                   .strike = kill_server,
                   .mend = [&] { server.start_again(); }},
                  31, 113),
      try_at_each(project, cluster,
                  {.name = "the same, a transaction for each migration",
                   .when = When::answered,
                   .strike = kill_server,
                   .per_migration = true,
                   .mend = [&] { server.start_again(); }},
                  67, 113),
  });
}

// The server's environment while one is made.
class ServerEnvironment {
 public:
  ServerEnvironment(const std::string& library, const std::string& flag) {
    ::setenv("LD_PRELOAD", library.c_str(), 1);
    ::setenv("SUPPORT_FULL_DISK", flag.c_str(), 1);
  }
  ~ServerEnvironment() {
    ::unsetenv("LD_PRELOAD");
    ::unsetenv("SUPPORT_FULL_DISK");
  }
  ServerEnvironment(const ServerEnvironment&) = delete;
  ServerEnvironment& operator=(const ServerEnvironment&) = delete;
};

TEST(ServerChaos, TheDiskFillsUp) {
  // The server has an account of its own.
  const TemporaryFolder folder;
  fs::permissions(folder.path(), fs::perms::owner_all | fs::perms::group_exec | fs::perms::group_read |
                                     fs::perms::others_exec | fs::perms::others_read);
  const auto library = folder / "full_disk.so";
  fs::copy_file(SUPPORT_FULL_DISK_LIBRARY, library);
  const auto flag = folder / "full";
  std::optional<ServerEnvironment> environment(std::in_place, library, flag);
  TestCluster cluster;
  environment.reset();

  // It does what it is for.
  {
    const TestDatabase database(cluster);
    database.sql("CREATE TABLE before (line text)");
    std::ofstream(flag) << "full";
    EXPECT_ANY_THROW(database.sql("INSERT INTO before SELECT repeat('x', 100) FROM generate_series(1, 1000)"));
    fs::remove(flag);
    database.sql("INSERT INTO before SELECT repeat('x', 100) FROM generate_series(1, 1000)");
  }

  const ChaosProject project(cluster);
  const auto fill = [&](FaultProxy&, std::size_t, pid_t, const std::string&) { std::ofstream(flag) << "full"; };
  const auto free = [&] { fs::remove(flag); };
  print_counts({
      try_at_each(project, cluster,
                  {.name = "the disk is full from a statement on", .when = When::before, .strike = fill, .mend = free},
                  5, 29),
      try_at_each(project, cluster,
                  {.name = "the same, a transaction for each migration",
                   .when = When::before,
                   .strike = fill,
                   .driver = "async",
                   .per_migration = true,
                   .mend = free},
                  19, 29),
  });
}

}  // namespace
}  // namespace support::tests
