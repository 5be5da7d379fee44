#include "tests/chaos/service_under_fault.hpp"

#include <signal.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/http_client.hpp"

namespace support::tests {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool is_sanitized = true;
#else
constexpr bool is_sanitized = false;
#endif

constexpr std::size_t clients = 8;
constexpr auto request_timeout = 1s;
// On top of the request's deadline.
constexpr auto answer_grace = 1s;
constexpr auto settling_limit = 5s;
constexpr long most_growth_kib = 64 * 1024;
// 4 and 4 of the pools, 2 shared of each thread.
constexpr long most_sessions = 12;

Environment environment(const std::string& database_url, int port) {
  return {{"DATABASE_URL", fmt::format("postgresql://support_agent@127.0.0.1:{}/{}", port, database_url)},
          {"ENVIRONMENT", "test"},
          {"HTTP_THREADS", "2"},
          {"DATABASE_POOL_SIZE", "4"},
          {"DATABASE_MAX_OVERFLOW", "4"},
          {"DATABASE_SHARED_CONNECTIONS", "2"},
          {"REQUEST_TIMEOUT", "1s"}};
}

// By default the suite runs beside compilers, which may keep all of this from the processor for seconds; so may
// sanitizers.
bool has_machine_to_itself() {
  return std::getenv("SUPPORT_CHAOS_STRIDE") != nullptr && !is_sanitized;
}
std::chrono::seconds recovery_limit() {
  return has_machine_to_itself() ? 2s : 8s;
}
std::chrono::seconds other_work() {
  return has_machine_to_itself() ? 0s : 5s;
}

std::size_t usual_times() {
  return std::max<std::size_t>(40 / stride(20), 1);
}

// Lines of the log that are no news of every request.
std::string last_complaints(const std::string& log) {
  constexpr std::size_t most = 5'000;
  std::string kept;
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);) {
    if (line.find(" info ") == std::string::npos) kept += line + "\n";
  }
  return kept.substr(kept.size() - std::min(kept.size(), most));
}

bool is_ready(std::uint16_t port, Clock::time_point until) {
  while (HttpClient(port).get("/ready").status != 200) {
    if (Clock::now() > until) return false;
    std::this_thread::sleep_for(20ms);
  }
  return true;
}

}  // namespace

ServiceUnderFault::ServiceUnderFault(TestCluster& cluster)
    : database_(cluster),
      proxy_(cluster.tcp_port()),
      query_([this](const std::string& sql) { return database_.sql(sql); }) {
  // Throw-away servers acknowledge what a crash loses.
  cluster.sql(fmt::format("ALTER DATABASE {} SET synchronous_commit TO on", database_.name()));
  migrate({"upgrade", "head"});
  service_ = std::make_unique<RunningService>(environment(database_.name(), proxy_.port()));
  {
    ServiceLoad load(port(), clients, "warm");
    load.all_are_served(50, Clock::now() + 10s);
  }
  std::this_thread::sleep_for(100ms);
  descriptors_ = descriptor_count() - connection_count();
  resident_kib_ = resident_kib();
}

FaultCount ServiceUnderFault::try_often(const std::string& name, const Strike& strike) {
  return try_all(name, strike, usual_times(), Refusals::allowed);
}

FaultCount ServiceUnderFault::try_once(const std::string& name, const Strike& strike) {
  return try_all(name, strike, 1, Refusals::allowed);
}

FaultCount ServiceUnderFault::try_unnoticed(const std::string& name, const Strike& strike) {
  return try_all(name, strike, usual_times(), Refusals::wrong);
}

FaultCount ServiceUnderFault::try_all(const std::string& name, const Strike& strike, std::size_t times,
                                      Refusals refusals) {
  FaultCount count{.fault = name};
  for (std::size_t number = 0; number < times; ++number) {
    ++count.tries;
    const auto problem = disturb(strike, number, refusals);
    if (problem.empty()) {
      ++count.survived;
    } else {
      ADD_FAILURE() << name << ", try " << number << ":\n"
                    << problem << "The service's last complaints:\n"
                    << last_complaints(service_->process().standard_error());
    }
  }
  return count;
}

std::string ServiceUnderFault::disturb(const Strike& strike, std::size_t number, Refusals refusals) {
  std::string problem;
  const auto mark = fmt::format("m{}", ++marks_);
  ServiceLoad load(port(), clients, mark);
  if (!load.all_are_served(5, Clock::now() + 5s + other_work())) problem += "Not every client was served before.\n";
  strike(number);
  const auto back = Clock::now();
  if (!load.all_are_served(3, back + recovery_limit())) {
    problem += fmt::format("Not every client was served {} after the database was back.\n", recovery_limit());
  }
  if (!is_ready(port(), back + recovery_limit())) problem += "The service is not ready.\n";
  load.stop();

  const auto wrong = load.wrong_answers();
  for (std::size_t i = 0; i < std::min<std::size_t>(wrong.size(), 5); ++i) problem += wrong[i] + "\n";
  if (wrong.size() > 5) problem += fmt::format("and {} more wrong answers\n", wrong.size() - 5);
  if (refusals == Refusals::wrong && load.refused() > 0) {
    problem += fmt::format("{} of {} requests were refused.\n", load.refused(), load.requests());
  }
  if (load.longest_wait() > request_timeout + answer_grace + other_work()) {
    problem += fmt::format("A request waited {} for its answer.\n", load.longest_wait());
  }
  problem += check_written("customers", "customer_id", mark, load.customers());
  problem += check_written("messages", "content", mark, load.messages());
  problem += check_leaks();
  return problem;
}

std::string ServiceUnderFault::check_written(const std::string& table, const std::string& column,
                                             const std::string& mark, const ServiceLoad::Written& written) const {
  std::string problem;
  std::map<std::string, std::int64_t> found;
  for (const auto& row : query_(fmt::format("SELECT {0}, id FROM {1} WHERE {0} LIKE '{2}-%'", column, table, mark))) {
    if (!found.emplace(row[0], std::stoll(row[1])).second) problem += fmt::format("{} has {} twice.\n", table, row[0]);
    if (!written.acknowledged.contains(row[0]) && !written.in_doubt.contains(row[0])) {
      problem += fmt::format("{} has {}, which nobody wrote.\n", table, row[0]);
    }
  }
  for (const auto& [key, id] : written.acknowledged) {
    const auto row = found.find(key);
    if (row == found.end() || row->second != id) {
      problem += fmt::format("{} has no {} with id {}, though that was acknowledged.\n", table, key, id);
    }
  }
  if (table != "messages") return problem;
  for (const auto& row : query_("SELECT c.id, c.message_count, count(m.id) FROM conversations c LEFT JOIN messages m "
                                "ON m.conversation_id = c.id GROUP BY c.id HAVING c.message_count <> count(m.id)")) {
    problem += fmt::format("Conversation {} counts {} messages and has {}.\n", row[0], row[1], row[2]);
  }
  return problem;
}

std::string ServiceUnderFault::check_leaks() const {
  const auto give_up = Clock::now() + settling_limit;
  std::string problem;
  do {
    problem.clear();
    // Idle ones that the server has ended count: a pool finds out when it would hand them out.
    const long connections = connection_count();
    const long sessions = session_count();
    const long others = descriptor_count() - connections;
    if (connections > most_sessions) problem += fmt::format("The service has {} connections.\n", connections);
    if (sessions > connections) {
      problem += fmt::format("The server has {} sessions of {} connections.\n", sessions, connections);
    }
    if (others > descriptors_) {
      problem += fmt::format("Beside its {} connections the service has {} files open; {} at the beginning.\n",
                             connections, others, descriptors_);
    }
    if (problem.empty()) break;
    std::this_thread::sleep_for(20ms);
  } while (Clock::now() < give_up);
  // A sanitizer keeps what was freed; what is lost is AddressSanitizer's to find, when the service ends.
  const long grown = resident_kib() - resident_kib_;
  if (grown > most_growth_kib && !is_sanitized) problem += fmt::format("The service has grown by {} KiB.\n", grown);
  return problem;
}

long ServiceUnderFault::session_count() const {
  return std::stol(query_(fmt::format("SELECT count(*) FROM pg_stat_activity WHERE {}", sessions))[0][0]);
}

// As the service sees it.
long ServiceUnderFault::connection_count() const {
  std::istringstream page(HttpClient(port()).get("/metrics").body);
  long count = 0;
  for (std::string line; std::getline(page, line);) {
    const bool counts = line.starts_with("support_agent_database_connections{") ||
                        line.starts_with("support_agent_database_shared_connections ");
    if (counts) count += std::stol(line.substr(line.rfind(' ')));
  }
  return count;
}

long ServiceUnderFault::descriptor_count() const {
  const std::filesystem::directory_iterator files(fmt::format("/proc/{}/fd", service_->process().pid()));
  return std::distance(std::filesystem::begin(files), std::filesystem::end(files));
}

long ServiceUnderFault::resident_kib() const {
  std::ifstream status(fmt::format("/proc/{}/status", service_->process().pid()));
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::stol(line.substr(6));
  }
  return 0;
}

void ServiceUnderFault::migrate(std::vector<std::string> words) const {
  words.insert(words.begin(), "migrate");
  const auto done = run_agent(std::move(words), environment(database_.name(), database_.cluster().tcp_port()));
  if (done.exit_code != 0) throw std::runtime_error(done.standard_output + done.standard_error);
}

void ServiceUnderFault::end() {
  service_->process().signal(SIGTERM);
  EXPECT_EQ(service_->process().wait(30), 0) << service_->process().standard_error();
}

}  // namespace support::tests
