#include "app/alembic/safety/trace/server_lock_mode.hpp"

#include <array>
#include <string_view>

#include <gtest/gtest.h>

namespace support::tests {
namespace {

using namespace alembic::safety;

// The manual's table 13.2, weakest mode first; X: they conflict.
constexpr std::array<std::string_view, 8> conflicts = {
    ".......X",  //
    "......XX",  //
    "....XXXX",  //
    "...XXXXX",  //
    "..XX.XXX",  //
    "..XXXXXX",  //
    ".XXXXXXX",  //
    "XXXXXXXX",
};

LockMode mode(std::size_t place) {
  return static_cast<LockMode>(place + 1);
}

TEST(ServerLockMode, ConflictsAsTheManualSays) {
  for (std::size_t one = 0; one < conflicts.size(); ++one) {
    for (std::size_t other = 0; other < conflicts.size(); ++other) {
      EXPECT_EQ(conflict(mode(one), mode(other)), conflicts.at(one).at(other) == 'X')
          << server_lock_name(mode(one)) << ' ' << server_lock_name(mode(other));
    }
    EXPECT_FALSE(conflict(LockMode::none, mode(one)));
    EXPECT_FALSE(conflict(mode(one), LockMode::none));
  }
}

TEST(ServerLockMode, IsSpelledAsInPgLocks) {
  EXPECT_EQ(server_lock_name(LockMode::share_row_exclusive), "ShareRowExclusiveLock");
  EXPECT_EQ(server_lock_name(LockMode::none), "");
  for (std::size_t place = 0; place < conflicts.size(); ++place) {
    EXPECT_EQ(lock_mode_of(server_lock_name(mode(place))), mode(place));
  }
  EXPECT_EQ(lock_mode_of("SIReadLock"), LockMode::none);
  EXPECT_EQ(lock_mode_of(""), LockMode::none);
}

}  // namespace
}  // namespace support::tests
