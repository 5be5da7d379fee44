#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

namespace support::database {

// When to give up. Default-constructed it means "as configured": DATABASE_COMMAND_TIMEOUT for a statement,
// DATABASE_POOL_TIMEOUT for acquiring a connection.
class Deadline {
 public:
  using Clock = std::chrono::steady_clock;

  constexpr Deadline() = default;
  static Deadline at(Clock::time_point when) { return Deadline(when); }
  static Deadline after(Clock::duration delay) { return Deadline(saturating_add(Clock::now(), delay)); }

  bool is_set() const { return when_.has_value(); }
  // The moment itself; `otherwise` after now when it is not set.
  Clock::time_point or_after(Clock::duration otherwise) const {
    return when_ ? *when_ : saturating_add(Clock::now(), otherwise);
  }

 private:
  explicit Deadline(Clock::time_point when) : when_(when) {}
  static Clock::time_point saturating_add(Clock::time_point now, Clock::duration delay) {
    return delay > Clock::time_point::max() - now ? Clock::time_point::max() : now + delay;
  }

  std::optional<Clock::time_point> when_;
};

}  // namespace support::database
