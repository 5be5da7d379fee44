#include "app/database/read_route.hpp"

#include <algorithm>

namespace support::database {

ReadRoute route_read(std::span<const StandbyState> standbys, std::size_t first, const ReadNeeds& needs) {
  ReadRoute route;
  for (std::size_t i = 0; i < standbys.size(); ++i) {
    const std::size_t number = (first + i) % standbys.size();
    const auto [current_as_of, failed_at] = standbys[number];
    if (!current_as_of || needs.now - *current_as_of > needs.max_lag) continue;
    if (*current_as_of >= std::max(needs.last_write, failed_at)) {
      route.standby = number;
      return route;
    }
    route.awaits_news = true;
  }
  return route;
}

}  // namespace support::database
