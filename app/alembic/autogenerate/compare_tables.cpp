#include <map>
#include <set>

#include "app/alembic/autogenerate/comparison.hpp"
#include "app/alembic/autogenerate/generated_names.hpp"

namespace support::alembic::autogenerate {
namespace {

constexpr auto table_name = [](const Table& table) {
  return ObjectName{ObjectKind::table, table.schema, "", table.name};
};

template <ObjectKind kind>
auto part_name(const std::string& schema, const std::string& table) {
  return [&schema, &table](const auto& part) { return ObjectName{kind, schema, table, part.name}; };
}

// Whether it comes from a parent alone, and so is there or not as the parent has it or not.
constexpr auto is_inherited = [](const auto* part) { return part->origin == Origin::inherited; };

// Of a table whose parents change, where parts come from says nothing that the parents don't.
void leave_out_origin(std::vector<AttributeChange>& changes) {
  std::erase_if(changes, [](const AttributeChange& change) { return change.attribute == "origin"; });
}

bool is_relation_of(const QualifiedName& name, const Table& table) {
  return name.schema == table.schema && name.name == table.name;
}

void append_with_needed(const Table& table, const std::map<QualifiedName, const Table*>& all,
                        std::set<const Table*>& seen, std::vector<const Table*>& order) {
  if (!seen.insert(&table).second) return;
  std::set<QualifiedName> needed(table.parents.begin(), table.parents.end());
  for (const auto& constraint : table.constraints) {
    if (constraint.kind == ConstraintKind::foreign_key) {
      needed.insert({constraint.referent.schema, constraint.referent.table});
    }
  }
  for (const auto& name : needed) {
    const auto found = all.find(name);
    if (found != all.end() && !is_relation_of(name, table)) append_with_needed(*found->second, all, seen, order);
  }
  order.push_back(&table);
}

}  // namespace

std::vector<const Table*> in_order_of_creation(std::vector<const Table*> tables) {
  std::map<QualifiedName, const Table*> all;
  for (const auto* table : tables) all[{table->schema, table->name}] = table;
  std::set<const Table*> seen;
  std::vector<const Table*> order;
  for (const auto& [name, table] : all) append_with_needed(*table, all, seen, order);
  return order;
}

void Comparison::compare_tables() {
  const auto tables = matched(before_.tables, after_.tables, table_name);
  for (const auto* table : in_order_of_creation(tables.added)) add_table(*table);
  auto removed = in_order_of_creation(tables.removed);
  std::ranges::reverse(removed);
  for (const auto* table : removed) remove_table(*table);
  for (const auto& [old_table, new_table] : tables.both) compare_table(*old_table, *new_table);
  drop_what_parents_bring();
}

void Comparison::add_table(const Table& table) {
  emit<Table>(table_name(table), nullptr, &table);
  const auto name = part_name<ObjectKind::index>(table.schema, table.name);
  for (const auto& index : table.indexes) {
    if (!is_inherited(&index) && keeps(name(index), Side::after)) {
      emit_index(table.schema, table.name, nullptr, &index);
    }
  }
}

void Comparison::remove_table(const Table& table) {
  const auto name = part_name<ObjectKind::index>(table.schema, table.name);
  for (const auto& index : table.indexes) {
    if (!is_inherited(&index) && keeps(name(index), Side::before)) {
      emit_index(table.schema, table.name, &index, nullptr);
    }
  }
  emit<Table>(table_name(table), &table, nullptr);
}

void Comparison::compare_table(const Table& before, const Table& after) {
  if (before == after) return;
  const auto column_name = part_name<ObjectKind::column>(after.schema, after.name);
  const auto columns = matched(before.columns, after.columns, column_name);
  const auto in = [](const auto& list, const Column& column) { return std::ranges::find(list, &column) != list.end(); };
  for (const auto& column : after.columns) {
    if (in(columns.added, column)) emit<Column>(column_name(column), nullptr, &column);
  }
  for (const auto& [old_column, new_column] : columns.both) compare_column(before, after, *old_column, *new_column);

  const auto constraints = matched_constraints(before, after);
  emit_keys_and_indexes(before, constraints, matched_indexes(before, after));
  emit_constraints(before, constraints, ConstraintKind::foreign_key);
  auto changes = attribute_changes(before, after, options_);
  compare_column_order(before, after, changes);
  if (!changes.empty()) emit(table_name(after), &before, &after, std::move(changes));
  emit_constraints(before, constraints, ConstraintKind::check);
  emit_constraints(before, constraints, ConstraintKind::primary_key);
  emit_constraints(before, constraints, ConstraintKind::exclusion);

  for (const auto& column : before.columns) {
    if (in(columns.removed, column)) emit<Column>(column_name(column), &column, nullptr);
  }
}

// Whether a column is inherited changes with the parents, which are reported themselves.
void Comparison::compare_column(const Table& before, const Table& after, const Column& old_column,
                                const Column& new_column) {
  auto changes = attribute_changes(old_column, new_column, options_);
  if (before.parents != after.parents) {
    leave_out_origin(changes);
  }
  if (changes.empty()) return;
  emit({ObjectKind::column, after.schema, after.name, new_column.name}, &old_column, &new_column, std::move(changes));
}

// Of the columns that both sides have.
void Comparison::compare_column_order(const Table& before, const Table& after,
                                      std::vector<AttributeChange>& changes) const {
  if (!options_.compare_column_order) return;
  const auto order_in = [](const Table& table, const Table& other) {
    Texts names;
    for (const auto& column : table.columns) {
      if (std::ranges::find(other.columns, column.name, &Column::name) != other.columns.end())
        names.push_back(column.name);
    }
    return names;
  };
  const auto old_order = order_in(before, after);
  const auto new_order = order_in(after, before);
  if (old_order != new_order) changes.push_back({"column_order", field_text(old_order), field_text(new_order)});
}

template <class T, class SameKind>
void Comparison::pair_renamed(Matched<T>& parts, const std::string& table, SameKind same_kind) const {
  std::erase_if(parts.added, [&](const T* added) {
    const auto found = std::ranges::find_if(parts.removed, [&](const T* removed) {
      if (!same_kind(*removed, *added)) return false;
      const auto changes = attribute_changes(*removed, *added, options_);
      return changes.size() == 1 && changes.front().attribute == "name";
    });
    if (found == parts.removed.end()) return false;
    const bool any_name_will_do = options_.generated_names == GeneratedNames::any && is_generated_name(table, *added);
    if (!any_name_will_do) parts.both.emplace_back(*found, added);
    parts.removed.erase(found);
    return true;
  });
}

// Whether a parent that the table keeps brings the constraint, and takes it along. Keys of partitions go by names of
// their own.
bool Comparison::is_brought(const QualifiedName& table, const Constraint* before, const Constraint* after) const {
  for (const auto* side : {before, after}) {
    if (side != nullptr && !is_inherited(side)) return false;
  }
  const auto kept = parentage_.kept(table);
  if ((before != nullptr ? before : after)->kind != ConstraintKind::check) return !kept.empty();
  // A parent that nobody looks at has what its children inherit.
  const auto has = [](const Table* parent, const Constraint* constraint) {
    return constraint == nullptr || parent == nullptr || find_constraint(*parent, constraint->name) != nullptr;
  };
  return std::ranges::any_of(kept, [&](const QualifiedName& parent) {
    return has(parentage_.before(parent), before) && has(parentage_.after(parent), after);
  });
}

Matched<Constraint> Comparison::matched_constraints(const Table& before, const Table& after) const {
  auto parts =
      matched(before.constraints, after.constraints, part_name<ObjectKind::constraint>(after.schema, after.name));
  // Of another kind it is another constraint.
  std::erase_if(parts.both, [&](const auto& pair) {
    if (pair.first->kind == pair.second->kind) return false;
    parts.removed.push_back(pair.first);
    parts.added.push_back(pair.second);
    return true;
  });
  const QualifiedName name{after.schema, after.name};
  std::erase_if(parts.removed, [&](const auto* constraint) { return is_brought(name, constraint, nullptr); });
  std::erase_if(parts.added, [&](const auto* constraint) { return is_brought(name, nullptr, constraint); });
  std::erase_if(parts.both, [&](const auto& pair) {
    if (is_brought(name, pair.first, pair.second)) return true;
    if (before.parents == after.parents) return false;
    auto changes = attribute_changes(*pair.first, *pair.second, options_);
    leave_out_origin(changes);
    return changes.empty();
  });
  pair_renamed(parts, after.name, [](const Constraint& a, const Constraint& b) { return a.kind == b.kind; });
  return parts;
}

template <class Owner>
Matched<Index> Comparison::matched_indexes(const Owner& before, const Owner& after) const {
  auto parts = matched(before.indexes, after.indexes, part_name<ObjectKind::index>(after.schema, after.name));
  // A table that leaves its parent keeps the indexes.
  if (parentage_.left({after.schema, after.name}).empty()) std::erase_if(parts.removed, is_inherited);
  if (parentage_.joined({after.schema, after.name}).empty()) std::erase_if(parts.added, is_inherited);
  std::erase_if(parts.both, [](const auto& pair) { return is_inherited(pair.first) && is_inherited(pair.second); });
  pair_renamed(parts, after.name, [](const Index&, const Index&) { return true; });
  return parts;
}

template Matched<Index> Comparison::matched_indexes(const Table&, const Table&) const;
template Matched<Index> Comparison::matched_indexes(const View&, const View&) const;

void Comparison::emit_index(const std::string& schema, const std::string& table, const Index* before,
                            const Index* after) {
  const ObjectName name{ObjectKind::index, schema, table, (after != nullptr ? after : before)->name};
  if (before != nullptr && after != nullptr) {
    auto changes = attribute_changes(*before, *after, options_);
    if (!changes.empty()) emit(name, before, after, std::move(changes));
  } else if (looks_at(ObjectKind::index)) {
    emit(name, before, after);
  }
}

void Comparison::emit_constraint(const Table& table, const Constraint* before, const Constraint* after) {
  ObjectName name{ObjectKind::constraint, table.schema, table.name, (after != nullptr ? after : before)->name};
  if (before == nullptr || after == nullptr) {
    emit(std::move(name), before, after);
    return;
  }
  auto changes = attribute_changes(*before, *after, options_);
  if (!changes.empty()) emit(std::move(name), before, after, std::move(changes));
}

void Comparison::emit_constraints(const Table& before, const Matched<Constraint>& parts, ConstraintKind kind) {
  for (const auto* constraint : parts.removed) {
    if (constraint->kind == kind) emit_constraint(before, constraint, nullptr);
  }
  for (const auto& [old_constraint, new_constraint] : parts.both) {
    if (new_constraint->kind == kind) emit_constraint(before, old_constraint, new_constraint);
  }
  for (const auto* constraint : parts.added) {
    if (constraint->kind == kind) emit_constraint(before, nullptr, constraint);
  }
}

// First what goes, so that a name is free again when it passes from an index to a constraint or back.
void Comparison::emit_keys_and_indexes(const Table& before, const Matched<Constraint>& constraints,
                                       const Matched<Index>& indexes) {
  const auto is_unique = [](const Constraint* constraint) { return constraint->kind == ConstraintKind::unique; };
  for (const auto* constraint : constraints.removed) {
    if (is_unique(constraint)) emit_constraint(before, constraint, nullptr);
  }
  for (const auto* index : indexes.removed) emit_index(before.schema, before.name, index, nullptr);
  for (const auto& [old_constraint, new_constraint] : constraints.both) {
    if (is_unique(new_constraint)) emit_constraint(before, old_constraint, new_constraint);
  }
  for (const auto& [old_index, new_index] : indexes.both) {
    emit_index(before.schema, before.name, old_index, new_index);
  }
  for (const auto* constraint : constraints.added) {
    if (is_unique(constraint)) emit_constraint(before, nullptr, constraint);
  }
  for (const auto* index : indexes.added) emit_index(before.schema, before.name, nullptr, index);
}

// A change of a parent's column reaches its children by itself.
void Comparison::drop_what_parents_bring() {
  std::map<QualifiedName, std::vector<QualifiedName>> children;  // and the parents that they keep
  for (const auto& table : after_.tables) {
    if (table.parents.empty()) continue;
    const QualifiedName name{table.schema, table.name};
    if (auto kept = parentage_.kept(name); !kept.empty()) children[name] = std::move(kept);
  }
  if (children.empty()) return;
  std::map<std::pair<QualifiedName, std::string>, Difference> of_columns;
  for (const auto& difference : differences_) {
    if (difference.kind != ObjectKind::column) continue;
    of_columns[{{difference.schema, difference.table}, difference.name}] = difference;
  }
  const auto comes_from_parent = [&](Difference& difference) {
    if (difference.kind != ObjectKind::column) return false;
    const auto child = children.find({difference.schema, difference.table});
    if (child == children.end()) return false;
    for (const auto& parent : child->second) {
      const auto above = of_columns.find({parent, difference.name});
      if (above == of_columns.end() || above->second.change != difference.change) continue;
      if (difference.change != Change::changed) {
        const auto& column = std::get<Column>(difference.before.index() == 0 ? difference.after : difference.before);
        return is_inherited(&column);
      }
      std::erase_if(difference.attributes, [&](const AttributeChange& change) {
        const auto* same = above->second.find(change.attribute);
        return same != nullptr && same->after == change.after;
      });
      if (difference.attributes.empty()) return true;
    }
    return false;
  };
  std::erase_if(differences_, comes_from_parent);
}

}  // namespace support::alembic::autogenerate
