#pragma once

#include <chrono>
#include <optional>

#include "app/config/settings.hpp"
#include "app/database/connect_options.hpp"

namespace support::database {

// DATABASE_POOL_* with SQLAlchemy's meanings (docs/pool.md).
struct PoolOptions {
  ConnectOptions connect;
  int size = 5;                                      // idle connections that are kept
  int max_overflow = 10;                             // connections beyond size under load; -1: no limit
  int min_size = 0;                                  // connections made at once and kept warm; at most size
  int max_waiting = -1;                              // acquires beyond that are refused at once; -1: no limit
  int max_connecting = -1;                           // connections being made at a time; -1: no limit
  std::chrono::milliseconds timeout{30'000};         // for acquire()
  std::optional<std::chrono::milliseconds> recycle;  // connections older than this, less up to a quarter of it at
                                                     // random, are replaced when they would be handed out; empty: never
  bool pre_ping = false;                             // a round trip before a connection is handed out…
  std::chrono::milliseconds pre_ping_after{1'000};   // …when it has been idle for at least this long
  std::chrono::milliseconds ping_timeout{2'000};     // for that
  std::chrono::milliseconds recovery_timeout{2'000};  // to cancel and drain an interrupted statement
  std::chrono::milliseconds first_retry{50};          // wait between failed connection attempts, doubled up to
  std::chrono::milliseconds last_retry{500};          // this, minus up to half of it at random

  // The slice of one thread when `slices` threads have a pool each; `slice` counts from 0. The slices add up to the
  // configured numbers; a slice is at least 1, so with more threads than DATABASE_POOL_SIZE the missing connections are
  // taken from the overflow, and only when that is used up too the total is one a thread.
  static PoolOptions from(const config::Settings& settings, int slice = 0, int slices = 1);
};

}  // namespace support::database
