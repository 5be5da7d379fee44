#include "app/alembic/safety/guard/watcher.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "app/alembic/runtime/messages.hpp"
#include "app/alembic/safety/guard/duration_text.hpp"
#include "app/alembic/safety/guard/server_progress.hpp"
#include "app/config/logging.hpp"

namespace support::alembic::safety {

namespace {

// Often at first, when it matters to whom queues; a statement that takes minutes is looked at every second.
constexpr std::chrono::milliseconds first_look{100};
constexpr std::chrono::milliseconds early_interval{250};
constexpr std::chrono::milliseconds late_interval{1000};
constexpr std::chrono::seconds early{10};

}  // namespace

Watcher::Watcher(Ask ask, std::string pid, const GuardLimits& limits, ProgressLine::Place place)
    : ask_(std::move(ask)), pid_(std::move(pid)), limits_(limits), line_(place), thread_([this] { run(); }) {}

Watcher::~Watcher() {
  {
    const std::scoped_lock lock(mutex_);
    is_over_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Watcher::begin_step(std::string step) {
  const std::scoped_lock lock(mutex_);
  line_.begin_step(std::move(step));
}

void Watcher::watch(std::string statement, bool is_concurrent) {
  {
    const std::scoped_lock lock(mutex_);
    is_watching_ = true;
    is_concurrent_ = is_concurrent;
    statement_ = std::move(statement);
    since_ = Clock::now();
    abort_.reset();
  }
  changed_.notify_one();
}

std::optional<Abort> Watcher::stop() {
  std::optional<Abort> abort;
  {
    const std::scoped_lock lock(mutex_);
    is_watching_ = false;
    line_.clear();
    abort = std::exchange(abort_, std::nullopt);
  }
  changed_.notify_one();
  return abort;
}

void Watcher::run() {
  std::unique_lock lock(mutex_);
  while (!is_over_) {
    if (!is_watching_ || abort_) {
      changed_.wait(lock);
      continue;
    }
    const auto running = Clock::now() - since_;
    const auto next =
        running < first_look ? since_ + first_look : Clock::now() + (running < early ? early_interval : late_interval);
    const auto watched = since_;
    if (changed_.wait_until(lock, next, [&] { return is_over_ || !is_watching_ || since_ != watched; })) continue;
    try {
      abort_ = look();
    } catch (const std::exception& error) {
      // The statement's own session reports what is wrong with the server.
      config::log_event(spdlog::level::debug, "alembic.runtime.guard",
                        fmt::format("The migration can't be watched just now: {}", error.what()));
    }
  }
}

std::optional<Abort> Watcher::look() {
  const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - since_);
  const auto blockers = blockers_of(ask_, pid_);
  const auto queue = queue_behind(ask_, pid_);
  std::optional<Abort> abort;
  const auto is_old = [this](const Blocker& blocker) {
    return limits_.blocker_age.count() > 0 && blocker.age && *blocker.age >= limits_.blocker_age;
  };
  if (limits_.queue > 0 && queue > limits_.queue) {
    abort = {.reason = Abort::Reason::queue, .blockers = blockers, .queue = queue};
  } else if (!is_concurrent_ && std::ranges::any_of(blockers, is_old)) {
    abort = {.reason = Abort::Reason::old_blocker, .blockers = blockers, .queue = queue};
  }
  if (abort) {
    ask_(fmt::format("SELECT pg_cancel_backend({})", pid_));
    return abort;
  }
  auto detail = blockers.empty() ? server_progress(ask_, pid_) : "waiting for " + joined_texts(blockers);
  if (queue > 0) detail += fmt::format("{}{} waiting behind it", detail.empty() ? "" : ", ", queue);
  line_.show(statement_, elapsed, detail);
  return std::nullopt;
}

}  // namespace support::alembic::safety
