#include "app/database/transaction.hpp"

#include <cassert>

#include <fmt/format.h>

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

asio::awaitable<Result<Transaction>> Transaction::begin(Lease lease, TransactionOptions options, Deadline deadline) {
  const auto begun = co_await lease->run(begin_sql(options), deadline);
  if (!begun) co_return begun.error();
  co_return Transaction(std::move(lease));
}

asio::awaitable<Result<void>> Transaction::commit(Deadline deadline) {
  assert(is_open() && *depth_ == 0);
  const Lease lease = std::move(lease_);
  co_return co_await lease->commit(deadline);
}

asio::awaitable<Result<void>> Transaction::rollback(Deadline deadline) {
  assert(is_open());
  const Lease lease = std::move(lease_);
  // What a statement can't undo, an interrupted transaction, the pool does.
  if (lease->health() != Connection::Health::in_transaction) co_return Result<void>();
  co_return co_await lease->run("ROLLBACK", deadline);
}

asio::awaitable<Result<Savepoint>> Transaction::savepoint(Deadline deadline) {
  assert(is_open());
  const auto set = co_await lease_->run(fmt::format("SAVEPOINT sp_{}", *depth_ + 1), deadline);
  if (!set) co_return set.error();
  co_return Savepoint(*lease_, *depth_);
}

Savepoint::Savepoint(Connection& connection, int& depth) : connection_(&connection), depth_(&depth), level_(++depth) {}

Savepoint::Savepoint(Savepoint&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)), depth_(other.depth_), level_(other.level_) {}

Savepoint::~Savepoint() {
  if (!connection_) return;
  connection_->owe(rollback_sql() + ";");
  end();
}

asio::awaitable<Result<void>> Savepoint::release(Deadline deadline) {
  assert(connection_);
  const auto released = co_await connection_->run(fmt::format("RELEASE SAVEPOINT sp_{}", level_), deadline);
  // Otherwise the transaction has failed, and the destructor rolls back to here.
  if (released) end();
  co_return released;
}

asio::awaitable<Result<void>> Savepoint::rollback(Deadline deadline) {
  assert(connection_);
  const auto undone = co_await connection_->run(rollback_sql(), deadline);
  if (undone) end();
  co_return undone;
}

std::string Savepoint::rollback_sql() const {
  return fmt::format("ROLLBACK TO SAVEPOINT sp_{0}; RELEASE SAVEPOINT sp_{0}", level_);
}

void Savepoint::end() {
  assert(*depth_ == level_);
  --*depth_;
  connection_ = nullptr;
}

}  // namespace support::database
