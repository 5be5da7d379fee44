#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "app/alembic/runtime/connection.hpp"
#include "app/alembic/safety/trace/statement_trace.hpp"

namespace support::alembic::safety {

using Oid = std::uint32_t;

struct RelationState {
  TracedRelation name;
  Oid table = 0;            // of an index
  std::uint64_t file = 0;   // 0: it has none
  std::uint64_t scans = 0;  // sequential ones, as far as the source counts them
  bool is_part_of_toast = false;
};

using RelationCatalog = std::map<Oid, RelationState>;

// Where scans are counted.
enum class ScanCount {
  of_transaction,  // those of this session that it has not reported yet, which a transaction does at its end
  reported,        // those that all sessions have reported
};

// The relations of the database but PostgreSQL's own and temporary ones, as the session sees them, with the files that
// they have now. Takes no lock on any of them. Throws DatabaseError and ConnectionLost.
RelationCatalog read_relations(Bind& connection, ScanCount count);

// What became of `before`: rewrites, rebuilds, builds and scans, of those relations alone that `existing` has.
void add_changes(StatementTrace& trace, const RelationCatalog& existing, const RelationCatalog& before,
                 const RelationCatalog& after);

}  // namespace support::alembic::safety
