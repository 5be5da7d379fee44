#include "app/alembic/autogenerate/parentage.hpp"

#include <algorithm>

#include "app/schema/quoting.hpp"

namespace support::alembic::autogenerate {
namespace {

std::map<QualifiedName, const Table*> by_name(const std::vector<Table>& tables) {
  std::map<QualifiedName, const Table*> result;
  for (const auto& table : tables) result[{table.schema, table.name}] = &table;
  return result;
}

const Table* table_in(const std::map<QualifiedName, const Table*>& tables, const QualifiedName& name) {
  const auto found = tables.find(name);
  return found == tables.end() ? nullptr : found->second;
}

template <class T>
const T* named(const std::vector<T>& parts, const std::string& name) {
  const auto found = std::ranges::find(parts, name, &T::name);
  return found == parts.end() ? nullptr : &*found;
}

std::vector<QualifiedName> without(const std::vector<QualifiedName>& names, const std::vector<QualifiedName>& others) {
  std::vector<QualifiedName> rest;
  std::ranges::copy_if(names, std::back_inserter(rest),
                       [&](const QualifiedName& name) { return std::ranges::find(others, name) == others.end(); });
  return rest;
}

}  // namespace

Parentage::Parentage(const CatalogSnapshot& before, const CatalogSnapshot& after)
    : before_(by_name(before.tables)), after_(by_name(after.tables)) {}

const Table* Parentage::before(const QualifiedName& table) const {
  return table_in(before_, table);
}

const Table* Parentage::after(const QualifiedName& table) const {
  return table_in(after_, table);
}

std::vector<QualifiedName> Parentage::kept(const QualifiedName& table) const {
  const auto* old_table = before(table);
  const auto* new_table = after(table);
  if (old_table == nullptr || new_table == nullptr) return {};
  if (old_table->partition_bound != new_table->partition_bound) return {};
  const auto& old_parents = old_table->parents;
  const auto& new_parents = new_table->parents;
  std::vector<QualifiedName> kept;
  for (std::size_t i = 0; i < std::min(old_parents.size(), new_parents.size()); ++i) {
    if (old_parents[i] != new_parents[i] || is_made_anew(old_parents[i]) || is_gone(old_parents[i])) break;
    kept.push_back(old_parents[i]);
  }
  return kept;
}

std::vector<QualifiedName> Parentage::left(const QualifiedName& table) const {
  const auto* old_table = before(table);
  if (old_table == nullptr || after(table) == nullptr) return {};
  return without(old_table->parents, kept(table));
}

std::vector<QualifiedName> Parentage::joined(const QualifiedName& table) const {
  const auto* new_table = after(table);
  if (new_table == nullptr || before(table) == nullptr) return {};
  auto joined = without(new_table->parents, kept(table));
  std::erase_if(joined, [&](const QualifiedName& parent) { return is_gone(parent); });
  return joined;
}

// Also when a table that nobody compares still names it.
bool Parentage::is_gone(const QualifiedName& table) const {
  return before(table) != nullptr && after(table) == nullptr;
}

// Whether no ALTER TABLE leads from the one to the other.
bool Parentage::is_made_anew(const QualifiedName& table) const {
  const auto* old_table = before(table);
  const auto* new_table = after(table);
  if (old_table == nullptr || new_table == nullptr) return false;
  if (old_table->kind != new_table->kind || old_table->partition_key != new_table->partition_key) return true;
  return std::ranges::any_of(old_table->columns, [&](const Column& column) {
    if (!is_in_partition_key(*old_table, column.name)) return false;
    const auto* other = find_column(*new_table, column.name);
    return other == nullptr || other->type != column.type || other->collation != column.collation;
  });
}

const Column* find_column(const Table& table, const std::string& name) {
  return named(table.columns, name);
}

const Constraint* find_constraint(const Table& table, const std::string& name) {
  return named(table.constraints, name);
}

bool is_in_partition_key(const Table& table, const std::string& column) {
  const auto& key = table.partition_key;
  return !key.empty() && key.find(schema::quote_identifier(column)) != std::string::npos;
}

}  // namespace support::alembic::autogenerate
