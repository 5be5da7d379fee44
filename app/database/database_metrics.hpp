#pragma once

#include <array>
#include <cstddef>

#include "app/database/error.hpp"
#include "app/database/pool_core.hpp"
#include "app/metrics/counter.hpp"
#include "app/metrics/histogram.hpp"

namespace support::database {

struct MultiplexerStats;

// How a statement ended.
enum class Outcome {
  ok,
  failed,     // the server refused it
  late,       // its deadline passed
  cancelled,  // whoever asked gave up
  lost,       // the connection broke
};
inline constexpr std::size_t outcome_count = 5;
const char* to_string(Outcome);
Outcome outcome_of(const Error& error);  // of no error: ok

// What a pool and its connections count. Written by the pool's thread, read by any.
struct DatabaseMetrics {
  // How the pool stands, copied from PoolStats whenever it changes.
  metrics::Counter in_use, idle, connecting, recovering, waiting;
  metrics::Counter acquired, created, connect_failures, timeouts, refused;
  std::array<metrics::Counter, close_reason_count> closed;  // by CloseReason

  metrics::Histogram acquire;                                // time from acquire() to the connection
  std::array<metrics::Histogram, outcome_count> statements;  // time of statements, by Outcome
  metrics::Counter slow_statements;
  metrics::Counter retries;  // of transact()

  // The same of the shared connections, from MultiplexerStats; those to several servers add up.
  struct Shared {
    metrics::Counter connections, waiting, in_flight;
    metrics::Counter statements, batches, run_again, moved, refused, timeouts, cancelled_on_server, lost_connections;
  } shared;

  // Of reads that may be as old as DATABASE_READ_MAX_LAG: who answered them, and why the primary had to.
  struct BoundedReads {
    metrics::Counter standby;
    metrics::Counter no_standby;      // none was within the bound
    metrics::Counter after_write;     // none was known to have what this process wrote last, or to have recovered
    metrics::Counter standby_failed;  // it was asked and gave an error, or no answer
  } bounded_reads;

  void take(const PoolStats& stats);
  // What has changed at one of the multiplexers since it was last taken.
  void take(const MultiplexerStats& now, const MultiplexerStats& before);
};

}  // namespace support::database
