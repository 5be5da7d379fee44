#include "app/database/pool_core.hpp"

#include <utility>

#include <gmock/gmock.h>

namespace support::database {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;
using testing::SizeIs;
using Action = PoolCore::Action;
using SlotId = PoolCore::SlotId;
using WaiterId = PoolCore::WaiterId;

// A PoolCore with a clock that only the test moves.
class PoolCoreTest : public testing::Test {
 protected:
  void make(std::size_t size, std::optional<std::size_t> overflow, std::optional<PoolCore::Duration> recycle = {}) {
    make({.size = size, .max_overflow = overflow, .recycle = recycle});
  }
  void make(const PoolCore::Limits& limits) { core_.emplace(limits, 1); }

  // The commands since the last call, as "open 1", "wake 2"…: the waiter for wake and fail, else the slot.
  std::vector<std::string> commands() {
    std::vector<std::string> texts;
    for (const auto& command : core_->take_commands()) {
      switch (command.action) {
        case Action::open:
          texts.push_back("open " + std::to_string(command.slot));
          break;
        case Action::close:
          texts.push_back("close " + std::to_string(command.slot));
          break;
        case Action::wake:
          texts.push_back("wake " + std::to_string(command.waiter));
          break;
        case Action::fail:
          texts.push_back("fail " + std::to_string(command.waiter));
          break;
      }
    }
    return texts;
  }
  WaiterId join() { return core_->join(now_).value(); }
  // A waiter that joins and gets a connection, new or idle.
  SlotId acquire() {
    const WaiterId waiter = join();
    for (const auto& command : core_->take_commands()) {
      if (command.action == Action::open) core_->opened(command.slot, now_);
    }
    core_->take_commands();
    const auto slot = core_->take(waiter);
    EXPECT_TRUE(slot);
    return slot.value_or(0);
  }
  std::vector<std::string> list(std::initializer_list<const char*> texts) { return {texts.begin(), texts.end()}; }
  std::uint64_t closed(CloseReason reason) const { return core_->stats().closed[static_cast<std::size_t>(reason)]; }

  std::optional<PoolCore> core_;
  PoolCore::TimePoint now_{1000s};
};

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

}  // namespace
}  // namespace support::database
