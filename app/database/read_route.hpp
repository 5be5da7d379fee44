#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>

namespace support::database {

// What is known of a host when a read looks for a standby.
struct StandbyState {
  using TimePoint = std::chrono::steady_clock::time_point;

  // Everything that was committed on the primary at that time can be seen there. Empty: no standby, or not known.
  std::optional<TimePoint> current_as_of;
  // It failed a read then; what was known of it before that does not count.
  TimePoint failed_at{};
};

// What a read asks of a standby.
struct ReadNeeds {
  StandbyState::TimePoint now;
  std::chrono::milliseconds max_lag{};
  StandbyState::TimePoint last_write;  // OwnWrites::latest()
};

struct ReadRoute {
  std::optional<std::size_t> standby;  // its number among the states; empty: the primary
  // A standby within the bound was passed over because a newer look at it is needed: it may have a write of ours by
  // now, or have recovered.
  bool awaits_news = false;
};

// Where a read goes: to the first standby from number `first` on, in a circle, that is at most `max_lag` behind and has
// everything this process has written; otherwise to the primary.
ReadRoute route_read(std::span<const StandbyState> standbys, std::size_t first, const ReadNeeds& needs);

}  // namespace support::database
