// Connections that can't be made, or break.
#include <utility>

#include "pool_core_fixture.hpp"

namespace support::database {
namespace {

TEST_F(PoolCoreTest, WaitersFailAtOnceWhenNoServerAnswers) {
  make(5, 5);
  core_->join(now_);
  core_->join(now_);
  EXPECT_EQ(commands(), list({"open 1", "open 2"}));
  core_->open_failed(1, now_);
  EXPECT_THAT(commands(), IsEmpty());  // the other attempt may still succeed
  core_->open_failed(2, now_);
  EXPECT_EQ(commands(), list({"fail 1", "fail 2"}));
  EXPECT_EQ(core_->stats().waiting, 0U);
  EXPECT_TRUE(core_->is_empty());
}

TEST_F(PoolCoreTest, WaitersGoOnWaitingWhileAConnectionInUseCanServeThem) {
  make(1, 1);
  const SlotId slot = acquire();
  const WaiterId waiter = join();
  EXPECT_EQ(commands(), list({"open 2"}));
  core_->open_failed(2, now_);
  EXPECT_THAT(commands(), IsEmpty());
  core_->give_back(slot, now_);
  EXPECT_EQ(core_->take(waiter), slot);
}

TEST_F(PoolCoreTest, AttemptsBackOffOneAtATimeAndNoLongerThanTheLimit) {
  make(5, 5);
  std::vector<PoolCore::Duration> delays;
  SlotId next = 1;
  for (int attempt = 0; attempt < 8; ++attempt) {
    core_->join(now_);
    core_->join(now_);
    if (attempt > 0) {
      EXPECT_THAT(commands(), IsEmpty()) << "no attempt before its time";
      ASSERT_TRUE(core_->next_wakeup());
      delays.push_back(*core_->next_wakeup() - now_);
      now_ = *core_->next_wakeup();
      core_->tick(now_);
    }
    const auto opens = commands();
    ASSERT_THAT(opens, SizeIs(attempt == 0 ? 2 : 1)) << "after a failure a single probe";
    for (std::size_t i = 0; i < opens.size(); ++i) core_->open_failed(next++, now_);
    core_->take_commands();
  }
  for (const auto delay : delays) {
    EXPECT_GE(delay, 25ms);
    EXPECT_LE(delay, 500ms);
  }
  EXPECT_GE(delays.back(), 250ms);
}

TEST_F(PoolCoreTest, TheFirstSuccessEndsTheBackOff) {
  make(3, 0);
  core_->join(now_);
  core_->take_commands();
  core_->open_failed(1, now_);
  core_->take_commands();
  now_ += 1s;
  for (int i = 0; i < 3; ++i) core_->join(now_);
  EXPECT_EQ(commands(), list({"open 2"}));
  core_->opened(2, now_);
  EXPECT_EQ(commands(), list({"wake 2", "open 3", "open 4"}));
  EXPECT_EQ(core_->next_wakeup(), std::nullopt);
}

TEST_F(PoolCoreTest, ABrokenConnectionMakesRoomForANewOne) {
  make(1, 0);
  const SlotId slot = acquire();
  core_->join(now_);
  EXPECT_THAT(commands(), IsEmpty());
  core_->discard(slot, CloseReason::broken, now_);
  EXPECT_EQ(commands(), list({"open 2"}));
}

TEST_F(PoolCoreTest, ADeadConnectionIsExchangedWithoutLosingThePlaceInTheQueue) {
  make(1, 0);
  core_->give_back(acquire(), now_);
  const WaiterId early = join();
  const auto dead = core_->take(early);
  const WaiterId late = join();
  core_->take_commands();
  core_->exchange(*dead, early, now_);
  EXPECT_EQ(commands(), list({"open 2"}));
  core_->opened(2, now_);
  EXPECT_EQ(core_->take(late), std::nullopt);
  EXPECT_EQ(core_->take(early), SlotId{2});
  EXPECT_EQ(closed(CloseReason::dead), 1U);
}

TEST_F(PoolCoreTest, WhoeverFindsADeadIdleConnectionKeepsItsPlace) {
  make(1, 0);
  core_->give_back(acquire(), now_);
  const auto grant = core_->take_idle(now_);
  const WaiterId later = join();
  core_->exchange(grant->slot, grant->place, now_);
  EXPECT_EQ(commands(), list({"open 2"}));
  core_->opened(2, now_);
  EXPECT_EQ(core_->take(later), std::nullopt);
  EXPECT_EQ(core_->take(grant->place), SlotId{2});
}

TEST_F(PoolCoreTest, MinSizeIsTriedAgainAtIntervalsWhileTheServerIsAway) {
  make({.size = 3, .max_overflow = 0, .min_size = 2});
  core_->tick(now_);
  commands();
  core_->open_failed(1, now_);
  core_->open_failed(2, now_);
  EXPECT_THAT(commands(), IsEmpty());
  const auto wakeup = core_->next_wakeup();
  ASSERT_TRUE(wakeup);
  EXPECT_GT(*wakeup, now_);
  core_->tick(*wakeup);
  EXPECT_EQ(commands(), list({"open 3"})) << "one at a time";
  core_->opened(3, *wakeup);
  EXPECT_EQ(commands(), list({"open 4"}));
}

TEST_F(PoolCoreTest, WhenNobodyWaitsAServerThatIsAwayIsAskedLessAndLess) {
  make({.size = 2, .max_overflow = 0, .min_size = 1});
  core_->tick(now_);
  for (SlotId slot = 1; slot <= 12; ++slot) {
    EXPECT_EQ(commands().size(), 1U);
    core_->open_failed(slot, now_);
    now_ = core_->next_wakeup().value();
    if (slot < 12) core_->tick(now_);
  }
  const auto failed_at = now_;
  core_->tick(now_);
  commands();
  core_->open_failed(13, now_);
  EXPECT_GE(*core_->next_wakeup() - failed_at, 2500ms);
  join();
  EXPECT_LE(*core_->next_wakeup() - failed_at, 500ms) << "somebody waits now";
}

TEST_F(PoolCoreTest, SoManyConnectionsAreBeingMadeAtATime) {
  make({.size = 10, .max_overflow = 0, .max_connecting = 2});
  for (int i = 0; i < 5; ++i) join();
  EXPECT_EQ(commands(), list({"open 1", "open 2"}));
  core_->opened(1, now_);
  EXPECT_EQ(commands(), list({"wake 1", "open 3"}));
  EXPECT_EQ(core_->stats().connecting, 2U);
}

}  // namespace
}  // namespace support::database
