#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace support::database {

// Where the primary's write-ahead log stood at which times: what turns the position of a standby into a time.
//
// Holds at most `limit` entries; when they are used up, every second one is dropped. Fewer entries say less, never
// anything wrong.
class PositionHistory {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit PositionHistory(std::size_t limit = 512) : limit_(limit) {}

  // `position` was read at `asked` or later. An idle primary, whose position stands still, costs no entries.
  // Precondition: neither is before that of the last call.
  void add(TimePoint asked, std::int64_t position);
  // The latest time whose commits lie all at or before `position`; empty: before the first entry.
  std::optional<TimePoint> covered_by(std::int64_t position) const;
  // The last position; empty: none.
  std::optional<std::int64_t> last() const;
  void clear() { entries_.clear(); }
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    TimePoint asked;
    std::int64_t position = 0;
  };

  std::size_t limit_;
  std::vector<Entry> entries_;  // ascending in both
};

}  // namespace support::database
