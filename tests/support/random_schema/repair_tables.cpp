// Columns, constraints, indexes and what hangs on tables.
#include <algorithm>
#include <set>
#include <utility>

#include "tests/support/random_schema/expressions.hpp"
#include "tests/support/random_schema/repair.hpp"

namespace support::tests::random_schema {
namespace {

bool is_integer(const Model& model, const Column& column) {
  return column.type.user == 0 && !column.type.array && model.family_of(column.type) == Family::integer;
}

bool is_filled_well(const Model& model, const Table& table, const Column& column) {
  switch (column.fill) {
    case Fill::none:
      return true;
    case Fill::constant:
      return constant(model, model.type_of(column.id), column.variant).has_value();
    case Fill::function: {
      const auto* routine = model.routine(column.source);
      return column.follows == 0 && routine != nullptr && takes(model, *routine, column.type);
    }
    case Fill::sequence:
      return column.follows == 0 && is_integer(model, column) && find(model.sequences, column.source) != nullptr;
    case Fill::serial:
      return column.follows == 0 && is_integer(model, column);
    case Fill::identity_always:
    case Fill::identity_by_default:
      return column.follows == 0 && is_integer(model, column) && !takes_part(table);
    case Fill::generated: {
      const auto* source = model.column(column.source);
      return column.follows == 0 && source != nullptr && source->fill != Fill::generated &&
             contains(model.columns_of(table.id), source->id) && is_generated_from(model.family_of(source->id)) &&
             !model.type_of(source->id).array;
    }
  }
  return false;
}

bool can_be_toasted(const Type& type) {
  if (type.user != 0) return false;
  return type.array || type.family == Family::jsonb || type.family == Family::bytes || type.family == Family::json ||
         type.sql == "text" || type.sql.starts_with("varchar");
}

bool is_generated(const Model& model, Id id) {
  const auto* column = model.column(id);
  return column != nullptr && column->fill == Fill::generated;
}

bool all_fit(const Model& model, const std::string& method, const std::vector<Id>& columns) {
  return std::ranges::all_of(columns, [&](Id id) { return fits(model, method, model.type_of(id)); });
}

// The keys of a table and of the partitions under it: a unique constraint has to hold them all.
std::vector<Id> partition_keys(const Model& model, const Table& table) {
  if (table.strategy == Strategy::none) return {};
  std::vector<Id> keys{table.key};
  for (const auto& child : model.tables) {
    if (child.is_partition && child.parent == table.id) {
      for (const auto key : partition_keys(model, child)) keys.push_back(key);
    }
  }
  return keys;
}

bool can_be_referred_to(const Model& model, const Type& type) {
  return !type.array && (type.user == 0 || find(model.enums, type.user) != nullptr);
}

bool is_good_reference(const Model& model, const Table& table, Constraint& constraint) {
  const auto* referent = model.constraint(constraint.referent);
  const auto* other = model.table_of_constraint(constraint.referent);
  if (referent == nullptr || referent->deferrable || referent->columns.size() != constraint.columns.size())
    return false;
  if (referent->kind != ConstraintKind::primary_key && referent->kind != ConstraintKind::unique) return false;
  if (other->unlogged && !table.unlogged) return false;
  for (std::size_t i = 0; i < constraint.columns.size(); ++i) {
    const auto* column = find(table.columns, constraint.columns[i]);
    if (column == nullptr || column->follows != referent->columns[i]) return false;
    if (column->fill != Fill::none && column->fill != Fill::constant) return false;
    if (!can_be_referred_to(model, model.type_of(column->id))) return false;
  }
  if (takes_part(table)) constraint.not_valid = false;
  return true;
}

bool is_good(const Model& model, const Table& table, Constraint& constraint, const std::vector<Id>& columns) {
  if (constraint.columns.empty() || !contains_all(columns, constraint.columns)) return false;
  switch (constraint.kind) {
    case ConstraintKind::primary_key:
    case ConstraintKind::unique:
      std::erase_if(constraint.include, [&](Id id) { return !contains(columns, id); });
      return !table.is_partition && all_fit(model, "btree", constraint.columns) &&
             contains_all(constraint.columns, partition_keys(model, table));
    case ConstraintKind::check:
      if (takes_part(table)) constraint.no_inherit = false;
      if (model.routine(constraint.function) == nullptr) constraint.function = 0;
      return true;
    case ConstraintKind::exclusion:
      return !takes_part(table) && model.family_of(constraint.columns.at(0)) == Family::range;
    case ConstraintKind::foreign_key:
      return is_good_reference(model, table, constraint);
  }
  return false;
}

// What a replica identity needs.
bool identifies(const Table& table, Id id) {
  const auto not_null = [&](Id column) {
    const auto* found = find(table.columns, column);
    return found != nullptr && found->not_null;
  };
  const auto* index = find(table.indexes, id);
  if (index == nullptr || index->name.empty() || !index->unique || index->predicate != 0) return false;
  return std::ranges::all_of(
      index->keys, [&](const Key& key) { return !key.expression && key.function == 0 && not_null(key.column); });
}

bool clusters(const Table& table, Id id) {
  if (const auto* index = find(table.indexes, id)) {
    return !index->name.empty() && index->method == "btree" && index->predicate == 0;
  }
  const auto* constraint = find(table.constraints, id);
  return constraint != nullptr && !constraint->name.empty() && constraint->kind == ConstraintKind::unique;
}

}  // namespace

void repair_columns(const Model& model, Table& table) {
  for (auto& column : table.columns) {
    if (column.follows != 0 && (model.column(column.follows) == nullptr || follows_itself(model, column))) {
      column.follows = 0;
      column.type = {"integer", Family::integer};
    }
    if (!is_filled_well(model, table, column)) column.fill = Fill::none;
    const auto type = model.type_of(column.id);
    if (model.family_of(type) != Family::text || column.follows != 0) column.collated = false;
    if (!can_be_toasted(type)) {
      column.storage.clear();
      column.compression.clear();
    }
  }
}

void repair_parts(const Model& model, Table& table) {
  const auto columns = model.columns_of(table.id);
  // Of two keys with the same columns PostgreSQL makes only one.
  bool has_key = false;
  std::set<std::vector<Id>> keys;
  std::erase_if(table.constraints, [&](Constraint& constraint) {
    if (!is_good(model, table, constraint, columns)) return true;
    const bool is_primary = constraint.kind == ConstraintKind::primary_key;
    if (!is_primary && constraint.kind != ConstraintKind::unique) return false;
    return (is_primary && std::exchange(has_key, true)) || !keys.insert(constraint.columns).second;
  });
  if (takes_part(table)) {
    std::erase_if(table.indexes, [](const Index& index) { return index.unique; });
  }
  repair_indexes(model, table.indexes, columns);
  if (table.replica_index != 0 && !identifies(table, table.replica_index)) table.replica_index = 0;
  if (table.replica_index != 0) table.replica_identity.clear();
  if (table.cluster_index != 0 && !clusters(table, table.cluster_index)) table.cluster_index = 0;
  repair_triggers(model, table.triggers, columns);
  if (table.parent != 0) std::erase_if(table.triggers, [](const Trigger& trigger) { return trigger.transition; });
  std::erase_if(table.policies, [&](Policy& policy) {
    if (policy.other != 0 && !model.has_relation(policy.other)) return true;
    return policy.other == 0 && !contains(columns, policy.column);
  });
  repair_rules(model, table.rules, columns);
  std::erase_if(table.statistics, [&](Statistics& object) {
    std::erase_if(object.columns, [&](Id id) { return !contains(columns, id); });
    if (object.columns.size() < 2 || !all_fit(model, "btree", object.columns)) return true;
    const auto family = model.family_of(object.columns.front());
    if (!is_generated_from(family) || is_generated(model, object.columns.front())) object.expression.reset();
    return false;
  });
}

void repair_indexes(const Model& model, std::vector<Index>& indexes, const std::vector<Id>& columns) {
  std::erase_if(indexes, [&](Index& index) {
    for (auto& key : index.keys) {
      if (!contains(columns, key.column)) return true;
      const auto type = model.type_of(key.column);
      if (!fits(model, index.method, type)) return true;
      if (const auto* routine = model.routine(key.function); routine == nullptr || !takes(model, *routine, type)) {
        key.function = 0;
      }
      if (key.expression && !derived(model, "x", type, *key.expression)) key.expression.reset();
      if (pattern_class(model, index.method, type).empty()) key.pattern = false;
    }
    if (index.method != "btree") {
      index.unique = false;
      index.include.clear();
    }
    if (!index.unique) index.nulls_not_distinct = false;
    if (index.method == "hash") index.keys.resize(1);
    std::erase_if(index.include, [&](Id id) { return !contains(columns, id); });
    if (!contains(columns, index.predicate)) index.predicate = 0;
    return false;
  });
}

void repair_triggers(const Model& model, std::vector<Trigger>& triggers, const std::vector<Id>& columns) {
  std::erase_if(triggers, [&](Trigger& trigger) {
    const auto* routine = model.routine(trigger.function);
    if (routine == nullptr || routine->shape != Shape::trigger) return true;
    std::erase_if(trigger.columns, [&](Id id) { return !contains(columns, id); });
    if (!contains(columns, trigger.when) || is_generated(model, trigger.when)) trigger.when = 0;
    return false;
  });
}

void repair_rules(const Model& model, std::vector<Rule>& rules, const std::vector<Id>& columns) {
  std::erase_if(rules, [&](Rule& rule) {
    if (rule.other != 0 && model.table(rule.other) == nullptr) return true;
    if (!contains(columns, rule.when)) rule.when = 0;
    return false;
  });
}

}  // namespace support::tests::random_schema
