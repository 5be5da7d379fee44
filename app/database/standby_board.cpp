#include "app/database/standby_board.hpp"

#include <utility>

#include <fmt/format.h>

namespace support::database {
namespace {

std::string name_of(const HostEntry& host) {
  const std::string& place = host.host.empty() ? host.hostaddr : host.host;
  if (host.port.empty()) return place;
  const bool is_ipv6 = place.find(':') != std::string::npos && !place.starts_with('/');
  return is_ipv6 ? fmt::format("[{}]:{}", place, host.port) : fmt::format("{}:{}", place, host.port);
}

}  // namespace

StandbyBoard::StandbyBoard(const std::vector<HostEntry>& hosts, std::chrono::milliseconds max_lag) : max_lag_(max_lag) {
  for (const HostEntry& host : hosts) {
    Host& added = hosts_.emplace_back();
    added.name = name_of(host);
    added.address = host;
  }
}

std::optional<StandbyBoard::TimePoint> StandbyBoard::current_as_of(std::size_t host) const {
  const auto ticks = hosts_[host].current_as_of.load(std::memory_order_acquire);
  if (ticks == 0) return std::nullopt;
  return TimePoint(TimePoint::duration(ticks));
}

HostEntry StandbyBoard::address(std::size_t host) const {
  const std::lock_guard lock(mutex_);
  return hosts_[host].address;
}

void StandbyBoard::ask_for_news() {
  if (is_asked_.load(std::memory_order_relaxed) || is_asked_.exchange(true, std::memory_order_acq_rel)) return;
  if (wake_) wake_();
}

void StandbyBoard::publish(std::size_t host, std::optional<TimePoint> current_as_of) {
  const auto ticks = current_as_of ? current_as_of->time_since_epoch().count() : 0;
  hosts_[host].current_as_of.store(ticks, std::memory_order_release);
}

void StandbyBoard::begin_session(std::size_t host, HostEntry address) {
  {
    const std::lock_guard lock(mutex_);
    hosts_[host].address = std::move(address);
  }
  hosts_[host].session.fetch_add(1, std::memory_order_acq_rel);
}

}  // namespace support::database
