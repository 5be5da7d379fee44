#include "bench/request_costs.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "tests/support/temporary_folder.hpp"

#include "bench/background_process.hpp"
#include "bench/client_socket.hpp"

namespace support::bench {

namespace {

using tests::RunningService;
using tests::TemporaryFolder;

constexpr int warm_up = 1'000;
constexpr int measured = 2'000;

double status_number(pid_t pid, std::string_view field) {
  std::ifstream status(fmt::format("/proc/{}/status", pid));
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field)) return std::stod(line.substr(field.size()));
  }
  throw std::runtime_error("The service has gone.");
}

void ask_often(ClientSocket& socket, const std::string& request, int times) {
  for (int i = 0; i < times; ++i) socket.ask(request);
}

// A number that allocation_counter.cpp writes.
class SharedCount {
 public:
  explicit SharedCount(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0 || ::ftruncate(file, sizeof(Count)) != 0) throw std::runtime_error("No file for the count");
    void* const page = ::mmap(nullptr, sizeof(Count), PROT_READ, MAP_SHARED, file, 0);
    ::close(file);
    if (page == MAP_FAILED) throw std::runtime_error("The count can't be mapped");
    count_ = static_cast<const Count*>(page);
  }
  ~SharedCount() { ::munmap(const_cast<Count*>(count_), sizeof(Count)); }
  SharedCount(const SharedCount&) = delete;
  SharedCount& operator=(const SharedCount&) = delete;

  std::uint64_t value() const { return count_->load(); }

 private:
  using Count = std::atomic<std::uint64_t>;
  const Count* count_ = nullptr;
};

struct CallCount {
  double calls = 0;
  std::string name;
};

// The rows of `strace -c`: "% time  seconds  usecs/call  calls  [errors]  syscall".
std::vector<CallCount> read_call_counts(const std::string& table) {
  std::vector<CallCount> counts;
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    double share = 0;
    double seconds = 0;
    double each = 0;
    CallCount count;
    if (!(words >> share >> seconds >> each >> count.calls)) continue;
    for (std::string word; words >> word;) count.name = word;
    if (count.name != "total") counts.push_back(count);
  }
  std::ranges::sort(counts, std::greater(), &CallCount::calls);
  return counts;
}

void wait_until_traced(pid_t pid) {
  for (int i = 0; i < 500; ++i) {
    if (status_number(pid, "TracerPid:") > 0) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  throw std::runtime_error("strace does not attach");
}

}  // namespace

std::string get_request(const std::string& path) {
  return fmt::format("GET {} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", path);
}

double memory_of_idle_connection(const tests::Environment& environment, const std::string& request) {
  constexpr int connections = 2'000;
  RunningService service(environment);
  const auto pid = service.process().pid();
  {
    ClientSocket first(service.port());
    ask_often(first, request, warm_up);
  }
  const double before = status_number(pid, "VmRSS:");
  std::vector<ClientSocket> sockets;
  for (int i = 0; i < connections; ++i) {
    sockets.emplace_back(service.port());
    sockets.back().ask(request);
  }
  return (status_number(pid, "VmRSS:") - before) * 1024 / connections;
}

double allocations_of_request(const tests::Environment& environment, const std::string& request) {
  const TemporaryFolder folder;
  const SharedCount count(folder / "count");
  auto counting = environment;
  counting["LD_PRELOAD"] = SUPPORT_BINARY_DIR "/bench/libbench_allocation_counter.so";
  counting["ALLOCATION_COUNT"] = folder / "count";
  RunningService service(counting);
  if (count.value() == 0) throw std::runtime_error("The allocations are not counted");
  ClientSocket socket(service.port());
  ask_often(socket, request, warm_up);
  const auto before = count.value();
  ask_often(socket, request, measured);
  return static_cast<double>(count.value() - before) / measured;
}

SystemCalls system_calls_of_request(const tests::Environment& environment, const std::string& request) {
  const TemporaryFolder folder;
  RunningService service(environment);
  const auto pid = service.process().pid();
  ClientSocket socket(service.port());
  ask_often(socket, request, warm_up);
  BackgroundProcess strace({"strace", "-c", "-f", "-o", folder / "calls", "-p", std::to_string(pid)}, {},
                           folder / "strace");
  wait_until_traced(pid);
  ask_often(socket, request, measured);
  strace.end(SIGINT);
  SystemCalls result;
  for (const auto& [calls, name] : read_call_counts(folder.read("calls"))) {
    result.of_request += calls / measured;
    if (calls > measured / 20)
      result.which += fmt::format("{}{} {:.1f}", result.which.empty() ? "" : ", ", name, calls / measured);
  }
  if (result.of_request == 0) throw std::runtime_error("strace counted nothing: " + folder.read("strace"));
  return result;
}

}  // namespace support::bench
