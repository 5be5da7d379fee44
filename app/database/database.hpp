#pragma once

#include <string_view>
#include <utility>

#include "app/database/multiplexer.hpp"
#include "app/database/pool.hpp"
#include "app/database/read_split.hpp"

namespace support::database {

// How old what a read sees may be.
enum class Freshness {
  current,  // whatever was committed before the read began is seen
  bounded,  // at most DATABASE_READ_MAX_LAG old, and everything is seen that this process wrote before
};

// The database as one thread of the service uses it: a pool for transactions and writes, shared connections for single
// reads, and standbys for those of them that need not be current.
class Database {
 public:
  // `shared` null: reads take a connection from the pool, too. `standbys` null: all reads are current. All must outlive
  // it.
  Database(Pool& pool, Multiplexer* shared, ReadSplit* standbys = nullptr)
      : pool_(pool), shared_(shared), standbys_(standbys) {}

  // One statement that only reads; see Multiplexer::read(). `sql` must live until the operation ends.
  asio::awaitable<Result<Rows>> read(Freshness freshness, std::string_view sql, Params params, Deadline deadline) {
    if (freshness == Freshness::bounded && standbys_) return read_bounded(sql, std::move(params), deadline);
    return read_current(sql, std::move(params), deadline);
  }
  Pool& pool() { return pool_; }
  const Multiplexer* shared() const { return shared_; }

 private:
  asio::awaitable<Result<Rows>> read_current(std::string_view sql, Params params, Deadline deadline) {
    return shared_ ? shared_->read(sql, std::move(params), deadline) : pool_.query(sql, std::move(params), deadline);
  }
  asio::awaitable<Result<Rows>> read_bounded(std::string_view sql, Params params, Deadline deadline) {
    auto answer = co_await standbys_->try_read(sql, params, deadline);
    if (answer) co_return std::move(*answer);
    co_return co_await read_current(sql, std::move(params), deadline);
  }

  Pool& pool_;
  Multiplexer* shared_;
  ReadSplit* standbys_;
};

}  // namespace support::database
