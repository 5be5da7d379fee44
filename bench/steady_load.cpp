#include "bench/steady_load.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <deque>
#include <stdexcept>

#include "bench/client_socket.hpp"

namespace support::bench {

namespace {

using Clock = std::chrono::steady_clock;

class Driver {
 public:
  // The service ends a connection after 10,000.
  static constexpr int requests_of_a_connection = 5'000;

  explicit Driver(const SteadyLoad& load)
      : load_(load),
        interval_(1 / load.requests_a_second),
        total_(static_cast<std::size_t>(load.requests_a_second * std::chrono::duration<double>(load.duration).count())),
        epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    sockets_.reserve(static_cast<std::size_t>(load.connections));
    due_.resize(static_cast<std::size_t>(load.connections));
    answered_.resize(static_cast<std::size_t>(load.connections));
    for (std::uint32_t i = 0; i < due_.size(); ++i) {
      sockets_.emplace_back(load.port);
      watch(i);
      free_.push_back(i);
    }
  }
  ~Driver() { ::close(epoll_); }
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  std::vector<std::chrono::duration<double>> run() {
    start_ = Clock::now();
    while (took_.size() < total_) {
      send_what_is_due();
      wait();
    }
    std::sort(took_.begin(), took_.end());
    return std::move(took_);
  }

 private:
  Clock::time_point due(std::size_t request) const {
    return start_ + std::chrono::duration_cast<Clock::duration>(interval_ * static_cast<double>(request));
  }
  void send_what_is_due() {
    const auto now = Clock::now();
    while (sent_ < total_ && !free_.empty() && due(sent_) <= now) {
      const auto i = free_.front();
      free_.pop_front();
      due_[i] = due(sent_++);
      sockets_[i].send(load_.next_request());
    }
  }
  // Until an answer or the next request is due.
  void wait() {
    std::array<epoll_event, 64> events;
    timespec limit{.tv_sec = 10, .tv_nsec = 0};
    if (sent_ < total_ && !free_.empty()) {
      const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(due(sent_) - Clock::now()).count();
      limit = {.tv_sec = 0, .tv_nsec = std::clamp<long>(left, 0, 999'999'999)};
    }
    const int count = ::epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &limit, nullptr);
    if (count == 0 && limit.tv_sec > 0) throw std::runtime_error("The service has not answered for ten seconds");
    for (int k = 0; k < count; ++k) {
      const auto i = events[static_cast<std::size_t>(k)].data.u32;
      if (!sockets_[i].receive()) continue;
      took_.emplace_back(Clock::now() - due_[i]);
      free_.push_back(i);
      if (++answered_[i] == requests_of_a_connection) renew(i);
    }
  }
  void watch(std::uint32_t i) {
    epoll_event event{.events = EPOLLIN, .data = {.u32 = i}};
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, sockets_[i].fd(), &event);
  }
  void renew(std::uint32_t i) {
    answered_[i] = 0;
    sockets_[i] = ClientSocket(load_.port);
    watch(i);
  }

  const SteadyLoad& load_;
  std::chrono::duration<double> interval_;
  std::size_t total_;
  int epoll_;
  std::vector<ClientSocket> sockets_;
  std::vector<int> answered_;           // on each connection
  std::vector<Clock::time_point> due_;  // of the request that each connection waits for
  std::deque<std::uint32_t> free_;
  Clock::time_point start_;
  std::size_t sent_ = 0;
  std::vector<std::chrono::duration<double>> took_;
};

}  // namespace

std::vector<std::chrono::duration<double>> latencies(const SteadyLoad& load) {
  return Driver(load).run();
}

}  // namespace support::bench
