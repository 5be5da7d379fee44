#include "app/alembic/safety/guard/guard_limits.hpp"

namespace support::alembic::safety {

GuardLimits guard_limits(const config::SettingsValues& settings) {
  return {.lock_timeout = settings.migration_statement_lock_timeout,
          .retry_deadline = settings.migration_retry_deadline,
          .concurrent_lock_timeout = settings.migration_concurrent_lock_timeout,
          .statement_timeout = settings.migration_statement_timeout,
          .idle_timeout = settings.migration_idle_timeout,
          .blocker_age = settings.migration_blocker_age,
          .queue = static_cast<std::size_t>(settings.migration_queue_limit)};
}

}  // namespace support::alembic::safety
