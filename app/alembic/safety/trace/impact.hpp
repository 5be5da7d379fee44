#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/alembic/safety/trace/live_database.hpp"
#include "app/alembic/safety/trace/statement_trace.hpp"

namespace support::alembic::safety {

// The assumption behind every estimate: what a server on common cloud storage does, in bytes of the live table, when
// its pages are not in memory. The only place where it stands.
struct Throughput {
  double scanned = 200.0 * 1024 * 1024;   // a second: read from end to end
  double rewritten = 60.0 * 1024 * 1024;  // read, written anew and logged
  double indexed = 40.0 * 1024 * 1024;    // of an index: sorted, written and logged
};

// A table whose readers or writers wait while a statement runs.
struct Queue {
  TracedRelation relation;
  LockMode mode = LockMode::none;
  double statements_per_second = 0;       // that would wait, by the server's statistics
  std::optional<double> statements = {};  // by the time that the statement ends
};

// A session that a statement would have to wait for, and everybody else behind it.
struct WaitsFor {
  LiveSession session;
  std::string relation;  // "" for an old snapshot
  LockMode mode = LockMode::none;
};

// A statement, measured on a copy, with the figures of the live database.
struct Impact {
  StatementTrace trace;
  // Of the largest table that it reads or writes as a whole, or else that it locks; absent when not known.
  std::optional<std::uint64_t> rows;
  std::optional<std::uint64_t> bytes;   // of all that it reads or writes as a whole
  std::optional<double> seconds;        // absent when no sizes are known; 0: a change of the catalog
  LockMode strongest = LockMode::none;  // on a table
  std::vector<Queue> queues;
  std::vector<WaitsFor> waits_for;
  std::size_t replicas = 0;  // that have to write again what a rewrite or an index build writes
};

// `live` may be null: then there are no figures.
Impact estimate_impact(StatementTrace trace, const LiveDatabase* live, const Throughput& throughput = {});

}  // namespace support::alembic::safety
