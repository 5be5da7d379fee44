#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <string_view>

namespace support::database {

// On whose behalf the database is asked: what diagnostics call the holder of a connection or the sender of a statement.
// The texts are borrowed for as long as the deadline is in force.
struct Caller {
  std::string_view request_id;
  std::string_view route;

  bool is_known() const { return !request_id.empty() || !route.empty(); }
};

// When to give up. Default-constructed it means "as configured": DATABASE_COMMAND_TIMEOUT for a statement,
// DATABASE_POOL_TIMEOUT for acquiring a connection.
class Deadline {
 public:
  using Clock = std::chrono::steady_clock;

  constexpr Deadline() = default;
  static Deadline at(Clock::time_point when) { return Deadline(when); }
  static Deadline after(Clock::duration delay) { return Deadline(saturating_add(Clock::now(), delay)); }

  // The same with a name to it; it goes wherever the deadline goes.
  Deadline on_behalf_of(const Caller& caller) const {
    Deadline named = *this;
    named.caller_ = caller;
    return named;
  }
  const Caller& caller() const { return caller_; }

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
  Caller caller_;
};

}  // namespace support::database
