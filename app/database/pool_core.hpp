#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <set>
#include <unordered_map>
#include <vector>

namespace support::database {

enum class CloseReason {
  surplus,      // more were idle than are kept
  recycled,     // past its age
  expired,      // older than the last expire_all()
  dead,         // found dead before it was handed out
  broken,       // broke while it was on loan
  unrecovered,  // could not be brought in order in time
  shutdown,
};
inline constexpr std::size_t close_reason_count = 7;
const char* to_string(CloseReason);

// How a pool stands now, and what it has done since it was made.
struct PoolStats {
  std::size_t size = 0;    // connections that exist or are being made
  std::size_t in_use = 0;  // on loan
  std::size_t idle = 0;
  std::size_t connecting = 0;
  std::size_t recovering = 0;  // given back in the middle of something
  std::size_t waiting = 0;     // acquires without a connection yet
  std::uint64_t acquired = 0;
  std::uint64_t created = 0;
  std::uint64_t connect_failures = 0;
  std::uint64_t timeouts = 0;
  std::uint64_t refused = 0;                               // acquires turned away because the queue was full
  std::array<std::uint64_t, close_reason_count> closed{};  // by CloseReason
};

// The accounting of a pool: who gets which connection, when to open one and when to close one. Knows no sockets and no
// clock: the shell tells it what happened and when, and carries out the commands it answers with.
//
// A connection is a slot, from the command to open it until it is closed. Slots that exist never exceed
// size + max_overflow. Waiters are served first come first served; idle connections last in first out, so that a
// burst's surplus ages. Every waiter that joined must leave exactly once, by take() or by leave().
//
// tick() once at the start opens the first min_size connections; from then on those that are lost are replaced.
class PoolCore {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::steady_clock::duration;
  using SlotId = std::uint64_t;
  using WaiterId = std::uint64_t;

  struct Limits {
    std::size_t size = 5;
    std::optional<std::size_t> max_overflow = 10;  // empty: no limit
    std::size_t min_size = 0;                      // kept open though nobody waits; at most size
    std::optional<std::size_t> max_waiting;        // empty: no limit
    std::optional<std::size_t> max_connecting;     // connections being made at a time; empty: no limit
    std::optional<Duration> recycle;
    Duration recycle_jitter{};  // taken off recycle, at random up to this, for each connection
    Duration first_retry = std::chrono::milliseconds(50);
    Duration last_retry = std::chrono::milliseconds(500);
    Duration last_warm_retry = std::chrono::seconds(5);  // when nobody waits for the attempt
  };
  enum class Action {
    open,   // make a connection for `slot`, then opened() or open_failed()
    close,  // destroy the connection of `slot`, which nobody uses; the slot is gone already
    wake,   // `waiter` can take() its slot
    fail,   // `waiter` will get nothing: no server, or the pool closed. It still has to leave().
  };
  struct Command {
    Action action;
    SlotId slot = 0;
    WaiterId waiter = 0;
  };

  PoolCore(Limits limits, std::uint32_t seed);

  // A place in the order of service, for somebody who may not have to wait.
  struct Grant {
    SlotId slot;
    WaiterId place;
  };
  // An idle connection, which is then in use; only while nobody waits is there one.
  std::optional<Grant> take_idle(TimePoint now);
  // A waiter joins the end of the queue; empty, and counted, when max_waiting others wait already.
  std::optional<WaiterId> join(TimePoint now);
  // The waiter's slot, once it was granted one; the slot is then in use and the waiter gone.
  std::optional<SlotId> take(WaiterId);
  // The waiter gives up. A slot that it was granted goes to the next one.
  void leave(WaiterId, TimePoint now);
  // The slot that was taken turned out to be dead. It is closed, and its taker waits in its old place (of take_idle()
  // or join()), ahead of those who came later.
  void exchange(SlotId, WaiterId former, TimePoint now);

  void opened(SlotId, TimePoint now);
  void open_failed(SlotId, TimePoint now);
  // A slot in use comes back clean; it may be told to close.
  void give_back(SlotId, TimePoint now);
  // A slot in use comes back and has to be brought in order first…
  void recover(SlotId);
  // …which worked.
  void recovered(SlotId, TimePoint now);
  // A slot in use or in recovery is no more; its connection is destroyed by the caller.
  void discard(SlotId, CloseReason, TimePoint now);
  // next_wakeup() has come.
  void tick(TimePoint now);
  // Every connection that exists or is being made is closed instead of being handed out again: now, when it comes back,
  // or when it is there. A waiter that was granted one waits again, in its old place.
  void expire_all(TimePoint now);
  // Grants nothing from here on; fails the waiters and closes what is idle.
  void close(TimePoint now);

  // What the shell has to do now, in order.
  std::vector<Command> take_commands();

  // When to tick(); empty: no need.
  std::optional<TimePoint> next_wakeup() const;
  bool is_closed() const { return closed_; }
  // True when no slot is left.
  bool is_empty() const { return slots_.empty(); }
  PoolStats stats() const;
  void count_timeout() { ++timeouts_; }

 private:
  enum class State { connecting, idle, granted, in_use, recovering };
  struct Slot {
    State state = State::connecting;
    std::uint64_t generation = 0;
    TimePoint expires = TimePoint::max();
  };
  std::size_t count(State state) const { return by_state_[static_cast<std::size_t>(state)]; }
  bool has_room() const;
  // Why the slot may not be handed out any more; empty: it may.
  std::optional<CloseReason> end_of_life(const Slot&, TimePoint now) const;
  // A connection is to be made, as far as limits and failures allow.
  bool wants_connection() const;
  // A connection is free and in order: for the first waiter, or to the idle ones, or closed.
  void offer(SlotId, TimePoint now);
  void wait_in_line(WaiterId, TimePoint now);
  void open_wanted(TimePoint now);
  void fail_waiters();
  void close_slot(SlotId, CloseReason);
  void erase(SlotId);
  void set_state(SlotId, State);
  Slot& slot(SlotId);
  TimePoint retry_time(TimePoint now, Duration longest);

  Limits limits_;
  std::minstd_rand random_;
  std::unordered_map<SlotId, Slot> slots_;
  std::vector<SlotId> idle_;  // the one that came back last at the end
  std::set<WaiterId> queue_;  // waiting; ids grow with time, so the first has waited longest
  std::unordered_map<WaiterId, SlotId> granted_;
  std::vector<Command> commands_;
  std::array<std::size_t, 5> by_state_{};
  SlotId last_slot_ = 0;
  WaiterId last_waiter_ = 0;
  unsigned failures_ = 0;              // attempts in a row that failed
  std::optional<TimePoint> retry_at_;  // no attempt before this for those who wait…
  TimePoint warm_retry_at_{};          // …nor before this for min_size
  std::uint64_t generation_ = 0;       // expire_all() begins another
  bool closed_ = false;

  std::uint64_t acquired_ = 0, created_ = 0, connect_failures_ = 0, timeouts_ = 0, refused_ = 0;
  std::array<std::uint64_t, close_reason_count> closed_by_{};
};

}  // namespace support::database
