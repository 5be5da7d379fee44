#include "app/database/notification_queue.hpp"

#include <utility>

namespace support::database {

Gap* NotificationQueue::last_gap() {
  return events_.empty() ? nullptr : std::get_if<Gap>(&events_.back());
}

void NotificationQueue::push(Notification notification) {
  if (notifications_ < limit_) {
    ++notifications_;
    events_.emplace_back(std::move(notification));
    return;
  }
  ++dropped_;
  if (!last_gap()) events_.emplace_back(Gap{Gap::Reason::overflowed});
  ++last_gap()->dropped;
}

void NotificationQueue::push_gap(Gap::Reason reason) {
  if (!last_gap()) events_.emplace_back(Gap{reason});
}

std::optional<ListenerEvent> NotificationQueue::pop() {
  if (events_.empty()) return std::nullopt;
  ListenerEvent event = std::move(events_.front());
  events_.pop_front();
  if (std::holds_alternative<Notification>(event)) --notifications_;
  return event;
}

}  // namespace support::database
