#pragma once

#include <map>
#include <string>
#include <vector>

#include "app/alembic/autogenerate/catalog.hpp"

namespace support::alembic::autogenerate {

// Which tables stay children of which from one snapshot to the other. What happens to a parent reaches its children by
// itself; a table that leaves its parent, or joins another, changes on its own, between the leaving and the joining.
// The snapshots must outlive it.
class Parentage {
 public:
  Parentage(const CatalogSnapshot& before, const CatalogSnapshot& after);

  // The parents that it keeps; none of a table that is on one side only. In the order of both sides, as PostgreSQL can
  // only take a parent away or add one at the end.
  std::vector<QualifiedName> kept(const QualifiedName& table) const;
  // Of a table that is on both sides: those that it leaves, and those that it joins.
  std::vector<QualifiedName> left(const QualifiedName& table) const;
  std::vector<QualifiedName> joined(const QualifiedName& table) const;

  // Null when that side has no such table.
  const Table* before(const QualifiedName& table) const;
  const Table* after(const QualifiedName& table) const;

 private:
  using Tables = std::map<QualifiedName, const Table*>;

  bool is_gone(const QualifiedName& table) const;
  bool is_made_anew(const QualifiedName& table) const;

  Tables before_;
  Tables after_;
};

// Null when the table has no such column, or constraint.
const Column* find_column(const Table& table, const std::string& name);
const Constraint* find_constraint(const Table& table, const std::string& name);

// PostgreSQL changes no column that decides which partition a row is in.
bool is_in_partition_key(const Table& table, const std::string& column);

}  // namespace support::alembic::autogenerate
