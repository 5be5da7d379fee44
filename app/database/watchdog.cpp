#include "app/database/watchdog.hpp"

#include <utility>

#include <boost/asio/steady_timer.hpp>

namespace support::database {

namespace asio = boost::asio;

struct Watchdog::State {
  State(asio::io_context& context, asio::posix::stream_descriptor& watched) : timer(context), descriptor(&watched) {}

  asio::steady_timer timer;
  asio::posix::stream_descriptor* descriptor;
  TimePoint deadline = TimePoint::max();
  TimePoint armed = TimePoint::max();
  bool expired = false;
};

Watchdog::Watchdog(asio::io_context& context, asio::posix::stream_descriptor& descriptor)
    : state_(std::make_shared<State>(context, descriptor)) {}

Watchdog::~Watchdog() {
  state_->timer.cancel();
}

void Watchdog::watch(TimePoint deadline) {
  state_->deadline = deadline;
  state_->expired = false;
  if (deadline < state_->armed) arm(state_, deadline);
}

bool Watchdog::rest() {
  state_->deadline = TimePoint::max();
  return std::exchange(state_->expired, false);
}

void Watchdog::arm(const std::shared_ptr<State>& state, TimePoint when) {
  state->armed = when;
  state->timer.expires_at(when);
  // A handler that is already queued runs even when the watchdog is gone: it may only look through a weak pointer.
  state->timer.async_wait([weak = std::weak_ptr(state)](const boost::system::error_code& ec) {
    const auto watched = weak.lock();
    if (ec || !watched) return;
    watched->armed = TimePoint::max();
    if (watched->deadline == TimePoint::max()) return;
    if (std::chrono::steady_clock::now() < watched->deadline) return arm(watched, watched->deadline);
    watched->expired = true;
    boost::system::error_code ignored;
    watched->descriptor->cancel(ignored);
  });
}

}  // namespace support::database
