#pragma once

#include <chrono>
#include <cstddef>

#include "app/config/settings.hpp"

namespace support::alembic::safety {

// How long a migration may be in the way of others, and they in its. Zero means no limit, as the server's time-outs do.
struct GuardLimits {
  using Duration = std::chrono::milliseconds;

  Duration lock_timeout{2000};          // a try to get the locks of a statement (lock_timeout)
  Duration retry_deadline{120'000};     // all waiting for locks of a run
  Duration concurrent_lock_timeout{0};  // the same for CONCURRENTLY, which lets reads and writes through as it waits
  Duration statement_timeout{0};        // a statement (statement_timeout)
  Duration idle_timeout{0};             // between two statements (idle_in_transaction_session_timeout)
  Duration blocker_age{300'000};        // a transaction as old as that is not waited for
  std::size_t queue = 20;               // sessions that may wait behind the migration
};

GuardLimits guard_limits(const config::SettingsValues& settings);

}  // namespace support::alembic::safety
