#pragma once

#include <chrono>
#include <random>

#include "app/alembic/runtime/migration_lock.hpp"

namespace support::alembic::safety {

// How long a run may still wait for locks, all its waits together; and how long to pause before the next try.
class RetryBudget {
 public:
  using Duration = std::chrono::milliseconds;

  explicit RetryBudget(Duration total) : total_(total) {}

  void spend(Duration waited) { spent_ += waited; }
  Duration spent() const { return spent_; }
  bool is_exhausted() const { return total_.count() > 0 && spent_ >= total_; }
  // The pauses grow with the tries of one statement.
  Duration next_pause() {
    ++tries_;
    return backoff_.next();
  }
  unsigned tries() const { return tries_; }
  void begin_statement() {
    backoff_ = LockBackoff(random_());
    tries_ = 0;
  }

 private:
  Duration total_;
  Duration spent_{};
  unsigned tries_ = 0;
  std::random_device random_;
  LockBackoff backoff_{random_()};
};

}  // namespace support::alembic::safety
