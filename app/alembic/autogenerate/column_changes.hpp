#pragma once

#include <optional>
#include <set>
#include <string>

#include "app/alembic/autogenerate/catalog.hpp"
#include "app/alembic/autogenerate/object_changes.hpp"

// The operations of columns.
namespace support::alembic::autogenerate {

// What the operations of a column have to know of what is around it.
struct ColumnSetting {
  const Table& table;  // its wanted state
  int server_version = 0;
  // Sequences that are objects of their own on the other side: they are neither made nor dropped with the column.
  const std::set<QualifiedName>& kept_sequences;
  bool has_children = false;  // that stay children
};

OperationList add_operations(const ColumnSetting& setting, const Column& column);
OperationList drop_operations(const ColumnSetting& setting, const Column& column);
// std::nullopt: it has to be dropped and added.
std::optional<OperationList> alter_operations(const ColumnSetting& setting, const Column& before, const Column& after);

// Of a column of a view: its comment and its default, and how it is stored in a materialized one.
struct ViewSetting {
  QualifiedName view;
  bool materialized = false;
  int server_version = 0;
};
OperationList view_column_operations(const ViewSetting& setting, const Column& before, const Column& after);

// What CREATE TABLE and ADD COLUMN can't say: storage, compression, statistics and options.
OperationList storage_operations(const ColumnSetting& setting, const Column& before, const Column& after);

// The sequence of a serial that SERIAL does not make; what must be there before the column, and what follows it.
OperationList sequence_operations(const ColumnSetting& setting, const Column& column);
OperationList own_sequence_operations(const ColumnSetting& setting, const Column& column);

// The default alone, taken away and set again around a change of what it uses.
Operation drop_default_operation(const Table& table, const Column& column);
Operation set_default_operation(const Table& table, const Column& column);

// The expression of USING that turns values of the one type into the other; empty where PostgreSQL does it by itself.
std::string conversion(const std::string& column, const std::string& from, const std::string& to);

}  // namespace support::alembic::autogenerate
