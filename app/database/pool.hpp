#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "app/database/connection.hpp"
#include "app/database/pool_core.hpp"
#include "app/database/pool_options.hpp"

namespace support::database {

class PoolShell;
class Transaction;
struct TransactionOptions;

// Who has a connection now.
struct Holder {
  std::string request_id;  // of Deadline::caller(); empty: not said
  std::string route;
  std::chrono::steady_clock::duration held{};
  int backend_pid = 0;
};

// A connection on loan. Movable; goes back when it is destroyed. If it is then not as it was (a transaction is open, a
// statement was interrupted, the session was altered) the pool cancels, drains, rolls back and resets in the background
// before anybody else gets it, or closes it.
class Lease {
 public:
  Lease() = default;  // empty
  Lease(Lease&&) noexcept = default;
  Lease& operator=(Lease&&) noexcept;
  ~Lease();

  Connection& operator*() const { return *connection_; }
  Connection* operator->() const { return connection_.get(); }
  // Gives the connection back now. The lease is empty afterwards.
  void release();
  explicit operator bool() const { return connection_ != nullptr; }

 private:
  friend class PoolShell;
  Lease(std::shared_ptr<PoolShell> pool, PoolCore::SlotId slot, std::unique_ptr<Connection> connection);

  std::shared_ptr<PoolShell> pool_;
  PoolCore::SlotId slot_ = 0;
  std::unique_ptr<Connection> connection_;
};

// Connections of one io_context, kept for reuse: the first min_size made at once, the others when they are needed.
// Everything happens on the one thread that drives the io_context, so nothing is locked; a program with several threads
// has a Pool on each.
//
// Waiters are served in the order they came. While no server can be reached, waiters fail within about half a second
// with connect_failed instead of waiting out their time, and the server's return is noticed by the next attempt.
class Pool {
 public:
  Pool(asio::io_context& context, PoolOptions options);
  // Connections still on loan are closed when they come back. Destroy the pool before its io_context.
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // Waits for a connection until `deadline` or DATABASE_POOL_TIMEOUT, whichever is sooner. `deadline` then also caps
  // every statement on the connection, so a request gives it once; its caller() is what holders() and logs say.
  // Errors: pool_timeout, deadline_exceeded, pool_full, connect_failed, pool_closed; operation_aborted when cancelled,
  // and then nothing was taken.
  asio::awaitable<Result<Lease>> acquire(Deadline deadline = {});

  // One statement outside a transaction on a connection of its own: acquire, run, give back.
  asio::awaitable<Result<Rows>> query(std::string_view sql, Params params = {}, Deadline deadline = {});
  asio::awaitable<Result<std::int64_t>> execute(std::string_view sql, Params params = {}, Deadline deadline = {});
  // acquire() and BEGIN. transact() in transaction.hpp does this with commit, rollback and retry.
  asio::awaitable<Result<Transaction>> begin(TransactionOptions options, Deadline deadline = {});
  asio::awaitable<Result<Transaction>> begin();

  // Refuses further acquires (pool_closed), waits for the connections on loan until `deadline` (default: 10 s), then
  // closes. True when all had come back. Later calls return at once.
  asio::awaitable<bool> close(Deadline deadline = {});

  // No connection that exists now is handed out any more (after a failover, say, or new credentials): idle ones are
  // closed now, those on loan when they come back.
  void expire_all();

  PoolStats stats() const;
  // Who has a connection, the one who has had it longest first.
  std::vector<Holder> holders() const;
  // Counts what happens here, also as others see it. Lives as long as the pool; readable from any thread.
  DatabaseMetrics& metrics() const;
  const PoolOptions& options() const;

 private:
  std::shared_ptr<PoolShell> shell_;
};

}  // namespace support::database
