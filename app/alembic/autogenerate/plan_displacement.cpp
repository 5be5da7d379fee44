// What stands in the way of a change is dropped before it and made again behind it.
#include <algorithm>
#include <deque>

#include <fmt/format.h>

#include "app/alembic/autogenerate/planner.hpp"

namespace support::alembic::autogenerate {
namespace {

bool is_retyped(const Item& item) {
  const auto* before = std::get_if<Column>(&item.before);
  const auto* after = std::get_if<Column>(&item.after);
  return before != nullptr && after != nullptr &&
         (before->type != after->type || before->collation != after->collation);
}

// Whether it is made by its parent.
bool is_inherited(const Object& object) {
  if (const auto* constraint = std::get_if<Constraint>(&object)) return constraint->origin == Origin::inherited;
  if (const auto* index = std::get_if<Index>(&object)) return index->origin == Origin::inherited;
  return false;
}

}  // namespace

void Planner::displace() {
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
    for (const auto& [name, disturbance] : disturbed) {
      if (!seen.emplace(name, disturbance).second) continue;
      again = true;
      const auto [first, last] = dependents_.equal_range(name);
      for (auto dependent = first; dependent != last; ++dependent) {
        displace_dependent(dependent->second, name, disturbance);
      }
    }
  }
  create_parts_of_replaced();
}

void Planner::displace_dependent(const ObjectName& dependent, const ObjectName& on, Disturbance disturbance) {
  if (goes_with_relation(dependent)) return;
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
    case ObjectKind::index:
    case ObjectKind::constraint:
    case ObjectKind::statistics:
    case ObjectKind::domain:
    case ObjectKind::composite_type:
    case ObjectKind::range_type:
    case ObjectKind::table:
      if (disturbance == Disturbance::gone) replace(dependent);
      return;
    case ObjectKind::column: {
      const auto before = find_object(before_, dependent);
      const auto* column = std::get_if<Column>(&before);
      if (column == nullptr) return;
      if (column->generated != Generated::none) {
        replace(dependent);
      } else if (disturbance == Disturbance::gone && !swaps && on.kind == ObjectKind::routine) {
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
  if (std::holds_alternative<std::monostate>(item.before) || is_inherited(item.before)) return;
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
          if (!is_inherited(index)) {
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
