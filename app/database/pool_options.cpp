#include "app/database/pool_options.hpp"

#include <algorithm>
#include <cassert>

namespace support::database {
namespace {

// The part of `total` that slice number `slice` gets: all parts add up to `total`, the first ones take the remainder.
int share(int total, int slice, int slices) {
  return total / slices + (slice < total % slices ? 1 : 0);
}

}  // namespace

PoolOptions PoolOptions::from(const config::Settings& settings, int slice, int slices) {
  assert(slices > 0 && slice >= 0 && slice < slices);
  const int size = static_cast<int>(settings->database_pool_size);
  const int overflow = static_cast<int>(settings->database_max_overflow);
  const int missing = std::max(0, slices - size);  // slices that size has no connection for
  PoolOptions options;
  options.connect = ConnectOptions::from(settings);
  // Our own cancel request comes first; the server's is for when it can't.
  if (options.connect.statement_cache_size > 0) {
    options.connect.statement_timeout = options.connect.command_timeout + server_margin;
  }
  options.connect.limit_transactions = true;
  options.connect.tag_transactions = settings->database_tag_transactions;
  options.size = share(size + missing, slice, slices);
  options.max_overflow = overflow < 0 ? -1 : share(std::max(0, overflow - missing), slice, slices);
  // A slice that waits or connects has room for one at least.
  const auto slice_of = [&](std::int64_t limit) {
    return limit < 0 ? -1 : std::max(1, share(static_cast<int>(limit), slice, slices));
  };
  options.min_size = std::min(options.size, share(static_cast<int>(settings->database_pool_min_size), slice, slices));
  options.max_waiting = slice_of(settings->database_pool_max_waiting);
  options.max_connecting = slice_of(settings->database_pool_max_connecting);
  options.timeout = settings->database_pool_timeout;
  options.recycle = settings->database_pool_recycle;
  options.pre_ping = settings->database_pool_pre_ping;
  return options;
}

}  // namespace support::database
