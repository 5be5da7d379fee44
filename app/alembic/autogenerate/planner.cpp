#include "app/alembic/autogenerate/planner.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "app/alembic/autogenerate/access_changes.hpp"
#include "app/alembic/autogenerate/column_changes.hpp"
#include "app/alembic/autogenerate/compared_part.hpp"
#include "app/alembic/autogenerate/constraint_changes.hpp"
#include "app/alembic/autogenerate/table_changes.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic::autogenerate {
namespace {

ObjectName old_name_of(const Difference& difference) {
  ObjectName name{difference.kind, difference.schema, difference.table, difference.name};
  // Constraints and indexes are matched by what they are when they go by another name.
  if (const auto* constraint = std::get_if<Constraint>(&difference.before)) name.name = constraint->name;
  if (const auto* index = std::get_if<Index>(&difference.before)) name.name = index->name;
  return name;
}

bool is_type(ObjectKind kind) {
  return kind == ObjectKind::enum_type || kind == ObjectKind::domain || kind == ObjectKind::composite_type ||
         kind == ObjectKind::range_type;
}

template <class T, class Matches>
Object found(const std::vector<T>& objects, Matches matches) {
  const auto object = std::ranges::find_if(objects, matches);
  return object == objects.end() ? Object() : Object(*object);
}

template <class T>
Object found(const std::vector<T>& objects, const ObjectName& name) {
  return found(objects, [&](const T& object) { return object.schema == name.schema && object.name == name.name; });
}

template <class T>
Object found_of_table(const std::vector<T>& objects, const ObjectName& name) {
  return found(objects, [&](const T& object) {
    return object.schema == name.schema && object.table == name.table && object.name == name.name;
  });
}

const Table* find_table(const CatalogSnapshot& snapshot, const std::string& schema, const std::string& name) {
  const auto table = std::ranges::find_if(
      snapshot.tables, [&](const Table& candidate) { return candidate.schema == schema && candidate.name == name; });
  return table == snapshot.tables.end() ? nullptr : &*table;
}

Object find_index(const CatalogSnapshot& snapshot, const ObjectName& name) {
  const auto is_it = [&](const Index& index) { return index.name == name.name; };
  if (const auto* table = find_table(snapshot, name.schema, name.table)) return found(table->indexes, is_it);
  for (const auto& view : snapshot.views) {
    if (view.schema == name.schema && view.name == name.table) return found(view.indexes, is_it);
  }
  return {};
}

// As Sequence::owned_by spells it.
std::string owner_text(const Table& table, const Column& column) {
  return schema::qualified_name(table.name, table.schema) + '.' + schema::quote_identifier(column.name);
}

// The sequences of serial columns as if they were objects of their own.
std::map<QualifiedName, Sequence> column_sequences(const CatalogSnapshot& snapshot) {
  std::map<QualifiedName, Sequence> result;
  for (const auto& table : snapshot.tables) {
    for (const auto& column : table.columns) {
      if (!column.is_serial()) continue;
      const auto& own = *column.sequence;
      Sequence sequence{.schema = own.schema, .name = own.name, .options = own.options};
      sequence.owned_by = owner_text(table, column);
      result[{own.schema, own.name}] = std::move(sequence);
    }
  }
  return result;
}

}  // namespace

Object find_object(const CatalogSnapshot& snapshot, const ObjectName& name) {
  const auto* const table = find_table(snapshot, name.schema, name.table);
  switch (name.kind) {
    case ObjectKind::schema:
      return found(snapshot.schemas, [&](const Schema& schema) { return schema.name == name.name; });
    case ObjectKind::extension:
      return found(snapshot.extensions, [&](const Extension& extension) { return extension.name == name.name; });
    case ObjectKind::enum_type:
      return found(snapshot.enums, name);
    case ObjectKind::domain:
      return found(snapshot.domains, name);
    case ObjectKind::composite_type:
      return found(snapshot.composites, name);
    case ObjectKind::range_type:
      return found(snapshot.ranges, name);
    case ObjectKind::sequence:
      return found(snapshot.sequences, name);
    case ObjectKind::table:
      return found(snapshot.tables, name);
    case ObjectKind::column:
      if (table == nullptr) return {};
      return found(table->columns, [&](const Column& column) { return column.name == name.name; });
    case ObjectKind::constraint:
      if (table == nullptr) return {};
      return found(table->constraints, [&](const Constraint& constraint) { return constraint.name == name.name; });
    case ObjectKind::index:
      return find_index(snapshot, name);
    case ObjectKind::view:
      return found(snapshot.views, name);
    case ObjectKind::routine:
      return found(snapshot.routines, [&](const Routine& routine) {
        return routine.schema == name.schema && fmt::format("{}({})", routine.name, routine.arguments) == name.name;
      });
    case ObjectKind::trigger:
      return found_of_table(snapshot.triggers, name);
    case ObjectKind::policy:
      return found_of_table(snapshot.policies, name);
    case ObjectKind::rule:
      return found_of_table(snapshot.rules, name);
    case ObjectKind::statistics:
      return found_of_table(snapshot.statistics, name);
  }
  return {};
}

ObjectName relation_of(const ObjectName& part, ObjectKind kind) {
  return {kind, part.schema, "", part.table};
}

Planner::Planner(const CatalogSnapshot& before, const CatalogSnapshot& after,
                 const std::vector<Difference>& differences, const CompareOptions& options)
    : before_(before), after_(after), options_(options), parentage_(before, after) {
  int place = 0;
  for (const auto& difference : differences) {
    const bool is_table = difference.kind == ObjectKind::table || difference.kind == ObjectKind::view;
    const QualifiedName relation{difference.schema, is_table ? difference.name : difference.table};
    table_places_.try_emplace(relation, ++place);
  }
  for (const auto& table : before.tables) {
    if (table.parents.empty()) continue;
    const QualifiedName name{table.schema, table.name};
    for (const auto& parent : parentage_.kept(name)) children_.emplace(parent, name);
  }
  for (const auto& dependency : before.dependencies) dependents_.emplace(dependency.on, dependency.object);
  // What is done to a column depends on whether its sequence stays.
  const auto kept = keep_sequences(differences);
  // Relations first: their parts go and come with them.
  for (const bool is_part : {false, true}) {
    for (const auto& difference : differences) {
      if (difference.table.empty() != is_part) add_item(difference);
    }
  }
  add_parentage();
  join_types_of_other_kinds();
  adopt_sequences(kept);
}

Steps Planner::run() {
  displace();
  return steps(order());
}

Item& Planner::add(Item item) {
  auto& added = *items_.emplace_back(std::make_unique<Item>(std::move(item)));
  if (!std::holds_alternative<std::monostate>(added.before)) before_items_[added.old_name] = &added;
  if (!std::holds_alternative<std::monostate>(added.after)) after_items_[added.new_name] = &added;
  return added;
}

Item* Planner::before_item(const ObjectName& name) const {
  const auto found = before_items_.find(name);
  return found == before_items_.end() ? nullptr : found->second;
}

Item* Planner::after_item(const ObjectName& name) const {
  const auto found = after_items_.find(name);
  return found == after_items_.end() ? nullptr : found->second;
}

// Whether a part disappears because its table or view is dropped.
bool Planner::goes_with_relation(const ObjectName& name) const {
  if (name.table.empty()) return false;
  for (const auto kind : {ObjectKind::table, ObjectKind::view}) {
    const auto* relation = before_item(relation_of(name, kind));
    if (relation != nullptr && relation->drops) return true;
  }
  return false;
}

// Columns and constraints are made with their table or view; other parts are made after it.
bool Planner::comes_with_relation(const ObjectName& name) const {
  if (name.kind != ObjectKind::column && name.kind != ObjectKind::constraint) return false;
  for (const auto kind : {ObjectKind::table, ObjectKind::view}) {
    const auto* relation = after_item(relation_of(name, kind));
    if (relation != nullptr && relation->creates) return true;
  }
  return false;
}

// A column of a table that is made of a composite type comes and goes with the attribute.
bool Planner::is_brought_by_type(const Difference& difference) const {
  if (difference.kind != ObjectKind::column || difference.change == Change::changed) return false;
  const auto* before = parentage_.before({difference.schema, difference.table});
  const auto* after = parentage_.after({difference.schema, difference.table});
  return before != nullptr && after != nullptr && !before->of_type.empty() && before->of_type == after->of_type;
}

void Planner::add_item(const Difference& difference) {
  const ObjectName new_name{difference.kind, difference.schema, difference.table, difference.name};
  Item item{.old_name = old_name_of(difference),
            .new_name = new_name,
            .before = difference.before,
            .after = difference.after};
  if (is_brought_by_parent(difference) || is_brought_by_type(difference)) return;
  switch (difference.change) {
    case Change::added:
      if (comes_with_relation(new_name) || is_made_by_parent(difference)) return;
      item.creates = true;
      if (const auto* sequence = std::get_if<Sequence>(&item.after)) item.alters = own_operations(*sequence);
      break;
    case Change::removed:
      if (goes_with_relation(item.old_name)) return;
      item.drops = true;
      break;
    case Change::changed: {
      auto alters = alteration(difference);
      const bool has_table_of_its_own = goes_with_relation(item.old_name);
      if (has_table_of_its_own) {
        if (comes_with_relation(new_name)) return;
        item.creates = true;
      } else if (alters) {
        item.alters = std::move(alters);
        if (difference.find("owner") != nullptr || difference.find("grants") != nullptr) {
          auto rights =
              difference.kind == ObjectKind::column
                  ? change_column_access(new_name, std::get<Column>(item.before), std::get<Column>(item.after))
                  : change_access(new_name, item.before, item.after);
          std::ranges::move(rights, std::back_inserter(*item.alters));
        }
      } else {
        item.drops = true;
        item.creates = !is_made_by_parent(difference);
        item.swaps = is_type(difference.kind);
      }
      break;
    }
  }
  add(std::move(item));
}

// A domain in place of an enum: users move from the one to the other while both are there.
void Planner::join_types_of_other_kinds() {
  std::map<QualifiedName, Item*> removed;
  for (const auto& item : items_) {
    if (item->drops && !item->creates && is_type(item->old_name.kind)) {
      removed[{item->old_name.schema, item->old_name.name}] = item.get();
    }
  }
  std::set<const Item*> joined;
  for (const auto& item : items_) {
    if (!item->creates || item->drops || !is_type(item->new_name.kind)) continue;
    const auto old = removed.find({item->new_name.schema, item->new_name.name});
    if (old == removed.end()) continue;
    item->old_name = old->second->old_name;
    item->before = old->second->before;
    item->drops = true;
    item->swaps = true;
    before_items_[item->old_name] = item.get();
    joined.insert(old->second);
  }
  std::erase_if(items_, [&](const auto& item) { return joined.contains(item.get()); });
}

// Sequences that turn from objects of their own into those of serial columns, or back, stay the same.
std::vector<Planner::KeptSequence> Planner::keep_sequences(const std::vector<Difference>& differences) {
  const auto owned_before = column_sequences(before_);
  const auto owned_after = column_sequences(after_);
  std::vector<KeptSequence> kept;
  for (const auto& difference : differences) {
    if (difference.kind != ObjectKind::sequence || difference.change == Change::changed) continue;
    const QualifiedName name{difference.schema, difference.name};
    const bool was_object = difference.change == Change::removed;
    const auto& owned = was_object ? owned_after : owned_before;
    const auto found = owned.find(name);
    if (found == owned.end()) continue;
    kept.push_back({name, was_object, found->second});
    kept_sequences_.insert(name);
  }
  return kept;
}

void Planner::adopt_sequences(const std::vector<KeptSequence>& kept) {
  for (const auto& [name, was_object, of_column] : kept) {
    const ObjectName object{ObjectKind::sequence, name.schema, "", name.name};
    auto* const item = was_object ? before_item(object) : after_item(object);
    if (item == nullptr) continue;
    (was_object ? item->after : item->before) = of_column;
    item->drops = false;
    item->creates = false;
    item->alters = alter_operations(std::get<Sequence>(item->before), std::get<Sequence>(item->after));
    before_items_[object] = item;
    after_items_[object] = item;
  }
}

const Table& Planner::table_after(const ObjectName& part) const {
  const auto* found = parentage_.after({part.schema, part.table});
  return found != nullptr ? *found : table_before(part);
}

const Table& Planner::table_before(const ObjectName& part) const {
  const auto* found = parentage_.before({part.schema, part.table});
  if (found == nullptr) throw std::logic_error(fmt::format("There is no table {}.", part.table));
  return *found;
}

std::optional<OperationList> Planner::alteration(const Difference& difference) const {
  const ObjectName name{difference.kind, difference.schema, difference.table, difference.name};
  return std::visit(
      [&]<class T>(const T& wanted) -> std::optional<OperationList> {
        if constexpr (std::is_same_v<T, std::monostate>) {
          return OperationList();
        } else {
          const auto& before = std::get<T>(difference.before);
          const auto after = compared_part(before, wanted, options_);
          const QualifiedName relation{difference.schema, difference.table};
          if constexpr (std::is_same_v<T, Column>) {
            if (parentage_.after(relation) == nullptr) {
              const auto view = find_object(after_, relation_of(name, ObjectKind::view));
              const bool is_materialized = std::holds_alternative<View>(view) && std::get<View>(view).materialized;
              return view_column_operations({relation, is_materialized, after_.server_version}, before, after);
            }
            return alter_operations(ColumnSetting{table_after(name), after_.server_version, kept_sequences_},
                                    without_change_of_parent(name, before, after), after);
          } else if constexpr (std::is_same_v<T, Constraint> || std::is_same_v<T, Index>) {
            return alter_operations(relation, before, after);
          } else {
            return alter_operations(before, after);
          }
        }
      },
      difference.after);
}

OperationList Planner::creation(const Item& item) const {
  const auto& name = item.new_name;
  const QualifiedName relation{name.schema, name.table};
  return std::visit(
      [&]<class T>(const T& object) -> OperationList {
        if constexpr (std::is_same_v<T, std::monostate>) {
          return {};
        } else if constexpr (std::is_same_v<T, Table>) {
          TableSetting setting{.columns = {object, after_.server_version, kept_sequences_}};
          for (const auto& parent : object.parents) {
            if (const auto* found = parentage_.after(parent)) setting.parents.push_back(found);
          }
          if (separate_tables_.contains({object.schema, object.name})) {
            for (const auto& constraint : object.constraints) {
              if (is_separable(constraint)) setting.separate_constraints.insert(constraint.name);
            }
          }
          if (keyless_tables_.contains({object.schema, object.name})) {
            for (const auto& constraint : object.constraints) {
              if (!is_separable(constraint)) setting.separate_constraints.insert(constraint.name);
            }
          }
          return create_operations(setting, object);
        } else if constexpr (std::is_same_v<T, Column>) {
          const bool has_children = children_.contains(relation);
          return add_operations({table_after(name), after_.server_version, kept_sequences_, has_children}, object);
        } else if constexpr (std::is_same_v<T, Constraint> || std::is_same_v<T, Index>) {
          auto operations = create_operations(relation, object);
          if (parentage_.after(relation) != nullptr) {
            std::ranges::move(index_role_operations(table_after(name), object.name), std::back_inserter(operations));
          } else if (const auto view = find_object(after_, relation_of(name, ObjectKind::view));
                     std::holds_alternative<View>(view) && std::get<View>(view).cluster_index == object.name) {
            operations.push_back(cluster_operation(std::get<View>(view)));
          }
          return operations;
        } else {
          return create_operations(object);
        }
      },
      item.after);
}

OperationList Planner::removal(const Item& item) const {
  const auto& name = item.old_name;
  return std::visit(
      [&]<class T>(const T& object) -> OperationList {
        if constexpr (std::is_same_v<T, Column> || std::is_same_v<T, Constraint>) {
          if (is_left_to_children(name)) return drop_from_parent(name);
        }
        if constexpr (std::is_same_v<T, std::monostate>) {
          return {};
        } else if constexpr (std::is_same_v<T, Column>) {
          return drop_operations({table_before(name), after_.server_version, kept_sequences_}, object);
        } else if constexpr (std::is_same_v<T, Constraint> || std::is_same_v<T, Index>) {
          return drop_operations(QualifiedName{name.schema, name.table}, object);
        } else if constexpr (std::is_same_v<T, Table>) {
          auto operations = detaching(object);
          std::ranges::move(drop_operations(object), std::back_inserter(operations));
          return operations;
        } else {
          return drop_operations(object);
        }
      },
      item.before);
}

}  // namespace support::alembic::autogenerate
