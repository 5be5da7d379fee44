// What stands in the way of a change is dropped before it and made again behind it.
#include <algorithm>
#include <deque>

#include <fmt/format.h>

#include "app/alembic/autogenerate/planner.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic::autogenerate {
namespace {

bool is_retyped(const Item& item) {
  const auto* before = std::get_if<Column>(&item.before);
  const auto* after = std::get_if<Column>(&item.after);
  return before != nullptr && after != nullptr &&
         (before->type != after->type || before->collation != after->collation);
}

bool is_inherited_index(const Object& object) {
  const auto* index = std::get_if<Index>(&object);
  return index != nullptr && index->origin == Origin::inherited;
}

}  // namespace

Domain bare(Domain domain) {
  domain.checks.clear();
  domain.default_sql.reset();
  return domain;
}

// Whether values of the domain are inside of arrays or composites.
bool Planner::is_contained(const ObjectName& domain) const {
  const auto [first, last] = dependents_.equal_range(domain);
  return std::any_of(first, last, [&](const auto& dependent) {
    if (dependent.second.kind == ObjectKind::composite_type) return true;
    const auto object = find_object(before_, dependent.second);
    const auto* column = std::get_if<Column>(&object);
    return column != nullptr && column->type.ends_with("[]");
  });
}

// PostgreSQL adds no check to such a one.
void Planner::replace_contained_domains() {
  for (const auto& item : items_) {
    const auto* before = std::get_if<Domain>(&item->before);
    const auto* after = std::get_if<Domain>(&item->after);
    if (before == nullptr || after == nullptr || !item->alters || !checks_values(*before, *after)) continue;
    if (is_contained(item->old_name)) replace(item->old_name);
  }
}

void Planner::displace() {
  replace_contained_domains();
  std::set<std::pair<ObjectName, Disturbance>> seen;
  bool again = true;
  // Replacing an object disturbs what depends on it in its turn.
  while (again) {
    again = false;
    std::vector<std::pair<ObjectName, Disturbance>> disturbed;
    for (const auto& item : items_) {
      if (item->drops) disturbed.emplace_back(item->old_name, Disturbance::gone);
      if (item->alters && is_retyped(*item)) disturbed.emplace_back(item->old_name, Disturbance::retyped);
    }
    for (const auto& [column, _] : swapped_columns_) disturbed.emplace_back(column, Disturbance::retyped);
    for (const auto& [name, disturbance] : disturbed) {
      if (name.kind == ObjectKind::column && !swapped_columns_.contains(name) && is_column_in_partition_key(name)) {
        replace(relation_of(name, ObjectKind::table));
      }
      if (!seen.emplace(name, disturbance).second) continue;
      again = true;
      displace_dependents(name, disturbance);
      if (name.kind != ObjectKind::table) continue;
      // What uses its columns.
      for (const auto& column : parentage_.before({name.schema, name.name})->columns) {
        displace_dependents({ObjectKind::column, name.schema, name.name, column.name}, disturbance);
      }
    }
  }
  keep_sequences();
  create_parts_of_replaced();
}

// A sequence stays when the table or column that owns it is made anew.
void Planner::keep_sequences() {
  for (const auto& sequence : before_.sequences) {
    const ObjectName name{ObjectKind::sequence, sequence.schema, "", sequence.name};
    if (sequence.owned_by.empty() || before_item(name) != nullptr) continue;
    const auto after = find_object(after_, name);
    if (!std::holds_alternative<Sequence>(after)) continue;
    const bool loses_owner = std::ranges::any_of(
        items_, [&](const auto& item) { return item->is_replaced() && owns(sequence, item->old_name); });
    if (!loses_owner) continue;
    ownerless_sequences_.insert({sequence.schema, sequence.name});
    add({.old_name = name,
         .new_name = name,
         .before = sequence,
         .after = after,
         .alters = own_operations(std::get<Sequence>(after))});
  }
}

void Planner::displace_dependents(const ObjectName& name, Disturbance disturbance) {
  if (name.kind == ObjectKind::column) {
    // The same happens to the column of each child.
    const auto [first, last] = children_.equal_range({name.schema, name.table});
    for (auto child = first; child != last; ++child) {
      displace_dependents({ObjectKind::column, child->second.schema, child->second.name, name.name}, disturbance);
    }
  }
  const auto [first, last] = dependents_.equal_range(name);
  for (auto dependent = first; dependent != last; ++dependent) {
    displace_dependent(dependent->second, name, disturbance);
  }
}

// Something that nobody compares can't be made again without what it uses. It stays, and the server has the last word.
// The item of what it uses; null otherwise.
const Item* Planner::stuck_on(const ObjectName& dependent, const ObjectName& on) const {
  const auto* used = before_item(on);
  if (used == nullptr && !on.table.empty()) used = before_item(relation_of(on, ObjectKind::table));
  if (used == nullptr || !used->drops || used->creates || before_item(dependent) != nullptr) return nullptr;
  // What is wanted may use something else by the same words.
  return std::ranges::binary_search(after_.dependencies, Dependency{dependent, on}) ? used : nullptr;
}

void Planner::displace_dependent(const ObjectName& dependent, const ObjectName& on, Disturbance disturbance) {
  if (goes_with_relation(dependent)) return;
  if (const auto* used = stuck_on(dependent, on)) {
    stuck_[used].insert(dependent);
    return;
  }
  const auto* changed = before_item(on);
  const bool swaps = changed != nullptr && changed->swaps;
  switch (dependent.kind) {
    case ObjectKind::view:
    case ObjectKind::rule:
    case ObjectKind::policy:
    case ObjectKind::trigger:
    case ObjectKind::routine:
      replace(dependent);
      return;
    case ObjectKind::constraint:
      if (disturbance == Disturbance::gone || is_foreign_key_to_lift(dependent, on)) {
        replace(dependent);
      } else if (includes(dependent, on)) {
        lift_foreign_keys_to(dependent, on);
      }
      return;
    case ObjectKind::statistics:
      if (disturbance == Disturbance::gone || has_statistics_target(dependent)) replace(dependent);
      return;
    case ObjectKind::domain:
      if (disturbance != Disturbance::gone) return;
      // One that calls something else from now on is altered.
      if (changed != nullptr && !changed->creates && before_item(dependent) != nullptr) return;
      if (on.kind == ObjectKind::routine) {
        move_checks(dependent);
      } else {
        replace(dependent);
      }
      return;
    case ObjectKind::index:
    case ObjectKind::composite_type:
    case ObjectKind::range_type:
      if (disturbance == Disturbance::gone) replace(dependent);
      return;
    case ObjectKind::table:
      if (disturbance == Disturbance::gone && !is_left(dependent, on)) replace(dependent);
      return;
    case ObjectKind::column: {
      const auto before = find_object(before_, dependent);
      const auto* column = std::get_if<Column>(&before);
      if (column == nullptr) return;
      if (column->generated != Generated::none) {
        replace(dependent);
      } else if (swaps && has_type(*column, *changed)) {
        retype_in_swap(dependent, *before_item(on));
      } else if (swaps) {
        move_default(dependent);
      } else if (disturbance == Disturbance::gone && on.kind == ObjectKind::routine) {
        move_default(dependent);
      }
      return;
    }
    case ObjectKind::schema:
    case ObjectKind::extension:
    case ObjectKind::enum_type:
    case ObjectKind::sequence:
      return;
  }
}

// PostgreSQL checks a foreign key after each of its columns has changed. Integers of all sizes can be compared.
bool Planner::is_foreign_key_to_lift(const ObjectName& constraint, const ObjectName& column) const {
  const auto object = find_object(before_, constraint);
  const auto* key = std::get_if<Constraint>(&object);
  if (key == nullptr || key->kind != ConstraintKind::foreign_key) return false;
  const auto is_integer = [](const Object& side) {
    const auto* known = std::get_if<Column>(&side);
    return known != nullptr && (known->type == "integer" || known->type == "bigint" || known->type == "smallint");
  };
  return !is_integer(find_object(before_, column)) || !is_integer(find_object(after_, column));
}

// Whether the column only rides along in the index of a key, which PostgreSQL builds anew when its type changes.
bool Planner::includes(const ObjectName& constraint, const ObjectName& column) const {
  const auto object = find_object(before_, constraint);
  const auto* key = std::get_if<Constraint>(&object);
  return key != nullptr && (key->kind == ConstraintKind::primary_key || key->kind == ConstraintKind::unique) &&
         std::ranges::find(key->columns, column.name) == key->columns.end();
}

void Planner::lift_foreign_keys_to(const ObjectName& key, const ObjectName& column) {
  const auto [first, last] = dependents_.equal_range(key);
  for (auto dependent = first; dependent != last; ++dependent) {
    if (dependent->second.kind != ObjectKind::constraint) continue;
    replace(dependent->second);
    lifted_.push_back({dependent->second, column});
  }
}

// PostgreSQL forgets it when it builds them anew for a column of another type.
bool Planner::has_statistics_target(const ObjectName& name) const {
  const auto object = find_object(before_, name);
  const auto* statistics = std::get_if<Statistics>(&object);
  return statistics != nullptr && statistics->target.has_value();
}

// A column moves over to the new type, unless its table can't follow.
void Planner::retype_in_swap(const ObjectName& column, Item& type) {
  if (is_column_in_partition_key(column)) {
    replace(relation_of(column, ObjectKind::table));
  } else {
    swapped_columns_[column] = &type;
  }
}

bool Planner::is_column_in_partition_key(const ObjectName& column) const {
  const auto* table = parentage_.before({column.schema, column.table});
  return table != nullptr && is_in_partition_key(*table, column.name);
}

void Planner::replace(const ObjectName& name) {
  const bool is_type =
      name.kind == ObjectKind::domain || name.kind == ObjectKind::composite_type || name.kind == ObjectKind::range_type;
  if (auto* item = before_item(name)) {
    if (item->drops) return;
    item->drops = true;
    item->creates = true;
    item->alters.reset();
    item->moves_default = false;
    item->swaps = is_type;
    return;
  }
  Item item{.old_name = name, .new_name = name, .before = find_object(before_, name)};
  if (std::holds_alternative<std::monostate>(item.before)) return;
  // What a parent makes again comes with it.
  if (comes_from_kept_parent(name, item.before) || is_inherited_index(item.before)) return;
  item.after = find_object(after_, name);
  // What the other side can't say stays as it is.
  if (std::holds_alternative<std::monostate>(item.after)) item.after = item.before;
  item.drops = true;
  item.creates = true;
  item.swaps = is_type;
  add(std::move(item));
}

void Planner::move_default(const ObjectName& column) {
  if (auto* item = before_item(column)) {
    if (!item->drops) item->moves_default = true;
    return;
  }
  Item item{.old_name = column, .new_name = column, .before = find_object(before_, column)};
  item.after = find_object(after_, column);
  if (std::holds_alternative<std::monostate>(item.after)) item.after = item.before;
  item.moves_default = true;
  add(std::move(item));
}

void Planner::move_checks(const ObjectName& name) {
  if (auto* item = before_item(name)) {
    item->moves_checks = !item->drops || item->swaps;
  } else {
    Item moved{.old_name = name, .new_name = name, .before = find_object(before_, name)};
    moved.after = find_object(after_, name);
    if (std::holds_alternative<std::monostate>(moved.after)) moved.after = moved.before;
    moved.moves_checks = true;
    add(std::move(moved));
  }
  auto& item = *before_item(name);
  if (item.drops) return;
  const auto& after = std::get<Domain>(item.after);
  if (is_contained(name)) {
    replace(name);
  } else {
    item.alters = alter_operations(bare(std::get<Domain>(item.before)), after);
  }
}

// Their indexes, triggers and so on are gone with them.
void Planner::create_parts_of_replaced() {
  std::set<QualifiedName> replaced;
  for (const auto& item : items_) {
    const bool is_relation = item->new_name.kind == ObjectKind::table || item->new_name.kind == ObjectKind::view;
    if (is_relation && item->is_replaced()) replaced.insert({item->new_name.schema, item->new_name.name});
  }
  if (replaced.empty()) return;
  const auto create_all = [&](ObjectKind kind, const auto& objects) {
    for (const auto& object : objects) {
      if (replaced.contains({object.schema, object.table})) {
        create_part({kind, object.schema, object.table, object.name}, object);
      }
    }
  };
  // A view that only the side before can say is made again with what hangs on it there.
  for (const auto* side : {&after_, &before_}) {
    create_all(ObjectKind::trigger, side->triggers);
    create_all(ObjectKind::policy, side->policies);
    create_all(ObjectKind::rule, side->rules);
    create_all(ObjectKind::statistics, side->statistics);
    const auto create_indexes = [&](const auto& relations) {
      for (const auto& relation : relations) {
        if (!replaced.contains({relation.schema, relation.name})) continue;
        for (const auto& index : relation.indexes) {
          if (index.origin != Origin::inherited) {
            create_part({ObjectKind::index, relation.schema, relation.name, index.name}, index);
          }
        }
      }
    };
    create_indexes(side->tables);
    create_indexes(side->views);
    // What both sides know is as the side after says.
    std::erase_if(replaced, [&](const QualifiedName& name) {
      const auto is_it = [&](const auto& relation) {
        return relation.schema == name.schema && relation.name == name.name;
      };
      return std::ranges::any_of(side->tables, is_it) || std::ranges::any_of(side->views, is_it);
    });
  }
}

void Planner::create_part(const ObjectName& name, Object part) {
  if (auto* item = after_item(name)) {
    item->alters.reset();
    item->drops = false;
    item->creates = true;
    return;
  }
  Item item{.old_name = name, .new_name = name, .before = {}, .after = std::move(part)};
  item.creates = true;
  add(std::move(item));
}

}  // namespace support::alembic::autogenerate
