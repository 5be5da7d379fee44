#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "app/database/host_list.hpp"
#include "app/database/own_writes.hpp"

namespace support::database {

// What the threads of the service know about the hosts of DATABASE_URL: written by the one StandbyMonitor, read by any
// thread, for every read and without a lock.
class StandbyBoard {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // `max_lag` is DATABASE_READ_MAX_LAG.
  StandbyBoard(const std::vector<HostEntry>& hosts, std::chrono::milliseconds max_lag);

  std::size_t size() const { return hosts_.size(); }
  std::chrono::milliseconds max_lag() const { return max_lag_; }
  // "db2:5432", for logs and metrics.
  const std::string& name(std::size_t host) const { return hosts_[host].name; }

  // Everything committed on the primary by then can be seen on this standby. Empty: no standby, or not known.
  std::optional<TimePoint> current_as_of(std::size_t host) const;
  // Counts the sessions that the monitor has had with the host; 0: none yet. With a new one it may be another server,
  // or have been started anew, and what was made for the last one is of no use.
  std::uint64_t session(std::size_t host) const { return hosts_[host].session.load(std::memory_order_acquire); }
  // Where that session leads to: one address, whatever the host's name stands for.
  HostEntry address(std::size_t host) const;

  OwnWrites& own_writes() { return own_writes_; }
  const OwnWrites& own_writes() const { return own_writes_; }

  // Asks the monitor to look now and not when its time comes: a read waits to be sent to a standby.
  void ask_for_news();

  // For the monitor.
  void publish(std::size_t host, std::optional<TimePoint> current_as_of);
  void begin_session(std::size_t host, HostEntry address);
  // Set before other threads know the board; `wake` is called on theirs, once for any number of questions.
  void on_question(std::function<void()> wake) { wake_ = std::move(wake); }
  // Whether it was asked since the last call.
  bool take_question() { return is_asked_.exchange(false, std::memory_order_acq_rel); }

 private:
  struct Host {
    std::string name;
    std::atomic<TimePoint::rep> current_as_of = 0;  // 0: not known
    std::atomic<std::uint64_t> session = 0;
    HostEntry address;  // under mutex_
  };

  std::chrono::milliseconds max_lag_;
  std::deque<Host> hosts_;
  mutable std::mutex mutex_;
  OwnWrites own_writes_;
  std::atomic<bool> is_asked_ = false;
  std::function<void()> wake_;
};

}  // namespace support::database
