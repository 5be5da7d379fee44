#include "app/database/pool_core.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace support::database {

const char* to_string(CloseReason reason) {
  switch (reason) {
    case CloseReason::surplus:
      return "surplus";
    case CloseReason::recycled:
      return "recycled";
    case CloseReason::expired:
      return "expired";
    case CloseReason::dead:
      return "dead";
    case CloseReason::broken:
      return "broken";
    case CloseReason::unrecovered:
      return "unrecovered";
    case CloseReason::shutdown:
      return "shutdown";
  }
  return "unknown";
}

PoolCore::PoolCore(Limits limits, std::uint32_t seed) : limits_(limits), random_(seed) {
  assert(limits_.size > 0 && limits_.first_retry > Duration::zero() && limits_.last_retry >= limits_.first_retry);
  assert(limits_.min_size <= limits_.size && limits_.max_connecting != 0U);
}

std::optional<PoolCore::Grant> PoolCore::take_idle(TimePoint now) {
  while (!idle_.empty()) {
    const SlotId id = idle_.back();
    idle_.pop_back();
    if (const auto reason = end_of_life(slot(id), now)) {
      close_slot(id, *reason);
      open_wanted(now);
      continue;
    }
    set_state(id, State::in_use);
    ++acquired_;
    return Grant{id, ++last_waiter_};
  }
  return std::nullopt;
}

std::optional<PoolCore::WaiterId> PoolCore::join(TimePoint now) {
  if (limits_.max_waiting && !closed_ && idle_.empty() && queue_.size() >= *limits_.max_waiting) {
    ++refused_;
    return std::nullopt;
  }
  const WaiterId waiter = ++last_waiter_;
  wait_in_line(waiter, now);
  return waiter;
}

std::optional<PoolCore::SlotId> PoolCore::take(WaiterId waiter) {
  const auto found = granted_.find(waiter);
  if (found == granted_.end()) return std::nullopt;
  const SlotId id = found->second;
  granted_.erase(found);
  set_state(id, State::in_use);
  ++acquired_;
  return id;
}

void PoolCore::leave(WaiterId waiter, TimePoint now) {
  queue_.erase(waiter);
  const auto found = granted_.find(waiter);
  if (found == granted_.end()) return;
  const SlotId id = found->second;
  granted_.erase(found);
  offer(id, now);
}

void PoolCore::exchange(SlotId id, WaiterId former, TimePoint now) {
  assert(slot(id).state == State::in_use);
  ++closed_by_[static_cast<std::size_t>(CloseReason::dead)];
  --acquired_;
  erase(id);
  wait_in_line(former, now);
}

void PoolCore::wait_in_line(WaiterId waiter, TimePoint now) {
  if (closed_) {
    commands_.push_back({Action::fail, 0, waiter});
    return;
  }
  queue_.insert(waiter);
  // Connections are idle only while nobody waits, so this one is the first in line for them.
  while (!idle_.empty() && queue_.contains(waiter)) {
    const SlotId id = idle_.back();
    idle_.pop_back();
    offer(id, now);
  }
  open_wanted(now);
}

void PoolCore::opened(SlotId id, TimePoint now) {
  assert(slot(id).state == State::connecting);
  if (limits_.recycle) {
    std::uniform_int_distribution<Duration::rep> jitter(0, limits_.recycle_jitter.count());
    slot(id).expires = now + *limits_.recycle - Duration(jitter(random_));
  }
  ++created_;
  failures_ = 0;
  retry_at_.reset();
  offer(id, now);
  open_wanted(now);
}

void PoolCore::open_failed(SlotId id, TimePoint now) {
  assert(slot(id).state == State::connecting);
  erase(id);
  ++connect_failures_;
  ++failures_;
  retry_at_ = retry_time(now, limits_.last_retry);
  warm_retry_at_ = retry_time(now, limits_.last_warm_retry);
  // While any connection exists it will serve the waiters in time; without one they would wait for nothing.
  if (slots_.empty()) fail_waiters();
}

void PoolCore::give_back(SlotId id, TimePoint now) {
  assert(slot(id).state == State::in_use);
  offer(id, now);
}

void PoolCore::recover(SlotId id) {
  assert(slot(id).state == State::in_use);
  set_state(id, State::recovering);
}

void PoolCore::recovered(SlotId id, TimePoint now) {
  assert(slot(id).state == State::recovering);
  offer(id, now);
}

void PoolCore::discard(SlotId id, CloseReason reason, TimePoint now) {
  assert(slot(id).state == State::in_use || slot(id).state == State::recovering);
  ++closed_by_[static_cast<std::size_t>(reason)];
  erase(id);
  open_wanted(now);
}

void PoolCore::tick(TimePoint now) {
  open_wanted(now);
}

void PoolCore::expire_all(TimePoint now) {
  if (closed_) return;
  ++generation_;
  for (const SlotId id : std::exchange(idle_, {})) close_slot(id, CloseReason::expired);
  for (const auto& [waiter, id] : std::exchange(granted_, {})) {
    close_slot(id, CloseReason::expired);
    queue_.insert(waiter);
  }
  open_wanted(now);
}

void PoolCore::close(TimePoint) {
  closed_ = true;
  fail_waiters();
  for (const SlotId id : std::exchange(idle_, {})) close_slot(id, CloseReason::shutdown);
}

std::vector<PoolCore::Command> PoolCore::take_commands() {
  return std::exchange(commands_, {});
}

std::optional<PoolCore::TimePoint> PoolCore::next_wakeup() const {
  const bool is_held_back = retry_at_ && count(State::connecting) == 0 && wants_connection();
  if (!is_held_back) return std::nullopt;
  return queue_.empty() ? warm_retry_at_ : *retry_at_;
}

PoolStats PoolCore::stats() const {
  PoolStats stats;
  stats.size = slots_.size();
  stats.in_use = count(State::in_use) + count(State::granted);
  stats.idle = count(State::idle);
  stats.connecting = count(State::connecting);
  stats.recovering = count(State::recovering);
  stats.waiting = queue_.size();
  stats.acquired = acquired_;
  stats.created = created_;
  stats.connect_failures = connect_failures_;
  stats.timeouts = timeouts_;
  stats.refused = refused_;
  stats.closed = closed_by_;
  return stats;
}

void PoolCore::offer(SlotId id, TimePoint now) {
  if (closed_) {
    close_slot(id, CloseReason::shutdown);
  } else if (const auto reason = end_of_life(slot(id), now)) {
    close_slot(id, *reason);
    open_wanted(now);
  } else if (!queue_.empty()) {
    const WaiterId waiter = *queue_.begin();
    queue_.erase(queue_.begin());
    set_state(id, State::granted);
    granted_.emplace(waiter, id);
    commands_.push_back({Action::wake, id, waiter});
  } else if (idle_.size() < limits_.size) {
    set_state(id, State::idle);
    idle_.push_back(id);
  } else {
    close_slot(id, CloseReason::surplus);
  }
}

void PoolCore::open_wanted(TimePoint now) {
  while (wants_connection()) {
    // After a failure one attempt at a time, and not before its time: no storm on a server that is coming up.
    const auto not_before = queue_.empty() ? warm_retry_at_ : retry_at_.value_or(now);
    if (failures_ > 0 && (count(State::connecting) > 0 || now < not_before)) return;
    const SlotId id = ++last_slot_;
    slots_.emplace(id, Slot{.generation = generation_});
    ++by_state_[static_cast<std::size_t>(State::connecting)];
    commands_.push_back({Action::open, id, 0});
  }
}

void PoolCore::fail_waiters() {
  for (const WaiterId waiter : std::exchange(queue_, {})) commands_.push_back({Action::fail, 0, waiter});
}

bool PoolCore::has_room() const {
  return !limits_.max_overflow || slots_.size() < limits_.size + *limits_.max_overflow;
}

bool PoolCore::wants_connection() const {
  const std::size_t connecting = count(State::connecting);
  if (closed_ || !has_room() || (limits_.max_connecting && connecting >= *limits_.max_connecting)) return false;
  return queue_.size() > connecting || slots_.size() < limits_.min_size;
}

std::optional<CloseReason> PoolCore::end_of_life(const Slot& slot, TimePoint now) const {
  if (slot.generation != generation_) return CloseReason::expired;
  if (now > slot.expires) return CloseReason::recycled;
  return std::nullopt;
}

void PoolCore::close_slot(SlotId id, CloseReason reason) {
  ++closed_by_[static_cast<std::size_t>(reason)];
  commands_.push_back({Action::close, id, 0});
  erase(id);
}

void PoolCore::erase(SlotId id) {
  --by_state_[static_cast<std::size_t>(slot(id).state)];
  slots_.erase(id);
}

void PoolCore::set_state(SlotId id, State state) {
  Slot& changed = slot(id);
  --by_state_[static_cast<std::size_t>(changed.state)];
  ++by_state_[static_cast<std::size_t>(state)];
  changed.state = state;
}

PoolCore::Slot& PoolCore::slot(SlotId id) {
  const auto found = slots_.find(id);
  assert(found != slots_.end());
  return found->second;
}

PoolCore::TimePoint PoolCore::retry_time(TimePoint now, Duration longest) {
  Duration delay = limits_.first_retry;
  for (unsigned i = 1; i < failures_ && delay < longest; ++i) delay *= 2;
  delay = std::min(delay, longest);
  std::uniform_int_distribution<Duration::rep> jitter(0, delay.count() / 2);
  return now + delay - Duration(jitter(random_));
}

}  // namespace support::database
