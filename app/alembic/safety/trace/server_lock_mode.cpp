#include "app/alembic/safety/trace/server_lock_mode.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace support::alembic::safety {
namespace {

constexpr std::array<std::string_view, 9> names = {
    "",          "AccessShareLock",       "RowShareLock",  "RowExclusiveLock",   "ShareUpdateExclusiveLock",
    "ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"};

// The weakest mode that the mode of this place conflicts with; it conflicts with all that are stronger, with one
// exception: SHARE does not conflict with itself.
constexpr std::array<LockMode, 9> conflicts_from = {LockMode::none,
                                                    LockMode::access_exclusive,
                                                    LockMode::exclusive,
                                                    LockMode::share,
                                                    LockMode::share_update_exclusive,
                                                    LockMode::row_exclusive,
                                                    LockMode::row_exclusive,
                                                    LockMode::row_share,
                                                    LockMode::access_share};

}  // namespace

std::string_view server_lock_name(LockMode mode) {
  return names.at(static_cast<std::size_t>(mode));
}

LockMode lock_mode_of(std::string_view server_name) {
  for (std::size_t i = 1; i < names.size(); ++i) {
    if (names.at(i) == server_name) return static_cast<LockMode>(i);
  }
  return LockMode::none;
}

bool conflict(LockMode one, LockMode other) {
  if (one == LockMode::none || other == LockMode::none) return false;
  if (one == LockMode::share && other == LockMode::share) return false;
  return other >= conflicts_from.at(static_cast<std::size_t>(one));
}

}  // namespace support::alembic::safety
