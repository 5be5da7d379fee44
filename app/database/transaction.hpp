#pragma once

#include <optional>
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
  int attempts = 3;         // transact() alone: how often it may run the body when is_retryable()
};

class Savepoint;

// A transaction on a connection of its own. Dropped without commit() it is rolled back by the pool, in the background.
class Transaction {
 public:
  static asio::awaitable<Result<Transaction>> begin(Lease lease, TransactionOptions options, Deadline deadline = {});
  Transaction(Transaction&&) noexcept = default;
  Transaction& operator=(Transaction&&) noexcept = default;

  // Afterwards the connection is back in the pool, whatever the result. in_doubt: COMMIT was sent and its answer did
  // not come. rolled_back: a statement had failed and its error was ignored.
  asio::awaitable<Result<void>> commit(Deadline deadline = {});
  // The connection goes back at once when the transaction can't be rolled back by a statement.
  asio::awaitable<Result<void>> rollback(Deadline deadline = {});
  // A nested scope. It must end before the transaction or the savepoint around it does.
  asio::awaitable<Result<Savepoint>> savepoint(Deadline deadline = {});

  // Preconditions: is_open().
  Connection& connection() const { return *lease_; }
  Connection* operator->() const { return &*lease_; }
  bool is_open() const { return static_cast<bool>(lease_); }

 private:
  explicit Transaction(Lease lease) : lease_(std::move(lease)), depth_(std::make_unique<int>(0)) {}

  Lease lease_;
  std::unique_ptr<int> depth_;  // savepoints that are open; they point here
};

// Dropped without release() it is rolled back, before the next statement of the transaction.
class Savepoint {
 public:
  Savepoint(Savepoint&&) noexcept;
  Savepoint& operator=(Savepoint&&) = delete;
  ~Savepoint();

  // Keeps what was done since.
  asio::awaitable<Result<void>> release(Deadline deadline = {});
  // Undoes what was done since; also makes a failed transaction usable again.
  asio::awaitable<Result<void>> rollback(Deadline deadline = {});

 private:
  friend class Transaction;
  Savepoint(Connection& connection, int& depth);
  std::string rollback_sql() const;
  void end();

  Connection* connection_;  // null once ended
  int* depth_;
  int level_;
};

// Runs `body(Transaction&)`, a coroutine that returns a Result<T>, in a transaction: commits when it returns a value,
// rolls back when it returns an error or throws, and runs it again, in a new transaction, when the error
// is_retryable(). `body` is kept until the end, so a lambda with captures is safe here. It must not commit or roll back
// itself.
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
      if (attempt >= options.attempts || !committed.error().is_retryable()) co_return committed.error();
      continue;
    }
    (void)co_await transaction->rollback();
    if (attempt >= options.attempts || !result.error().is_retryable()) co_return result;
  }
}

}  // namespace support::database
