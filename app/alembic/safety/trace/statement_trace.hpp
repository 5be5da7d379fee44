#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "app/alembic/safety/model/lock_mode.hpp"

namespace support::alembic::safety {

// A relation as a report names it, and as another database is asked for it.
struct TracedRelation {
  std::string shown;   // "users", "other.x", "toast(users)", "toastidx(users)"
  std::string schema;  // of the relation; for parts of a toast table, and for an index, that of the table
  std::string name;    // likewise: the table that it belongs to
  std::string index;   // the index, where it is one of a user
  char kind = 'r';     // pg_class.relkind

  friend bool operator==(const TracedRelation&, const TracedRelation&) = default;
  bool is_table() const { return kind == 'r' || kind == 'm' || kind == 'p'; }
};

struct TracedLock {
  TracedRelation relation;
  LockMode mode = LockMode::none;
  std::size_t since = 0;  // the statement of the plan that took it, from 0

  friend bool operator==(const TracedLock&, const TracedLock&) = default;
};

// How a statement reaches the server.
enum class Execution {
  shared,   // in a transaction with others; locks last until its end
  alone,    // by itself, in the transaction that the server makes for it
  sampled,  // by itself, because the server refuses it in a transaction block: its locks come and go while it runs
};

struct StatementSource {
  std::string revision;  // empty for a file
  std::string file;
  unsigned line = 0;  // from 1; 0: not known
};

// What one statement did to the relations that were there before its transaction: nobody can wait for one that only
// the transaction sees. Measured, not read from its text.
struct StatementTrace {
  std::string sql;
  StatementSource source;
  Execution execution = Execution::shared;
  // At the end of the statement its transaction holds these, the ones of earlier statements included; sampled: all that
  // were seen, requested ones among them. By relation, then mode.
  std::vector<TracedLock> locks;
  std::vector<TracedRelation> rewrites;        // tables, materialized views: a new file
  std::vector<TracedRelation> index_rebuilds;  // a new file for an index that keeps its name
  std::vector<TracedRelation> index_builds;    // of tables that were there before; named by the table and the index
  std::vector<TracedRelation> scans;           // tables, materialized views: read from end to end, or begun to
};

}  // namespace support::alembic::safety
