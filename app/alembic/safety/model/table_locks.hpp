#pragma once

#include <string>
#include <vector>

#include "app/alembic/safety/model/lock_mode.hpp"
#include "app/alembic/safety/model/schema_model.hpp"

namespace support::alembic::safety {

struct TableLock {
  RelationName relation;
  LockMode mode = LockMode::none;
  bool is_target = false;  // named by the statement; not a partition, a parent or a partner by foreign key
};

// The strongest lock that the statement takes on each relation which was there before this migration, as measured on
// PostgreSQL 15 to 18. Relations that only the catalog of a live server knows are missing.
std::vector<TableLock> table_locks(const Node& statement, const SchemaModel& model);

// The lock of one sub-command of ALTER TABLE (AlterTableGetLockLevel).
LockMode command_lock(const Node& command);

// Whether the statement reads or writes rows, and does no more than that.
bool is_data_statement(const Node& statement);
// Whether it changes no relation and waits for none: SET, SAVEPOINT, COMMIT …
bool is_session_statement(const Node& statement);
// CONCURRENTLY, and VACUUM: time-outs of their own apply to these.
bool is_concurrent(const Node& statement);
// The value of a boolean option in parentheses or behind the command: VACUUM (FULL), REINDEX CONCURRENTLY.
bool has_option(const Node& statement, std::string_view list, std::string_view option);

}  // namespace support::alembic::safety
