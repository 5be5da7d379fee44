// Random interleavings of everything that can happen to a pool, on a virtual clock, against rules that always hold.

#include <algorithm>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "app/database/pool_core.hpp"

namespace support::database {
namespace {

using namespace std::chrono_literals;
using Action = PoolCore::Action;
using SlotId = PoolCore::SlotId;
using WaiterId = PoolCore::WaiterId;

struct Shape {
  std::size_t size;
  std::optional<std::size_t> overflow;
  std::optional<PoolCore::Duration> recycle;
  std::size_t min_size = 0;
  std::optional<std::size_t> max_waiting = {};
  std::optional<std::size_t> max_connecting = {};
};

class Simulation {
 public:
  Simulation(const Shape& shape, std::uint32_t seed)
      : shape_(shape),
        random_(seed),
        core_({.size = shape.size,
               .max_overflow = shape.overflow,
               .min_size = shape.min_size,
               .max_waiting = shape.max_waiting,
               .max_connecting = shape.max_connecting,
               .recycle = shape.recycle,
               .recycle_jitter = shape.recycle.value_or(PoolCore::Duration()) / 4},
              seed) {
    core_.tick(now_);
    obey();
  }

  void run(int steps) {
    for (int i = 0; i < steps && !testing::Test::HasFailure(); ++i) {
      step();
      obey();
      check();
    }
  }

  // From here on the server answers and nobody cancels: everybody must be served, and nothing may be left over.
  void settle() {
    for (int i = 0; i < 100'000 && !is_settled(); ++i) {
      now_ += 1ms;
      if (!connecting_.empty()) {
        core_.opened(park(remove(connecting_, 0)), now_);
      } else if (!recovering_.empty()) {
        core_.recovered(park(remove(recovering_, 0)), now_);
      } else if (!woken_.empty()) {
        take(*woken_.begin());
      } else if (!failed_.empty()) {
        leave(*failed_.begin());
      } else if (!in_use_.empty()) {
        core_.give_back(park(remove(in_use_, 0)), now_);
      } else if (core_.next_wakeup()) {
        now_ = std::max(now_, *core_.next_wakeup());
        core_.tick(now_);
      }
      obey();
      check();
      if (testing::Test::HasFailure()) return;
    }
    const PoolStats stats = core_.stats();
    EXPECT_TRUE(is_settled()) << "somebody waits for ever";
    EXPECT_EQ(stats.size, stats.idle) << "a slot has leaked";
    EXPECT_LE(stats.idle, shape_.size);
    EXPECT_EQ(stats.idle, parked_.size());
    EXPECT_GE(stats.idle, shape_.min_size);
  }

 private:
  bool is_settled() const {
    return waiting_.empty() && woken_.empty() && failed_.empty() && in_use_.empty() && recovering_.empty() &&
           connecting_.empty() && core_.stats().size >= shape_.min_size;
  }

  std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_); }
  SlotId remove(std::vector<SlotId>& slots, std::size_t at) {
    const SlotId slot = slots[at];
    slots.erase(slots.begin() + static_cast<std::ptrdiff_t>(at));
    return slot;
  }
  SlotId remove_any(std::vector<SlotId>& slots) { return remove(slots, below(slots.size())); }
  WaiterId any(const std::set<WaiterId>& waiters) {
    return *std::next(waiters.begin(), static_cast<std::ptrdiff_t>(below(waiters.size())));
  }

  SlotId park(SlotId slot) {
    parked_.insert(slot);
    return slot;
  }

  void step() {
    now_ += std::chrono::milliseconds(below(20));
    switch (below(14)) {
      case 0:
      case 1:
        join();
        break;
      case 2:
        if (!waiting_.empty()) leave(any(waiting_));
        break;  // cancelled or timed out
      case 3:
        if (!woken_.empty()) leave(any(woken_));
        break;  // woken and cancelled at once
      case 4:
      case 5:
        if (!woken_.empty()) take(any(woken_));
        break;
      case 6:
        if (!failed_.empty()) leave(any(failed_));
        break;
      case 7:
        if (!connecting_.empty()) open();
        break;
      case 8:
      case 9:
        if (!in_use_.empty()) come_back();
        break;
      case 10:
        if (!recovering_.empty()) end_recovery();
        break;
      case 11:
        if (core_.next_wakeup() && *core_.next_wakeup() <= now_) core_.tick(now_);
        break;
      case 12:
        take_idle();
        break;
      case 13:
        if (below(10) == 0) expire_all();
        break;
    }
  }

  void join() {
    const bool is_full = shape_.max_waiting && waiting_.size() >= *shape_.max_waiting && core_.stats().idle == 0;
    const auto waiter = core_.join(now_);
    EXPECT_EQ(waiter.has_value(), !is_full);
    if (waiter) waiting_.insert(*waiter);
  }

  void take_idle() {
    const auto grant = core_.take_idle(now_);
    if (!grant) return;
    EXPECT_TRUE(waiting_.empty()) << "overtakes who waits";
    use(grant->slot, grant->place);
  }

  void expire_all() {
    core_.expire_all(now_);
    waiting_.merge(woken_);
    last_expired_ = last_opened_;
  }

  void leave(WaiterId waiter) {
    waiting_.erase(waiter);
    woken_.erase(waiter);
    failed_.erase(waiter);
    core_.leave(waiter, now_);
    EXPECT_EQ(core_.take(waiter), std::nullopt) << "a waiter that left holds a connection";
  }

  void take(WaiterId waiter) {
    const auto slot = core_.take(waiter);
    ASSERT_TRUE(slot) << "a waiter was woken for nothing";
    woken_.erase(waiter);
    use(*slot, waiter);
  }

  void use(SlotId slot, WaiterId place) {
    ASSERT_TRUE(parked_.erase(slot)) << "a connection was granted twice";
    ASSERT_GT(slot, last_expired_) << "a connection was granted that had expired";
    if (below(8) == 0) {  // dead: the waiter goes back to its place
      waiting_.insert(place);
      core_.exchange(slot, place, now_);
    } else {
      in_use_.push_back(slot);
    }
  }

  void open() {
    const SlotId slot = remove_any(connecting_);
    if (below(3) == 0) {
      core_.open_failed(slot, now_);
    } else {
      core_.opened(park(slot), now_);
    }
  }

  void come_back() {
    const SlotId slot = remove_any(in_use_);
    switch (below(4)) {
      case 0:
        core_.discard(slot, CloseReason::broken, now_);
        break;
      case 1:
        core_.recover(slot);
        recovering_.push_back(slot);
        break;
      default:
        core_.give_back(park(slot), now_);
    }
  }

  void end_recovery() {
    const SlotId slot = remove_any(recovering_);
    if (below(2) == 0) {
      core_.discard(slot, CloseReason::unrecovered, now_);
    } else {
      core_.recovered(park(slot), now_);
    }
  }

  void obey() {
    for (const auto& command : core_.take_commands()) {
      switch (command.action) {
        case Action::open:
          connecting_.push_back(command.slot);
          last_opened_ = std::max(last_opened_, command.slot);
          break;
        case Action::close:
          EXPECT_TRUE(parked_.erase(command.slot)) << "closes what nobody has parked";
          break;
        case Action::wake:
          EXPECT_EQ(command.waiter, waiting_.empty() ? 0 : *waiting_.begin()) << "out of turn";
          waiting_.erase(command.waiter);
          woken_.insert(command.waiter);
          break;
        case Action::fail:
          EXPECT_TRUE(waiting_.erase(command.waiter)) << "fails somebody who does not wait";
          failed_.insert(command.waiter);
          break;
      }
    }
  }

  void check() {
    const PoolStats stats = core_.stats();
    EXPECT_LE(stats.size, shape_.overflow ? shape_.size + *shape_.overflow : stats.size);
    EXPECT_EQ(stats.size, stats.idle + stats.in_use + stats.connecting + stats.recovering);
    EXPECT_EQ(stats.connecting, connecting_.size());
    EXPECT_EQ(stats.recovering, recovering_.size());
    EXPECT_EQ(stats.in_use, in_use_.size() + woken_.size());
    EXPECT_EQ(stats.idle + woken_.size(), parked_.size());
    EXPECT_EQ(stats.waiting, waiting_.size());
    EXPECT_LE(stats.idle, shape_.size);
    EXPECT_TRUE(stats.idle == 0 || stats.waiting == 0) << "somebody waits beside an idle connection";
    if (shape_.max_waiting) {
      // Those who were granted a connection that turned out dead or expired come back beyond the limit.
      EXPECT_LE(stats.waiting, *shape_.max_waiting + shape_.size + shape_.overflow.value_or(0));
    }
    if (shape_.max_connecting) {
      EXPECT_LE(stats.connecting, *shape_.max_connecting);
    }
    if (stats.size < shape_.min_size) {
      EXPECT_TRUE(stats.connecting > 0 || core_.next_wakeup()) << "too few connections, and nothing will happen";
    }
    const bool has_room = !shape_.overflow || stats.size < shape_.size + *shape_.overflow;
    if (stats.waiting > 0 && stats.connecting == 0 && has_room) {
      EXPECT_TRUE(core_.next_wakeup()) << "somebody waits, there is room, and nothing will happen";
    }
    std::uint64_t closed = 0;
    for (const auto count : stats.closed) closed += count;
    EXPECT_EQ(stats.created, closed + stats.idle + stats.in_use + stats.recovering);
  }

  Shape shape_;
  std::minstd_rand random_;
  PoolCore core_;
  PoolCore::TimePoint now_{1000s};
  std::set<WaiterId> waiting_, woken_, failed_;
  std::vector<SlotId> connecting_, in_use_, recovering_;
  SlotId last_opened_ = 0;
  SlotId last_expired_ = 0;  // the newest connection that expire_all() was for
  std::set<SlotId> parked_;  // connections in the pool's hands: idle or granted
};

TEST(PoolCorePropertyTest, TheRulesHoldInEveryInterleaving) {
  const Shape shapes[]{
      {1, 0, {}},          {1, 2, {}},         {3, 2, 50ms}, {5, 10, 200ms, 3, 20, 2}, {2, std::nullopt, 30ms},
      {4, 0, {}, 4, 3, 1}, {2, 3, 100ms, 1, 5}};
  for (const Shape& shape : shapes) {
    for (std::uint32_t seed = 1; seed <= 100; ++seed) {
      Simulation simulation(shape, seed);
      simulation.run(1500);
      simulation.settle();
      ASSERT_FALSE(HasFailure()) << "size " << shape.size << ", seed " << seed;
    }
  }
}

}  // namespace
}  // namespace support::database
