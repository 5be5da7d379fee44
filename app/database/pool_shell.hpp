#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/static_string/static_string.hpp>

#include "app/database/database_metrics.hpp"
#include "app/database/pool.hpp"

namespace support::database {

// Does what PoolCore decides: sockets, timers, coroutines. Leases and background work share it, so that they may
// outlive the Pool.
class PoolShell : public std::enable_shared_from_this<PoolShell> {
 public:
  using SlotId = PoolCore::SlotId;
  using TimePoint = PoolCore::TimePoint;

  PoolShell(asio::io_context& context, PoolOptions options);

  // Makes the first connections.
  void start();
  // They keep the shell alive from the call to their end, also before they have started.
  static asio::awaitable<Result<Lease>> acquire(std::shared_ptr<PoolShell> self, Deadline deadline);
  static asio::awaitable<bool> close(std::shared_ptr<PoolShell> self, TimePoint deadline);
  void give_back(SlotId slot, std::unique_ptr<Connection> connection);
  // The Pool is gone: nothing new, and nothing more in the background than must be.
  void abandon();
  void expire_all();

  PoolStats stats() const { return core_.stats(); }
  std::vector<Holder> holders() const;
  DatabaseMetrics& metrics() { return *metrics_; }
  const PoolOptions& options() const { return options_; }

 private:
  class Waiting;
  struct ConnectFailure {
    Error error;
    TimePoint when;
  };

  // One connection of the pool. It is here while it is idle, or granted and not taken yet; on loan it is elsewhere.
  struct Entry {
    std::unique_ptr<Connection> connection;
    // On loan: to whom. Copies, because the lease may outlive what the request borrowed them from.
    boost::static_string<64> request_id;
    boost::static_string<96> route;
    TimePoint taken{};
    int backend_pid = 0;
    bool on_loan = false;
  };

  Lease lend(SlotId slot, const Deadline& deadline);
  void park(SlotId slot, std::unique_ptr<Connection> connection);
  void run_commands();
  void open(SlotId slot);
  void opened(SlotId slot, Result<std::unique_ptr<Connection>> connection);
  void start_recovery(SlotId slot, std::unique_ptr<Connection> connection);
  static asio::awaitable<std::unique_ptr<Connection>> recover(std::unique_ptr<Connection> connection,
                                                              std::chrono::milliseconds timeout);
  void recovered(SlotId slot, std::unique_ptr<Connection> connection);
  void arm_retry_timer();
  void cancel_connecting();
  void drop(SlotId slot, CloseReason reason);
  bool wants_ping(const Connection& connection) const;
  void note_connect_failure(const Error& error);

  Error timeout_error(bool by_deadline);
  Error refusal_error() const;
  Error failure_error() const;
  // How the pool stands, for people.
  std::string situation() const;

  asio::io_context& context_;
  PoolOptions options_;
  PoolCore core_;
  std::shared_ptr<DatabaseMetrics> metrics_;
  std::unordered_map<SlotId, Entry> entries_;
  std::unordered_map<SlotId, std::shared_ptr<asio::cancellation_signal>> connecting_;
  std::unordered_map<PoolCore::WaiterId, Waiting*> waiting_;
  asio::steady_timer retry_timer_;
  asio::steady_timer empty_timer_;  // close() waits on it for the last connection
  std::optional<TimePoint> retry_armed_;
  std::optional<ConnectFailure> last_failure_;
  std::optional<TimePoint> failure_logged_;
  bool running_commands_ = false;
  bool abandoned_ = false;
};

}  // namespace support::database
