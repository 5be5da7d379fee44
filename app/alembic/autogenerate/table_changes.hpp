#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/alembic/autogenerate/catalog.hpp"
#include "app/alembic/autogenerate/column_changes.hpp"
#include "app/alembic/autogenerate/object_changes.hpp"

// The operations of tables as wholes; columns, constraints and indexes of a table that is on both sides have their own.
namespace support::alembic::autogenerate {

struct TableSetting {
  ColumnSetting columns;                       // of the table
  std::vector<const Table*> parents;           // those that the snapshot has
  std::set<std::string> separate_constraints;  // that are added later, because of what they refer to
};

// The table with its columns and constraints and all that is set on them, without indexes.
OperationList create_operations(const TableSetting& setting, const Table& table);
OperationList drop_operations(const Table& table);
// What the table says itself, its parents aside. Of CLUSTER ON and REPLICA IDENTITY USING INDEX only what no new index
// is needed for.
std::optional<OperationList> alter_operations(const Table& before, const Table& after);

// As it is before it leaves these parents, and after it has joined them.
OperationList leave_operations(const Table& table, const std::vector<QualifiedName>& parents);
OperationList join_operations(const Table& table, const std::vector<QualifiedName>& parents);

// CLUSTER ON and REPLICA IDENTITY, where the table names this index (or the index of this constraint).
OperationList index_role_operations(const Table& table, const std::string& index);

}  // namespace support::alembic::autogenerate
