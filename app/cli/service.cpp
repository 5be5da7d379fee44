#include "app/cli/service.hpp"

#include <signal.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <thread>

#include <fmt/format.h>

#include "app/cli/exit_code.hpp"
#include "app/cli/service_thread.hpp"
#include "app/cli/standby_watch.hpp"
#include "app/cli/version.hpp"
#include "app/config/logging.hpp"

namespace support::cli {
namespace {

// Blocked in every thread, so that they arrive where sigwait() asks for them.
class TerminationSignals {
 public:
  TerminationSignals() {
    ::sigemptyset(&set_);
    ::sigaddset(&set_, SIGTERM);
    ::sigaddset(&set_, SIGINT);
    ::pthread_sigmask(SIG_BLOCK, &set_, &before_);
    ::signal(SIGPIPE, SIG_IGN);
  }
  ~TerminationSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  TerminationSignals(const TerminationSignals&) = delete;
  TerminationSignals& operator=(const TerminationSignals&) = delete;

  int wait() const {
    int signal = 0;
    while (::sigwait(&set_, &signal) != 0) {
    }
    return signal;
  }

 private:
  sigset_t set_{};
  sigset_t before_{};
};

int thread_count(const config::Settings& settings) {
  if (settings->http_threads > 0) return static_cast<int>(settings->http_threads);
  return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

using Threads = std::vector<std::unique_ptr<ServiceThread>>;

Threads start_threads(const config::Settings& settings, const std::vector<std::string>& expected_heads,
                      const std::shared_ptr<database::StandbyBoard>& standbys, http::ServiceState& state,
                      api::ServiceMetrics& metrics) {
  Threads threads;
  const int count = thread_count(settings);
  for (int index = 0; index < count; ++index) {
    threads.push_back(
        std::make_unique<ServiceThread>(settings, expected_heads, standbys, state, metrics, index, count));
  }
  for (auto& thread : threads) thread->start();
  return threads;
}

// One Ctrl-C can arrive twice: from the terminal, and passed on by the parent.
constexpr std::chrono::seconds same_signal{1};

// A second signal while draining ends the process without waiting for anything.
void end_at_once_on_next(const TerminationSignals& signals) {
  std::thread([&signals, first = std::chrono::steady_clock::now()] {
    int signal = signals.wait();
    while (std::chrono::steady_clock::now() - first < same_signal) signal = signals.wait();
    config::log_event(spdlog::level::warn, "serve", "Second signal: stopping at once");
    config::shut_down_logging();
    ::_exit(128 + signal);
  }).detach();
}

}  // namespace

int run_service(const config::Settings& settings, std::vector<std::string> expected_heads) {
  // Static: the detached watcher of a second signal may outlive this function.
  static const TerminationSignals signals;
  http::ServiceState state;
  api::ServiceMetrics metrics;
  std::optional<StandbyWatch> watch;
  if (auto options = database::StandbyMonitorOptions::from(settings)) watch.emplace(std::move(*options));
  Threads threads = start_threads(settings, expected_heads, watch ? watch->board() : nullptr, state, metrics);
  config::log_event(spdlog::level::info, "serve", "Listening",
                    {{"address", fmt::format("http://{}:{}", settings->http_host, threads.front()->port())},
                     {"threads", threads.size()},
                     {"version", version()},
                     {"revision", fmt::format("{}", fmt::join(expected_heads, ","))}});
  const int signal = signals.wait();
  config::log_event(spdlog::level::info, "serve", "Draining", {{"signal", ::sigabbrev_np(signal)}});
  end_at_once_on_next(signals);
  state.start_draining();
  for (auto& thread : threads) thread->drain(settings->drain_delay, settings->drain_timeout);
  for (auto& thread : threads) thread->join();
  config::log_event(spdlog::level::info, "serve", "Stopped");
  return exit_done;
}

}  // namespace support::cli
