// What an idle service costs and how soon it is ready, on a warm database. Prints a table against the limits we hold
// ourselves to; exits 1 when one is exceeded.
#include <algorithm>
#include <chrono>
#include <fstream>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "tests/support/agent_process.hpp"
#include "tests/support/free_port.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/test_cluster.hpp"

namespace {

using namespace support::tests;
using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr int rounds = 15;
constexpr double ready_limit = 300;  // milliseconds from exec
constexpr double memory_limit = 30;  // MiB resident

double resident_mib(pid_t pid) {
  std::ifstream status(fmt::format("/proc/{}/status", pid));
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::stod(line.substr(6)) / 1024;
  }
  throw std::runtime_error("The service has gone.");
}

bool is_ready(std::uint16_t port) {
  try {
    return HttpClient(port).get("/ready").status == 200;
  } catch (const std::exception&) {
    return false;
  }
}

struct Round {
  double ready_ms = 0;
  double resident_mib = 0;
};

Round measure(Environment environment) {
  const auto port = free_tcp_port();
  environment["HTTP_PORT"] = std::to_string(port);
  const auto start = Clock::now();
  AgentProcess service({"serve"}, environment);
  while (!is_ready(port)) {
    if (Clock::now() - start > std::chrono::seconds(20)) throw std::runtime_error(service.standard_error());
    std::this_thread::sleep_for(std::chrono::microseconds(500));
  }
  Round round;
  round.ready_ms = Milliseconds(Clock::now() - start).count();
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  round.resident_mib = resident_mib(service.pid());
  return round;
}

bool print_row(std::string_view name, std::vector<double> values, std::string_view unit, double limit) {
  std::sort(values.begin(), values.end());
  const double median = values[values.size() / 2];
  const bool holds = median <= limit;
  fmt::print("{:<34} {:>8.1f} {:>8.1f} {:>8.1f} {:>8.0f}  {:<4} {}\n", name, median, values.front(), values.back(),
             limit, unit, holds ? "holds" : "EXCEEDED");
  return holds;
}

}  // namespace

int main() {
  TestDatabase database;
  const Environment environment{{"DATABASE_URL", database.url_text()}, {"ENVIRONMENT", "test"}};
  if (const auto migrated = run_agent({"migrate", "upgrade", "head"}, environment); migrated.exit_code != 0) {
    fmt::print(stderr, "{}", migrated.standard_error);
    return 2;
  }
  std::vector<double> ready;
  std::vector<double> resident;
  for (int i = 0; i < rounds; ++i) {
    const Round round = measure(environment);
    ready.push_back(round.ready_ms);
    resident.push_back(round.resident_mib);
  }
  fmt::print("{:<34} {:>8} {:>8} {:>8} {:>8}\n", fmt::format("support-agent serve, {} rounds", rounds), "median", "min",
             "max", "limit");
  const bool time_holds = print_row("from exec to ready, warm database", ready, "ms", ready_limit);
  const bool memory_holds = print_row("resident memory when idle", resident, "MiB", memory_limit);
  return time_holds && memory_holds ? 0 : 1;
}
