#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/alembic/runtime/connection.hpp"
#include "app/alembic/safety/model/lock_mode.hpp"

namespace support::alembic::safety {

// A table, a materialized view or an index, as the server's statistics have it.
struct LiveRelation {
  std::optional<std::uint64_t> rows;  // pg_class.reltuples, else pg_stat_all_tables.n_live_tup
  std::uint64_t bytes = 0;            // its own: of a table without TOAST and indexes
  std::uint64_t total_bytes = 0;      // pg_total_relation_size()
  std::uint64_t index_bytes = 0;
  double writes_per_second = 0;  // rows, since the statistics were reset
  double reads_per_second = 0;   // scans of any kind, likewise
};

// A session whose transaction has been open for long.
struct LiveSession {
  std::string pid;
  std::string user;
  std::string application;
  std::string state;  // "idle in transaction"
  double seconds = 0;
  bool holds_snapshot = false;  // backend_xmin: a concurrent index build waits for it
  std::vector<std::pair<std::pair<std::string, std::string>, LockMode>> locks;  // on (schema, relation)
};

struct LiveReplica {
  std::string name;
  std::optional<double> lag_seconds;
};

// What a plan has to know of the database that the migration is for.
struct LiveDatabase {
  std::map<std::pair<std::string, std::string>, LiveRelation> relations;  // by (schema, name)
  std::vector<LiveSession> long_transactions;
  std::vector<LiveReplica> replicas;

  const LiveRelation* find(const std::string& schema, const std::string& name) const {
    const auto found = relations.find({schema, name});
    return found == relations.end() ? nullptr : &found->second;
  }
};

// A transaction that is open for so many seconds is a long one.
inline constexpr double long_transaction_seconds = 5;

// Reads only, and waits for no lock: a table that somebody is just rebuilding has the size of its last statistics.
// Sessions of others are seen by members of pg_monitor only. Throws DatabaseError and ConnectionLost.
LiveDatabase read_live_database(Connection& connection);

}  // namespace support::alembic::safety
