// Children and their parents. A table leaves the parents that it has no longer before anything else happens, and joins
// others when both they and it are what they shall be: in between it changes on its own. What happens to a parent that
// it keeps reaches it by itself.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "app/alembic/autogenerate/column_changes.hpp"
#include "app/alembic/autogenerate/planner.hpp"
#include "app/alembic/autogenerate/sql_pieces.hpp"
#include "app/alembic/autogenerate/table_changes.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic::autogenerate {
namespace {

bool has_part(const Table* table, const ObjectName& part) {
  if (table == nullptr) return false;
  return part.kind == ObjectKind::column ? find_column(*table, part.name) != nullptr
                                         : find_constraint(*table, part.name) != nullptr;
}

// Absent when it is neither a column nor a constraint.
std::optional<Origin> origin_of(const Object& object) {
  if (const auto* column = std::get_if<Column>(&object)) return column->origin;
  if (const auto* constraint = std::get_if<Constraint>(&object)) return constraint->origin;
  return std::nullopt;
}

QualifiedName table_of(const ObjectName& part) {
  return {part.schema, part.table};
}

}  // namespace

// Tables that are as they were have to leave a parent that is made anew.
void Planner::add_parentage() {
  for (const auto& table : before_.tables) {
    const QualifiedName name{table.schema, table.name};
    const auto* after = parentage_.after(name);
    const ObjectName object{ObjectKind::table, table.schema, "", table.name};
    if (after == nullptr || before_item(object) != nullptr) continue;
    if (parentage_.left(name).empty() && parentage_.joined(name).empty()) continue;
    add({.old_name = object, .new_name = object, .before = table, .after = *after, .alters = OperationList()});
    add_columns_to_join(table, *after);
  }
}

// A table that is not compared joins with the types that its parents have by then.
void Planner::add_columns_to_join(const Table& before, const Table& after) {
  if (parentage_.joined({before.schema, before.name}).empty()) return;
  for (const auto& column : before.columns) {
    const ObjectName name{ObjectKind::column, before.schema, before.name, column.name};
    const auto* wanted = find_column(after, column.name);
    if (wanted == nullptr || before_item(name) != nullptr) continue;
    if (wanted->type == column.type && wanted->collation == column.collation) continue;
    Item item{.old_name = name, .new_name = name, .before = column, .after = *wanted};
    item.alters = alter_operations(ColumnSetting{after, after_.server_version, kept_sequences_}, column, *wanted);
    if (item.alters) add(std::move(item));
  }
}

// A column of a child that comes, goes, or is made anew with that of its parent.
bool Planner::is_brought_by_parent(const Difference& difference) const {
  if (difference.kind != ObjectKind::column) return false;
  const ObjectName name{difference.kind, difference.schema, difference.table, difference.name};
  const auto is_brought = [&](const Object& object) {
    return std::holds_alternative<std::monostate>(object) || comes_from_kept_parent(name, object);
  };
  if (!is_brought(difference.before) || !is_brought(difference.after)) return false;
  return difference.change != Change::changed || !alteration(difference);
}

// Whether something that is wanted comes with a parent: one that is kept makes all that it says, and one that is joined
// all but columns and CHECKs, which must be there.
bool Planner::is_made_by_parent(const Difference& difference) const {
  if (const auto* index = std::get_if<Index>(&difference.after)) return index->origin == Origin::inherited;
  const auto origin = origin_of(difference.after);
  if (!origin || *origin == Origin::own) return false;
  const auto* constraint = std::get_if<Constraint>(&difference.after);
  if (constraint != nullptr && constraint->kind != ConstraintKind::check) return *origin == Origin::inherited;
  if (constraint == nullptr && difference.change != Change::added) return false;
  const ObjectName name{difference.kind, difference.schema, difference.table, difference.name};
  return std::ranges::any_of(parentage_.kept(table_of(name)),
                             [&](const QualifiedName& parent) { return has_part(parentage_.after(parent), name); });
}

// Of a column or constraint: whether a parent that its table keeps has it as well.
bool Planner::is_of_kept_parent(const ObjectName& part) const {
  return std::ranges::any_of(parentage_.kept(table_of(part)), [&](const QualifiedName& parent) {
    return has_part(parentage_.before(parent), part) || has_part(parentage_.after(parent), part);
  });
}

// Whether nothing but such a parent says it. Keys of partitions go by names of their own.
bool Planner::comes_from_kept_parent(const ObjectName& part, const Object& object) const {
  if (origin_of(object) != Origin::inherited) return false;
  const auto* constraint = std::get_if<Constraint>(&object);
  if (constraint != nullptr && constraint->kind != ConstraintKind::check) {
    return !parentage_.kept(table_of(part)).empty();
  }
  return is_of_kept_parent(part);
}

// A parent changes the type of a column for its children, too.
Column Planner::without_change_of_parent(const ObjectName& name, const Column& before, const Column& after) const {
  auto result = before;
  if (before.origin != Origin::own && after.origin != Origin::own && is_of_kept_parent(name)) {
    result.type = after.type;
    result.collation = after.collation;
  }
  return result;
}

// Whether the table is no child of the parent any more when that goes.
bool Planner::is_left(const ObjectName& table, const ObjectName& parent) const {
  const auto left = parentage_.left({table.schema, table.name});
  return std::ranges::find(left, QualifiedName{parent.schema, parent.name}) != left.end();
}

// Whether a column or constraint that goes shall stay where children have it from here.
bool Planner::is_left_to_children(const ObjectName& part) const {
  if (has_part(parentage_.after(table_of(part)), part)) return false;
  const auto [first, last] = children_.equal_range(table_of(part));
  return std::any_of(first, last, [&](const auto& child) { return has_part(parentage_.after(child.second), part); });
}

// Where it was inherited it is the children's own from then on.
OperationList Planner::drop_from_parent(const ObjectName& part) const {
  return {Execute{fmt::format("ALTER TABLE ONLY {} DROP {} {}", quoted_name(table_of(part)),
                              part.kind == ObjectKind::column ? "COLUMN" : "CONSTRAINT",
                              schema::quote_identifier(part.name))}};
}

OperationList Planner::leaving(const Item& item) const {
  const auto& table = std::get<Table>(item.before);
  return leave_operations(table, parentage_.left({table.schema, table.name}));
}

// PostgreSQL drops no partition of a table that foreign keys refer to.
OperationList Planner::detaching(const Table& table) const {
  if (table.partition_bound.empty()) return {};
  std::set<QualifiedName> above;
  for (const auto* parent = &table; parent != nullptr && !parent->parents.empty();) {
    above.insert(parent->parents.front());
    parent = parentage_.before(parent->parents.front());
  }
  const auto refers = [&](const Constraint& constraint) {
    return constraint.kind == ConstraintKind::foreign_key &&
           above.contains({constraint.referent.schema, constraint.referent.table});
  };
  const bool is_referred_to = std::ranges::any_of(before_.tables, [&](const Table& other) {
    return parentage_.after({other.schema, other.name}) != nullptr && std::ranges::any_of(other.constraints, refers);
  });
  return is_referred_to ? leave_operations(table, table.parents) : OperationList();
}

OperationList Planner::joining(const Item& item) const {
  const auto& table = std::get<Table>(item.after);
  return join_operations(table, parentage_.joined({table.schema, table.name}));
}

// What happens to a column of a child by way of its parents.
Item* Planner::parent_item(const ObjectName& name, const std::map<ObjectName, Item*>& items) const {
  if (name.kind != ObjectKind::column) return nullptr;
  for (const auto& parent : parentage_.kept(table_of(name))) {
    const ObjectName above{ObjectKind::column, parent.schema, parent.name, name.name};
    const auto found = items.find(above);
    if (found != items.end()) return found->second;
    if (auto* item = parent_item(above, items)) return item;
  }
  return nullptr;
}

void Planner::require_parentage() {
  for (const auto& item : items_) {
    if (origin_of(item->before) || origin_of(item->after)) require_parents(*item);
    if (item->join_action) require_joining(*item);
    if (item->drop_action) require_children_gone(*item);
  }
  require_bounds();
}

// What happens to a part of a parent reaches the children that have it from there. What they have of their own must fit
// it when it comes, and can only go when it has gone.
void Planner::require_parents(const Item& item) {
  const auto origin = origin_of(item.before);
  const bool is_own = origin && *origin == Origin::own;
  for (const auto& parent : parentage_.kept(table_of(item.new_name))) {
    const ObjectName above{item.new_name.kind, parent.schema, parent.name, item.new_name.name};
    const auto* old_part = before_item(above);
    const auto* new_part = after_item(above);
    if (old_part == &item || new_part == &item) continue;
    if (old_part != nullptr && old_part->drop_action && item.drop_action) {
      graph_.require(*old_part->drop_action, *item.drop_action);
    }
    if (new_part == nullptr) continue;
    for (const auto change : {item.drop_action, item.alter_action}) {
      // A default that is set again is no column that comes.
      if (!change || !new_part->create_action || new_part->moves_default) continue;
      graph_.require(is_own ? *change : *new_part->create_action, is_own ? *new_part->create_action : *change);
    }
    for (const auto cause : {new_part->create_action, new_part->alter_action}) {
      if (cause && item.create_action) graph_.require(*cause, *item.create_action);
    }
    if (new_part->alter_action && item.alter_action) graph_.require(*new_part->alter_action, *item.alter_action);
  }
}

// A change of a column reaches the children that are about to go as well, and what uses theirs.
void Planner::require_children_gone(const Item& item) {
  const auto* table = std::get_if<Table>(&item.before);
  if (table == nullptr) return;
  for (const auto& parent : table->parents) {
    for (ActionGraph::Action action = 0; action < parts_.size(); ++action) {
      const auto& [other, phase] = parts_[action];
      const bool is_column = other->old_name.kind == ObjectKind::column && table_of(other->old_name) == parent;
      if (is_column && (phase == Phase::drop || phase == Phase::alter)) graph_.require(*item.drop_action, action);
    }
  }
}

// The new parents and what they say must be there, and what a child has to have.
void Planner::require_joining(const Item& item) {
  const auto joined = parentage_.joined({item.new_name.schema, item.new_name.name});
  const auto is_concerned = [&](const QualifiedName& table) {
    return table == QualifiedName{item.new_name.schema, item.new_name.name} ||
           std::ranges::find(joined, table) != joined.end();
  };
  for (ActionGraph::Action action = 0; action < parts_.size(); ++action) {
    const auto& [other, phase] = parts_[action];
    if (phase == Phase::leave || phase == Phase::join) continue;
    const auto& name = other->new_name;
    const bool is_relation = name.kind == ObjectKind::table;
    const bool is_part = name.kind == ObjectKind::column || name.kind == ObjectKind::constraint;
    const bool is_swap = other->swaps && phase == Phase::create;
    if ((is_relation && is_concerned({name.schema, name.name})) || (is_part && is_concerned(table_of(name))) ||
        is_swap) {
      graph_.require(action, *item.join_action);
    }
  }
}

// The rows of a partition are free for another when it has gone.
void Planner::require_bounds() {
  std::multimap<QualifiedName, ActionGraph::Action> gone;
  for (const auto& item : items_) {
    const auto* table = std::get_if<Table>(&item->before);
    if (table == nullptr || table->partition_bound.empty()) continue;
    if (item->drop_action) gone.emplace(table->parents.front(), *item->drop_action);
    if (item->leave_action) gone.emplace(table->parents.front(), *item->leave_action);
  }
  for (const auto& item : items_) {
    const auto* table = std::get_if<Table>(&item->after);
    if (table == nullptr || table->partition_bound.empty()) continue;
    const auto [first, last] = gone.equal_range(table->parents.front());
    for (auto entry = first; entry != last; ++entry) {
      if (item->create_action && parts_[entry->second].item != item.get()) {
        graph_.require(entry->second, *item->create_action);
      }
      if (item->join_action) graph_.require(entry->second, *item->join_action);
    }
  }
}

}  // namespace support::alembic::autogenerate
