#include "app/database/transaction.hpp"

#include <algorithm>
#include <cassert>
#include <random>
#include <utility>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "app/database/database_metrics.hpp"

namespace support::database {
namespace {

std::string begin_sql(const TransactionOptions& options) {
  std::string sql = "BEGIN";
  switch (options.isolation) {
    case Isolation::server_default:
      break;
    case Isolation::read_committed:
      sql += " ISOLATION LEVEL READ COMMITTED";
      break;
    case Isolation::repeatable_read:
      sql += " ISOLATION LEVEL REPEATABLE READ";
      break;
    case Isolation::serializable:
      sql += " ISOLATION LEVEL SERIALIZABLE";
      break;
  }
  switch (options.access) {
    case Access::server_default:
      break;
    case Access::read_write:
      sql += " READ WRITE";
      break;
    case Access::read_only:
      sql += " READ ONLY";
      break;
  }
  if (options.deferrable) sql += " DEFERRABLE";
  return sql;
}

}  // namespace

std::chrono::microseconds retry_pause(const TransactionOptions& options, int next, double random) {
  std::chrono::microseconds pause = options.first_pause;
  for (int attempt = 2; attempt < next && pause < options.last_pause; ++attempt) pause *= 2;
  pause = std::min<std::chrono::microseconds>(pause, options.last_pause);
  return std::chrono::duration_cast<std::chrono::microseconds>(pause * (1 + random) / 2);
}

asio::awaitable<bool> pause_before_retry(Pool& pool, TransactionOptions options, int next, Deadline deadline) {
  thread_local std::minstd_rand generator{std::random_device()()};
  const auto until =
      Deadline::Clock::now() + retry_pause(options, next, std::uniform_real_distribution<double>(0, 1)(generator));
  if (deadline.is_set() && until >= deadline.or_after({})) co_return false;
  pool.metrics().retries.add();
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor, until);
  co_await timer.async_wait(asio::use_awaitable);
  co_return true;
}

asio::awaitable<Result<Transaction>> Transaction::begin(Lease lease, TransactionOptions options, Deadline deadline) {
  const auto begun = co_await lease->begin(begin_sql(options), deadline);
  if (!begun) co_return begun.error();
  co_return Transaction(std::move(lease));
}

Transaction::Transaction(Lease lease)
    : lease_(std::move(lease)), scope_(std::make_shared<Scope>(Scope{.connection = &*lease_})) {}

Transaction& Transaction::operator=(Transaction&& other) noexcept {
  if (this == &other) return *this;
  end();
  lease_ = std::move(other.lease_);
  scope_ = std::move(other.scope_);
  return *this;
}

Transaction::~Transaction() {
  end();
}

Lease Transaction::end() {
  if (scope_) scope_->connection = nullptr;
  scope_.reset();
  return std::move(lease_);
}

asio::awaitable<Result<void>> Transaction::commit(Deadline deadline) {
  assert(is_open() && scope_->depth == 0);
  const Lease lease = end();
  co_return co_await lease->commit(deadline);
}

asio::awaitable<Result<void>> Transaction::rollback(Deadline deadline) {
  assert(is_open());
  const Lease lease = end();
  if (lease->health() != Connection::Health::in_transaction) co_return Result<void>();
  co_return co_await lease->run("ROLLBACK", deadline);
}

asio::awaitable<Result<Savepoint>> Transaction::savepoint(Deadline deadline) {
  assert(is_open());
  const auto set = co_await lease_->run(fmt::format("SAVEPOINT sp_{}", scope_->depth + 1), deadline);
  if (!set) co_return set.error();
  co_return Savepoint(scope_);
}

Savepoint::Savepoint(std::shared_ptr<Transaction::Scope> scope) : scope_(std::move(scope)), level_(++scope_->depth) {}

Savepoint::Savepoint(Savepoint&& other) noexcept : scope_(std::move(other.scope_)), level_(other.level_) {}

Savepoint::~Savepoint() {
  if (!scope_) return;
  if (scope_->connection) scope_->connection->owe(rollback_sql() + ";");
  end();
}

asio::awaitable<Result<void>> Savepoint::release(Deadline deadline) {
  assert(scope_ && scope_->connection);
  const auto released = co_await scope_->connection->run(fmt::format("RELEASE SAVEPOINT sp_{}", level_), deadline);
  // Otherwise the transaction has failed, and the destructor rolls back to here.
  if (released) end();
  co_return released;
}

asio::awaitable<Result<void>> Savepoint::rollback(Deadline deadline) {
  assert(scope_ && scope_->connection);
  const auto undone = co_await scope_->connection->run(rollback_sql(), deadline);
  if (undone) end();
  co_return undone;
}

std::string Savepoint::rollback_sql() const {
  return fmt::format("ROLLBACK TO SAVEPOINT sp_{0}; RELEASE SAVEPOINT sp_{0}", level_);
}

void Savepoint::end() {
  assert(scope_->depth == level_);
  --scope_->depth;
  scope_.reset();
}

}  // namespace support::database
