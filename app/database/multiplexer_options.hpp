#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

#include "app/config/settings.hpp"
#include "app/database/connect_options.hpp"

namespace support::database {

// How a Multiplexer behaves (docs/engine.md).
struct MultiplexerOptions {
  ConnectOptions connect;
  std::size_t connections = 2;                // for reads; at least 1
  std::size_t write_connections = 1;          // for execute_once()
  std::size_t max_batch = 64;                 // statements that are handed over together
  std::size_t max_batches = 2;                // unanswered on a connection before it gets no more
  std::size_t max_waiting = 4096;             // statements that wait for a connection; more are refused
  std::chrono::milliseconds slow_after{50};   // what waits behind a statement that takes longer moves elsewhere
  std::chrono::milliseconds first_retry{50};  // wait between failed connection attempts, doubled up to
  std::chrono::milliseconds last_retry{500};  // this, minus up to half of it at random
  bool rerun_lost = true;  // false: a read whose connection broke is the caller's again, who has another server
  std::optional<std::chrono::milliseconds> recycle;  // connections older than this are replaced; empty: never

  // The part of one thread of DATABASE_SHARED_CONNECTIONS; empty when that is 0 (off).
  static std::optional<MultiplexerOptions> from(const config::Settings& settings);
};

}  // namespace support::database
