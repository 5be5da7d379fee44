#include "app/database/standby_lag.hpp"

#include <algorithm>

namespace support::database {

void StandbyLag::reported(std::size_t host, TimePoint asked, const ServerReport& report) {
  hosts_[host].last = report;
  if (report.in_recovery) {
    take_standby(host, report);
  } else {
    take_primary(host, asked, report);
  }
}

void StandbyLag::take_primary(std::size_t host, TimePoint asked, const ServerReport& report) {
  hosts_[host].current_as_of.reset();
  if (primaries() > 1 || !report.position) {
    forget_positions();
    return;
  }
  const Origin origin{.host = host, .timeline = report.timeline, .system = report.system};
  if (origin_ != origin || history_.last() > report.position) forget_positions();
  origin_ = origin;
  history_.add(asked, *report.position);
}

void StandbyLag::take_standby(std::size_t host, const ServerReport& report) {
  if (origin_ && origin_->host == host) forget_positions();  // it was the primary
  auto& current_as_of = hosts_[host].current_as_of;
  if (!origin_ || !origin_->has(report)) {
    current_as_of.reset();
    return;
  }
  if (!report.position) return;
  const auto covered = history_.covered_by(*report.position);
  if (covered && (!current_as_of || *current_as_of < *covered)) current_as_of = covered;
}

void StandbyLag::lost(std::size_t host) {
  hosts_[host] = {};
}

StandbyLag::Standing StandbyLag::standing(std::size_t host) const {
  const auto& last = hosts_[host].last;
  if (!last) return Standing::unknown;
  if (!last->in_recovery) return primaries() == 1 ? Standing::primary : Standing::rival_primary;
  if (!origin_) return Standing::unknown;
  return origin_->has(*last) ? Standing::standby : Standing::stranger;
}

std::size_t StandbyLag::primaries() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(hosts_, [](const Host& host) { return host.last && !host.last->in_recovery; }));
}

void StandbyLag::forget_positions() {
  origin_.reset();
  history_.clear();
  for (Host& host : hosts_) host.current_as_of.reset();
}

}  // namespace support::database
