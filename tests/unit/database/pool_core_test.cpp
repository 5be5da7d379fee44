// Who gets which connection, in which order.
#include <utility>

#include "pool_core_fixture.hpp"

namespace support::database {
namespace {

TEST_F(PoolCoreTest, ConnectionsAreOpenedOnlyWhenSomebodyWaits) {
  make(2, 1);
  EXPECT_THAT(commands(), IsEmpty());
  core_->join(now_);
  EXPECT_EQ(commands(), list({"open 1"}));
  core_->opened(1, now_);
  EXPECT_EQ(commands(), list({"wake 1"}));
  EXPECT_EQ(core_->take(1), SlotId{1});
  EXPECT_EQ(core_->stats().in_use, 1U);
}

TEST_F(PoolCoreTest, NeverMoreThanSizeAndOverflow) {
  make(2, 1);
  for (int i = 0; i < 5; ++i) core_->join(now_);
  EXPECT_EQ(commands(), list({"open 1", "open 2", "open 3"}));
  EXPECT_EQ(core_->stats().waiting, 5U);
}

TEST_F(PoolCoreTest, UnlimitedOverflowOpensForEveryWaiter) {
  make(1, std::nullopt);
  for (int i = 0; i < 50; ++i) core_->join(now_);
  EXPECT_THAT(commands(), SizeIs(50));
}

TEST_F(PoolCoreTest, AcquireIsFifoWhenTwoWaitersRace) {
  make(1, 0);
  const SlotId slot = acquire();
  const WaiterId first = join();
  const WaiterId second = join();
  core_->give_back(slot, now_);
  EXPECT_EQ(core_->take(second), std::nullopt);
  EXPECT_EQ(core_->take(first), slot);
}

TEST_F(PoolCoreTest, ANewcomerDoesNotOvertakeAWaiterThatWasWoken) {
  make(1, 0);
  const SlotId slot = acquire();
  const WaiterId woken = join();
  core_->give_back(slot, now_);
  const WaiterId newcomer = join();
  EXPECT_EQ(core_->take(newcomer), std::nullopt);
  EXPECT_EQ(core_->take(woken), slot);
}

TEST_F(PoolCoreTest, IdleConnectionsAreLifo) {
  make(3, 0);
  const SlotId a = acquire();
  const SlotId b = acquire();
  core_->give_back(a, now_);
  core_->give_back(b, now_);
  EXPECT_EQ(acquire(), b);
  EXPECT_EQ(acquire(), a);
}

TEST_F(PoolCoreTest, OverflowIsClosedWhenItComesBackAndTheIdleOnesAreAtSize) {
  make(1, 2);
  const SlotId a = acquire();
  const SlotId b = acquire();
  const SlotId c = acquire();
  core_->give_back(a, now_);
  EXPECT_THAT(commands(), IsEmpty());
  core_->give_back(b, now_);
  core_->give_back(c, now_);
  EXPECT_EQ(commands(), list({"close 2", "close 3"}));
  EXPECT_EQ(core_->stats().size, 1U);
  EXPECT_EQ(closed(CloseReason::surplus), 2U);
}

TEST_F(PoolCoreTest, AWaiterThatGivesUpPassesItsConnectionOn) {
  make(1, 0);
  const SlotId slot = acquire();
  const WaiterId first = join();
  const WaiterId second = join();
  core_->give_back(slot, now_);  // granted to the first, which is cancelled at the same time
  core_->leave(first, now_);
  EXPECT_EQ(core_->take(first), std::nullopt);
  EXPECT_EQ(core_->take(second), slot);
}

TEST_F(PoolCoreTest, AWaiterThatGivesUpLeavesAWarmConnectionBehind) {
  make(1, 0);
  const WaiterId waiter = join();
  core_->take_commands();
  core_->leave(waiter, now_);
  core_->opened(1, now_);
  EXPECT_EQ(core_->stats().idle, 1U);
  EXPECT_THAT(commands(), IsEmpty());
}

TEST_F(PoolCoreTest, AConnectionInRecoveryCountsAndServesNobodyUntilItIsInOrder) {
  make(1, 0);
  const SlotId slot = acquire();
  const WaiterId waiter = join();
  core_->recover(slot);
  EXPECT_THAT(commands(), IsEmpty());
  EXPECT_EQ(core_->stats().recovering, 1U);
  core_->recovered(slot, now_);
  EXPECT_EQ(core_->take(waiter), slot);
}

TEST_F(PoolCoreTest, AnIdleConnectionIsTakenWithoutQueueing) {
  make(2, 0);
  EXPECT_FALSE(core_->take_idle(now_));
  const SlotId slot = acquire();
  core_->give_back(slot, now_);
  EXPECT_EQ(core_->take_idle(now_)->slot, slot);
  EXPECT_THAT(commands(), IsEmpty());
  EXPECT_EQ(core_->stats().in_use, 1U);
  EXPECT_EQ(core_->stats().acquired, 2U);
}

TEST_F(PoolCoreTest, AFullQueueRefusesAtOnce) {
  make({.size = 1, .max_overflow = 0, .max_waiting = 2});
  const SlotId slot = acquire();
  const WaiterId first = join();
  join();
  EXPECT_EQ(core_->join(now_), std::nullopt);
  EXPECT_EQ(core_->stats().refused, 1U);
  EXPECT_EQ(core_->stats().waiting, 2U);
  core_->give_back(slot, now_);
  EXPECT_EQ(core_->take(first), slot);
  EXPECT_TRUE(core_->join(now_)) << "the first has left the queue";
}

TEST_F(PoolCoreTest, MinSizeIsOpenedAtTheStartAndReplaced) {
  make({.size = 3, .max_overflow = 0, .min_size = 2});
  EXPECT_THAT(commands(), IsEmpty());
  core_->tick(now_);
  EXPECT_EQ(commands(), list({"open 1", "open 2"}));
  core_->opened(1, now_);
  core_->opened(2, now_);
  EXPECT_EQ(core_->stats().idle, 2U);
  const auto grant = core_->take_idle(now_);
  core_->discard(grant->slot, CloseReason::broken, now_);
  EXPECT_EQ(commands(), list({"open 3"}));
}

}  // namespace
}  // namespace support::database
