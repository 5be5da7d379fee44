#pragma once

#include <algorithm>
#include <chrono>
#include <memory>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace support::http {

// The one deadline a connection has at any moment. Moving it later costs nothing: the timer is left to fire early and
// is then set again, so that a busy connection touches the timer queue once in a while and not several times a request.
// Calls Owner::on_deadline(); the owner is held by shared_ptr and may be gone when the timer fires.
template <class Owner>
class Watchdog {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Watchdog(boost::asio::io_context& context) : timer_(context) {}

  void set(std::weak_ptr<Owner> owner, Clock::time_point deadline) {
    deadline_ = deadline;
    if (deadline_ < fires_at_) arm(std::move(owner));
  }
  void clear() { deadline_ = Clock::time_point::max(); }

 private:
  void arm(std::weak_ptr<Owner> owner) {
    fires_at_ = deadline_;
    timer_.expires_at(fires_at_);
    // A weak pointer: neither does the timer keep the connection alive, nor can it fire into one that is gone.
    timer_.async_wait([this, owner = std::move(owner)](const boost::system::error_code& ec) mutable {
      if (ec) return;
      const std::shared_ptr<Owner> alive = owner.lock();
      if (alive) fired(*alive, std::move(owner));
    });
  }

  void fired(Owner& owner, std::weak_ptr<Owner> again) {
    fires_at_ = Clock::time_point::max();
    if (deadline_ == Clock::time_point::max()) return;
    if (Clock::now() < deadline_) return arm(std::move(again));
    clear();
    owner.on_deadline();
  }

  boost::asio::steady_timer timer_;
  Clock::time_point deadline_ = Clock::time_point::max();
  Clock::time_point fires_at_ = Clock::time_point::max();
};

}  // namespace support::http
