#pragma once

#include <string_view>

#include "app/alembic/safety/model/lock_mode.hpp"

namespace support::alembic::safety {

// As pg_locks.mode spells it: "AccessExclusiveLock". "" for none.
std::string_view server_lock_name(LockMode mode);
// none for what is no lock of a table (SIReadLock).
LockMode lock_mode_of(std::string_view server_name);
// Whether one session waits while another one holds the other mode (manual, table 13.2).
bool conflict(LockMode one, LockMode other);

}  // namespace support::alembic::safety
