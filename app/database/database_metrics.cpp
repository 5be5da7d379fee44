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

void DatabaseMetrics::take(const MultiplexerStats& stats) {
  shared.connections.set(stats.connections);
  shared.waiting.set(stats.waiting);
  shared.in_flight.set(stats.in_flight);
  shared.statements.set(stats.statements);
  shared.batches.set(stats.batches);
  shared.run_again.set(stats.run_again);
  shared.moved.set(stats.moved);
  shared.refused.set(stats.refused);
  shared.timeouts.set(stats.timeouts);
  shared.cancelled_on_server.set(stats.cancelled_on_server);
  shared.lost_connections.set(stats.lost_connections);
}

}  // namespace support::database
