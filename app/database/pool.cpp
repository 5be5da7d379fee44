#include "app/database/pool.hpp"

#include <cassert>
#include <utility>

#include "app/database/pool_shell.hpp"
#include "app/database/transaction.hpp"

namespace support::database {

Lease::Lease(std::shared_ptr<PoolShell> pool, PoolCore::SlotId slot, std::unique_ptr<Connection> connection)
    : pool_(std::move(pool)), slot_(slot), connection_(std::move(connection)) {}

Lease& Lease::operator=(Lease&& other) noexcept {
  if (this == &other) return *this;
  release();
  pool_ = std::move(other.pool_);
  slot_ = other.slot_;
  connection_ = std::move(other.connection_);
  return *this;
}

Lease::~Lease() {
  release();
}

void Lease::release() {
  if (!connection_) return;
  const auto pool = std::move(pool_);
  pool->give_back(slot_, std::move(connection_));
}

Pool::Pool(asio::io_context& context, PoolOptions options)
    : shell_(std::make_shared<PoolShell>(context, std::move(options))) {
  shell_->start();
}

Pool::~Pool() {
  shell_->abandon();
}

asio::awaitable<Result<Lease>> Pool::acquire(Deadline deadline) {
  return PoolShell::acquire(shell_, deadline);
}

asio::awaitable<Result<Rows>> Pool::query(std::string_view sql, Params params, Deadline deadline) {
  auto lease = co_await acquire(deadline);
  if (!lease) co_return lease.error();
  co_return co_await (*lease)->query(sql, std::move(params));
}

asio::awaitable<Result<std::int64_t>> Pool::execute(std::string_view sql, Params params, Deadline deadline) {
  auto lease = co_await acquire(deadline);
  if (!lease) co_return lease.error();
  co_return co_await (*lease)->execute(sql, std::move(params));
}

asio::awaitable<Result<Transaction>> Pool::begin(TransactionOptions options, Deadline deadline) {
  auto lease = co_await acquire(deadline);
  if (!lease) co_return lease.error();
  co_return co_await Transaction::begin(std::move(*lease), options);
}

asio::awaitable<Result<Transaction>> Pool::begin() {
  TransactionOptions options;
  co_return co_await begin(options);
}

asio::awaitable<bool> Pool::close(Deadline deadline) {
  return PoolShell::close(shell_, deadline.or_after(std::chrono::seconds(10)));
}

void Pool::expire_all() {
  shell_->expire_all();
}

std::vector<Holder> Pool::holders() const {
  return shell_->holders();
}
DatabaseMetrics& Pool::metrics() const {
  return shell_->metrics();
}
PoolStats Pool::stats() const {
  return shell_->stats();
}
const PoolOptions& Pool::options() const {
  return shell_->options();
}

}  // namespace support::database
