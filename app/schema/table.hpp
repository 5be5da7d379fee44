#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "app/schema/column.hpp"
#include "app/schema/constraint.hpp"
#include "app/schema/index.hpp"

namespace support::schema {

// What stands in the list of a table, in any order.
using TableItem = std::variant<Column, PrimaryKeyConstraint, UniqueConstraint, CheckConstraint, ForeignKeyConstraint,
                               ExcludeConstraint, Index>;

struct TableOptions {
  std::string schema = {};
  std::string comment = {};
  std::vector<std::string> prefixes = {};  // UNLOGGED, TEMPORARY
  std::vector<std::string> inherits = {};  // parent tables
  std::string partition_by = {};           // "RANGE (created_at)"
  std::string using_ = {};                 // the table access method
  std::optional<bool> with_oids = {};      // true: up to PostgreSQL 11
  std::string on_commit = {};              // of a temporary table: DROP, DELETE ROWS, PRESERVE ROWS
  std::string tablespace = {};

  bool operator==(const TableOptions&) const = default;
};

// A table as a value. The constructor brings the two ways to declare a key, an index or a foreign key (at the column,
// in the list) to one form: afterwards `constraints` holds all of them in the order in which they print, the primary
// key first, and `indexes` all indexes.
struct Table : TableOptions {
  // Throws std::invalid_argument on a column that is named twice, a key over a column that is not there, two primary
  // keys, and an index or constraint name that is too long for PostgreSQL.
  Table(std::string table_name, const std::vector<TableItem>& items, TableOptions options = {});

  const Column* find(const std::string& column) const;
  const PrimaryKeyConstraint* primary_key() const;
  // The column that becomes SERIAL; null when there is none.
  const Column* autoincrement_column() const;

  std::string name;
  std::vector<Column> columns;
  std::vector<Constraint> constraints;
  std::vector<Index> indexes;
  bool operator==(const Table&) const = default;
};

// The index that index=true at a column stands for: ix_<table>_<column>, with the table's schema before it if it has
// one; a naming convention may replace the name.
Index column_index(const Column& column, const std::string& table, const std::string& schema);

}  // namespace support::schema
