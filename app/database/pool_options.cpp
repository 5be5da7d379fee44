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
  options.size = share(size + missing, slice, slices);
  options.max_overflow = overflow < 0 ? -1 : share(std::max(0, overflow - missing), slice, slices);
  options.timeout = settings->database_pool_timeout;
  options.recycle = settings->database_pool_recycle;
  options.pre_ping = settings->database_pool_pre_ping;
  return options;
}

}  // namespace support::database
