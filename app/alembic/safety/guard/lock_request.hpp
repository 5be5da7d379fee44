#pragma once

#include <string>
#include <vector>

#include "app/alembic/safety/model/lock_mode.hpp"
#include "app/alembic/safety/model/relation.hpp"
#include "app/alembic/safety/syntax/node.hpp"

namespace support::alembic::safety {

// A lock that a statement is about to ask for, as far as its text tells. What the server's catalog adds (partitions,
// an index's table, the other side of a foreign key) is found where the lock is looked up.
struct LockRequest {
  // The other tables of foreign keys, which get the same lock (reference: AlterTableGetLockLevel's callers).
  enum class Partners { none, all, of_column, of_constraint };

  RelationName relation;
  LockMode mode = LockMode::none;
  Partners partners = Partners::none;
  std::string partner_name = {};  // the column, or the constraint

  friend bool operator==(const LockRequest&, const LockRequest&) = default;
};

class SchemaModel;

// What a statement asks for beyond what table_locks() says of relations that nothing is known of.
std::vector<LockRequest> lock_requests(const Node& statement, const SchemaModel& model);

// The modes, as pg_locks spells them, that make a request for `mode` wait (PostgreSQL manual, table 13.2).
std::vector<std::string> conflicting_modes(LockMode mode);

// Whether sessions that only read or write rows wait for who holds it.
bool blocks_application(LockMode mode);

}  // namespace support::alembic::safety
