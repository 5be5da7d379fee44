#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <variant>

#include "app/database/notification.hpp"

namespace support::database {

// Notifications may have been missed before this point: what they would have told must be read anew.
struct Gap {
  enum class Reason {
    started,      // listening begins; whatever came before was not heard
    reconnected,  // the connection had broken
    overflowed,   // the reader was too slow, and `dropped` notifications were thrown away
  };
  Reason reason = Reason::started;
  std::size_t dropped = 0;
};

using ListenerEvent = std::variant<Notification, Gap>;

// What has arrived and was not read yet: at most `limit` notifications. What does not fit is dropped, and a Gap stands
// where it would have been, so that a slow reader costs no memory and always knows. No I/O.
class NotificationQueue {
 public:
  // Precondition: limit > 0.
  explicit NotificationQueue(std::size_t limit) : limit_(limit) {}

  void push(Notification notification);
  // A gap at the end; gaps that would follow each other are one.
  void push_gap(Gap::Reason reason);
  std::optional<ListenerEvent> pop();
  bool empty() const { return events_.empty(); }
  std::size_t dropped() const { return dropped_; }  // since the beginning

 private:
  Gap* last_gap();

  std::deque<ListenerEvent> events_;
  std::size_t limit_;
  std::size_t notifications_ = 0;
  std::size_t dropped_ = 0;
};

}  // namespace support::database
