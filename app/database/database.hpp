#pragma once

#include <string_view>
#include <utility>

#include "app/database/multiplexer.hpp"
#include "app/database/pool.hpp"

namespace support::database {

// The database as one thread of the service uses it: a pool for transactions and writes, and shared connections for
// single reads.
class Database {
 public:
  // `shared` null: reads take a connection from the pool, too. Both must outlive it.
  Database(Pool& pool, Multiplexer* shared) : pool_(pool), shared_(shared) {}

  // One statement that only reads; see Multiplexer::read(). `sql` must live until the operation ends.
  asio::awaitable<Result<Rows>> read(std::string_view sql, Params params, Deadline deadline) {
    return shared_ ? shared_->read(sql, std::move(params), deadline) : pool_.query(sql, std::move(params), deadline);
  }
  Pool& pool() { return pool_; }
  const Multiplexer* shared() const { return shared_; }

 private:
  Pool& pool_;
  Multiplexer* shared_;
};

}  // namespace support::database
