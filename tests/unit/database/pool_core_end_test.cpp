// The end of connections: by age, by order, with the pool.
#include <utility>

#include "pool_core_fixture.hpp"

namespace support::database {
namespace {

TEST_F(PoolCoreTest, OldConnectionsAreReplacedAtAcquire) {
  make(2, 0, 10s);
  const SlotId old = acquire();
  core_->give_back(old, now_);
  now_ += 10s;
  EXPECT_EQ(acquire(), old);
  core_->give_back(old, now_);
  now_ += 1ms;
  core_->join(now_);
  EXPECT_EQ(commands(), list({"close 1", "open 2"}));
  EXPECT_EQ(closed(CloseReason::recycled), 1U);
}

TEST_F(PoolCoreTest, OldConnectionsAreReplacedEvenWhenTheyAreNeverIdle) {
  make(1, 0, 10s);
  const SlotId old = acquire();
  core_->join(now_);
  now_ += 11s;
  core_->give_back(old, now_);
  EXPECT_EQ(commands(), list({"close 1", "open 2"}));
}

TEST_F(PoolCoreTest, AgesDifferByTheJitter) {
  make({.size = 40, .max_overflow = 0, .recycle = 100s, .recycle_jitter = 25s});
  std::vector<SlotId> slots;
  for (int i = 0; i < 40; ++i) slots.push_back(acquire());
  const auto recycled_at = [&](PoolCore::Duration age) {
    now_ = PoolCore::TimePoint(1000s) + age;
    for (const SlotId slot : std::exchange(slots, {})) core_->give_back(slot, now_);
    while (const auto grant = core_->take_idle(now_)) slots.push_back(grant->slot);
    return closed(CloseReason::recycled);
  };
  EXPECT_EQ(recycled_at(75s), 0U);
  const auto halfway = recycled_at(88s);
  EXPECT_GT(halfway, 8U);
  EXPECT_LT(halfway, 32U);
  EXPECT_EQ(recycled_at(101s), 40U);
}

TEST_F(PoolCoreTest, ExpireAllClosesIdleOnesNowAndTheOthersWhenTheyComeBack) {
  make(3, 0);
  const SlotId used = acquire();
  const SlotId idle = acquire();
  core_->give_back(idle, now_);
  core_->expire_all(now_);
  EXPECT_EQ(commands(), list({"close 2"}));
  core_->give_back(used, now_);
  EXPECT_EQ(commands(), list({"close 1"}));
  EXPECT_EQ(closed(CloseReason::expired), 2U);
  EXPECT_EQ(acquire(), SlotId{3});
  core_->give_back(3, now_);
  EXPECT_THAT(commands(), IsEmpty()) << "made after expire_all()";
}

TEST_F(PoolCoreTest, ExpireAllTakesBackWhatWasGrantedAndNotTaken) {
  make(1, 0);
  const SlotId slot = acquire();
  const WaiterId first = join();
  const WaiterId second = join();
  core_->give_back(slot, now_);
  commands();
  core_->expire_all(now_);
  EXPECT_EQ(commands(), list({"close 1", "open 2"}));
  EXPECT_EQ(core_->take(first), std::nullopt);
  core_->opened(2, now_);
  EXPECT_EQ(core_->take(second), std::nullopt);
  EXPECT_EQ(core_->take(first), SlotId{2});
}

TEST_F(PoolCoreTest, AConnectionThatWasBeingMadeAtExpireAllIsNotHandedOut) {
  make(1, 0);
  join();
  commands();
  core_->expire_all(now_);
  core_->opened(1, now_);
  EXPECT_EQ(commands(), list({"close 1", "open 2"}));
}

TEST_F(PoolCoreTest, ClosingFailsWaitersClosesIdleAndWaitsForTheRest) {
  make(2, 0);
  const SlotId a = acquire();
  const SlotId b = acquire();
  core_->give_back(a, now_);
  core_->join(now_);
  core_->take_commands();
  const WaiterId waiter = join();
  core_->close(now_);
  EXPECT_EQ(commands(), list({"fail 4"}));
  core_->leave(waiter, now_);
  core_->join(now_);
  EXPECT_EQ(commands(), list({"fail 5"}));
  core_->leave(3, now_);  // was granted `a`
  EXPECT_EQ(commands(), list({"close 1"}));
  EXPECT_FALSE(core_->is_empty());
  core_->give_back(b, now_);
  EXPECT_EQ(commands(), list({"close 2"}));
  EXPECT_TRUE(core_->is_empty());
  EXPECT_EQ(closed(CloseReason::shutdown), 2U);
}

TEST_F(PoolCoreTest, AConnectionThatIsMadeWhileThePoolClosesIsClosed) {
  make(1, 0);
  core_->join(now_);
  core_->take_commands();
  core_->close(now_);
  EXPECT_EQ(commands(), list({"fail 1"}));
  core_->opened(1, now_);
  EXPECT_EQ(commands(), list({"close 1"}));
  EXPECT_TRUE(core_->is_empty());
}

}  // namespace
}  // namespace support::database
