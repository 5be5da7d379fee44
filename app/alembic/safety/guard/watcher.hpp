#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "app/alembic/safety/guard/guard_limits.hpp"
#include "app/alembic/safety/guard/lock_holders.hpp"
#include "app/alembic/safety/guard/progress_line.hpp"

namespace support::alembic::safety {

// Why a watcher cancelled a statement.
struct Abort {
  enum class Reason { old_blocker, queue };

  Reason reason = Reason::queue;
  std::vector<Blocker> blockers;  // whom the statement waited for
  std::size_t queue = 0;          // sessions behind it
};

// Looks from another session, by a thread of its own, at the session that runs a statement: whom it waits for, and who
// waits for it. Cancels the statement when one of the limits is passed. It looks only while watch() … stop() lasts, and
// has stopped looking when stop() returns, so that it can't cancel a later statement.
class Watcher {
 public:
  // `ask` is called by the watcher's thread.
  Watcher(Ask ask, std::string pid, const GuardLimits& limits, ProgressLine::Place place);
  ~Watcher();
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  void begin_step(std::string step);
  // `is_concurrent`: it may wait for old transactions, because nobody waits for it meanwhile.
  void watch(std::string statement, bool is_concurrent);
  // Whether the statement was cancelled, and why.
  std::optional<Abort> stop();

 private:
  using Clock = std::chrono::steady_clock;

  void run();
  std::optional<Abort> look();

  const Ask ask_;
  const std::string pid_;
  const GuardLimits limits_;
  ProgressLine line_;

  std::mutex mutex_;  // of what follows, and held while the thread looks
  std::condition_variable changed_;
  bool is_watching_ = false;
  bool is_over_ = false;
  bool is_concurrent_ = false;
  std::string statement_;
  Clock::time_point since_;
  std::optional<Abort> abort_;
  std::thread thread_;
};

}  // namespace support::alembic::safety
