#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include <boost/asio/awaitable.hpp>

#include "app/database/connection.hpp"
#include "app/database/pool.hpp"

namespace support::database {

enum class Isolation { server_default, read_committed, repeatable_read, serializable };
enum class Access { server_default, read_write, read_only };

struct TransactionOptions {
  Isolation isolation = Isolation::server_default;
  Access access = Access::server_default;
  bool deferrable = false;  // waits for a snapshot that can't fail; only for serializable, read_only
  // For transact() alone.
  int attempts = 3;                           // how often it may run the body when is_retryable()
  std::chrono::milliseconds first_pause{5};   // before the second attempt, doubled for each further one up to
  std::chrono::milliseconds last_pause{250};  // this; at random between half of that and all of it
};

// How long to wait before attempt `next` (2, 3…): those who hindered each other must not meet again. `random` is from 0
// to 1.
std::chrono::microseconds retry_pause(const TransactionOptions& options, int next, double random);

class Savepoint;

// A transaction on a connection of its own. Dropped without commit() it is rolled back by the pool, in the background.
class Transaction {
 public:
  static asio::awaitable<Result<Transaction>> begin(Lease lease, TransactionOptions options, Deadline deadline = {});
  Transaction() = default;  // not open
  Transaction(Transaction&&) noexcept = default;
  Transaction& operator=(Transaction&& other) noexcept;
  ~Transaction();

  // Afterwards the connection is back in the pool, whatever the result. in_doubt: COMMIT was sent and its answer did
  // not come. rolled_back: a statement had failed and its error was ignored. Precondition: no savepoint is open.
  asio::awaitable<Result<void>> commit(Deadline deadline = {});
  // Afterwards the connection is back in the pool, which does what a statement can't: an interrupted transaction is
  // rolled back in the background.
  asio::awaitable<Result<void>> rollback(Deadline deadline = {});
  // A nested scope.
  asio::awaitable<Result<Savepoint>> savepoint(Deadline deadline = {});

  // Precondition: is_open().
  Connection& connection() const { return *lease_; }
  Connection* operator->() const { return &*lease_; }
  bool is_open() const { return static_cast<bool>(lease_); }

 private:
  friend class Savepoint;
  // What savepoints know of their transaction, which may end before they do.
  struct Scope {
    Connection* connection;  // null: ended
    int depth = 0;           // savepoints that are open
  };

  explicit Transaction(Lease lease);
  // Takes the connection; the transaction is not open any more.
  Lease end();

  Lease lease_;
  std::shared_ptr<Scope> scope_;
};

// Dropped without release() it is rolled back, before the next statement of the transaction. When the transaction has
// ended, so has the savepoint. Savepoints end in the opposite order of their making.
class Savepoint {
 public:
  Savepoint() = default;  // ended
  Savepoint(Savepoint&& other) noexcept;
  Savepoint& operator=(Savepoint&&) = delete;
  ~Savepoint();

  // Precondition of both: neither this savepoint nor its transaction has ended.
  // Keeps what was done since.
  asio::awaitable<Result<void>> release(Deadline deadline = {});
  // Undoes what was done since; also makes a failed transaction usable again.
  asio::awaitable<Result<void>> rollback(Deadline deadline = {});

 private:
  friend class Transaction;
  explicit Savepoint(std::shared_ptr<Transaction::Scope> scope);
  std::string rollback_sql() const;
  void end();

  std::shared_ptr<Transaction::Scope> scope_;  // null once ended
  int level_ = 0;
};

// Waits before attempt `next` of a transaction, and counts it. False, at once, when the pause would not end before
// `deadline`.
asio::awaitable<bool> pause_before_retry(Pool& pool, TransactionOptions options, int next, Deadline deadline);

// Runs `body(Transaction&)`, a coroutine that returns a Result<T>, in a transaction: commits when it returns a value,
// rolls back when it returns an error or throws, and runs it again, in a new transaction and after a pause without a
// connection, when the error is_retryable(): at most options.attempts times and not beyond `deadline`. What
// is_in_doubt() is never retryable. `body` is kept until the end, so a lambda with captures is safe here. It must not
// commit or roll back itself.
template <class Body>
auto transact(Pool& pool, Body body, TransactionOptions options = {}, Deadline deadline = {})
    -> std::invoke_result_t<Body&, Transaction&> {
  for (int attempt = 1;; ++attempt) {
    auto transaction = co_await pool.begin(options, deadline);
    if (!transaction) co_return transaction.error();
    auto result = co_await body(*transaction);
    if (result) {
      const auto committed = co_await transaction->commit();
      if (committed) co_return result;
      result = committed.error();
    } else {
      (void)co_await transaction->rollback();
    }
    if (attempt >= options.attempts || !result.error().is_retryable()) co_return result;
    const bool has_time = co_await pause_before_retry(pool, options, attempt + 1, deadline);
    if (!has_time) co_return result;
  }
}

}  // namespace support::database
