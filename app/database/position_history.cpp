#include "app/database/position_history.hpp"

#include <algorithm>
#include <cassert>

namespace support::database {

void PositionHistory::add(TimePoint asked, std::int64_t position) {
  if (!entries_.empty() && entries_.back().position == position) {
    entries_.back().asked = asked;
    return;
  }
  assert(entries_.empty() || (entries_.back().position < position && entries_.back().asked <= asked));
  if (entries_.size() >= limit_) {
    std::size_t kept = 0;
    for (std::size_t i = 1; i < entries_.size(); i += 2) entries_[kept++] = entries_[i];
    entries_.resize(kept);
  }
  entries_.push_back({asked, position});
}

std::optional<PositionHistory::TimePoint> PositionHistory::covered_by(std::int64_t position) const {
  const auto after = std::ranges::upper_bound(entries_, position, {}, &Entry::position);
  if (after == entries_.begin()) return std::nullopt;
  return std::prev(after)->asked;
}

std::optional<std::int64_t> PositionHistory::last() const {
  if (entries_.empty()) return std::nullopt;
  return entries_.back().position;
}

}  // namespace support::database
