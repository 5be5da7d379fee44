#include "app/database/database_metrics.hpp"

#include <boost/asio/error.hpp>

#include "app/database/multiplexer.hpp"

namespace support::database {

const char* to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::ok:
      return "ok";
    case Outcome::failed:
      return "failed";
    case Outcome::late:
      return "late";
    case Outcome::cancelled:
      return "cancelled";
    case Outcome::lost:
      return "lost";
  }
  return "unknown";
}

Outcome outcome_of(const Error& error) {
  if (!error.code()) return Outcome::ok;
  if (error.is_deadline_exceeded()) return Outcome::late;
  if (error.code() == boost::asio::error::operation_aborted) return Outcome::cancelled;
  if (error.is_connection_lost()) return Outcome::lost;
  return Outcome::failed;
}

void DatabaseMetrics::take(const PoolStats& stats) {
  in_use.set(stats.in_use);
  idle.set(stats.idle);
  connecting.set(stats.connecting);
  recovering.set(stats.recovering);
  waiting.set(stats.waiting);
  acquired.set(stats.acquired);
  created.set(stats.created);
  connect_failures.set(stats.connect_failures);
  timeouts.set(stats.timeouts);
  refused.set(stats.refused);
  for (std::size_t i = 0; i < closed.size(); ++i) closed[i].set(stats.closed[i]);
}

void DatabaseMetrics::take(const MultiplexerStats& now, const MultiplexerStats& before) {
  // Unsigned, so that what has become less is taken off.
  shared.connections.add(now.connections - before.connections);
  shared.waiting.add(now.waiting - before.waiting);
  shared.in_flight.add(now.in_flight - before.in_flight);
  shared.statements.add(now.statements - before.statements);
  shared.batches.add(now.batches - before.batches);
  shared.run_again.add(now.run_again - before.run_again);
  shared.moved.add(now.moved - before.moved);
  shared.refused.add(now.refused - before.refused);
  shared.timeouts.add(now.timeouts - before.timeouts);
  shared.cancelled_on_server.add(now.cancelled_on_server - before.cancelled_on_server);
  shared.lost_connections.add(now.lost_connections - before.lost_connections);
}

}  // namespace support::database
