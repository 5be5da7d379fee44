// Which action comes before which.
#include <algorithm>
#include <array>

#include "app/alembic/autogenerate/constraint_changes.hpp"
#include "app/alembic/autogenerate/planner.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic::autogenerate {
namespace {

// The order for reading, where nothing else decides.
enum Stage {
  make_schemas,
  make_extensions,
  make_types,
  make_tables,
  drop_tables,
  change_tables,
  change_views,
  change_routines,
  change_triggers,
  change_policies,
  change_rules,
  change_statistics,
  drop_sequences,
  drop_types,
  drop_extensions,
  drop_schemas
};

constexpr int places_in_stage = 1'000'000;
constexpr int steps_of_table = 16;

// Of a table that is on both sides.
enum TableStep {
  add_columns,
  alter_columns,
  drop_indexes,
  alter_indexes,
  create_indexes,
  drop_foreign_keys,
  create_foreign_keys,
  alter_table,
  drop_constraints,
  create_constraints,
  drop_columns
};

const Constraint* constraint_of(const Item& item) {
  if (const auto* before = std::get_if<Constraint>(&item.before)) return before;
  return std::get_if<Constraint>(&item.after);
}

bool is_foreign_key(const Item& item) {
  const auto* constraint = constraint_of(item);
  return constraint != nullptr && constraint->kind == ConstraintKind::foreign_key;
}

bool is_unique(const Item& item) {
  const auto* constraint = constraint_of(item);
  return constraint != nullptr && constraint->kind == ConstraintKind::unique;
}

// Whether the sequence belongs to the column, or to one of the table.
bool owns(const Sequence& sequence, const ObjectName& name) {
  if (name.kind == ObjectKind::table) {
    return sequence.owned_by.starts_with(schema::qualified_name(name.name, name.schema) + '.');
  }
  return name.kind == ObjectKind::column && sequence.owned_by == schema::qualified_name(name.table, name.schema) + '.' +
                                                                     schema::quote_identifier(name.name);
}

bool has_index(const Constraint& constraint) {
  return constraint.kind == ConstraintKind::primary_key || constraint.kind == ConstraintKind::unique ||
         constraint.kind == ConstraintKind::exclusion;
}

}  // namespace

bool is_separable(const Constraint& constraint) {
  return constraint.kind != ConstraintKind::primary_key && constraint.kind != ConstraintKind::unique;
}

std::optional<QualifiedName> relation_name(const ObjectName& name, const Object& object) {
  switch (name.kind) {
    case ObjectKind::enum_type:
    case ObjectKind::domain:
    case ObjectKind::composite_type:
    case ObjectKind::range_type:
    case ObjectKind::sequence:
    case ObjectKind::table:
    case ObjectKind::view:
    case ObjectKind::index:
      return QualifiedName{name.schema, name.name};
    case ObjectKind::constraint:
      if (const auto* constraint = std::get_if<Constraint>(&object); constraint != nullptr && has_index(*constraint)) {
        return QualifiedName{name.schema, name.name};
      }
      return std::nullopt;
    case ObjectKind::routine:
      return QualifiedName{name.schema, name.name.substr(0, name.name.find('(')) + "()"};
    default:
      return std::nullopt;
  }
}

int Planner::rank(const Item& item, Phase phase) const {
  const auto& name = phase == Phase::drop ? item.old_name : item.new_name;
  const bool drops = phase == Phase::drop;
  const bool is_relation = name.kind == ObjectKind::table || name.kind == ObjectKind::view;
  const auto found = table_places_.find({name.schema, is_relation ? name.name : name.table});
  const int place = found == table_places_.end() ? 0 : found->second;
  const auto at = [&](Stage stage) { return stage * places_in_stage + place * steps_of_table; };
  const auto in_table = [&](TableStep step) {
    const auto* table = after_item(relation_of(name, ObjectKind::table));
    if (table != nullptr && table->creates) return at(make_tables) + 1;
    return at(change_tables) + step;
  };
  switch (name.kind) {
    case ObjectKind::schema:
      return at(drops ? drop_schemas : make_schemas);
    case ObjectKind::extension:
      return at(drops ? drop_extensions : make_extensions);
    case ObjectKind::enum_type:
    case ObjectKind::domain:
    case ObjectKind::composite_type:
    case ObjectKind::range_type:
      return at(drops ? drop_types : make_types);
    case ObjectKind::sequence:
      return phase == Phase::alter ? at(change_tables) : at(drops ? drop_sequences : make_types);
    case ObjectKind::table:
      if (phase == Phase::alter) return in_table(alter_table);
      return at(drops ? drop_tables : make_tables);
    case ObjectKind::column:
      if (phase == Phase::alter) return in_table(alter_columns);
      if (item.moves_default) return in_table(alter_columns);
      return in_table(drops ? drop_columns : add_columns);
    case ObjectKind::constraint:
      if (is_foreign_key(item)) return in_table(drops ? drop_foreign_keys : create_foreign_keys);
      if (is_unique(item)) return in_table(drops ? drop_indexes : create_indexes);
      return in_table(drops ? drop_constraints : create_constraints);
    case ObjectKind::index: {
      const auto* view = after_item(relation_of(name, ObjectKind::view));
      if (view != nullptr && view->creates) return at(change_views) + 1;
      if (phase == Phase::alter) return in_table(alter_indexes);
      return in_table(drops ? drop_indexes : create_indexes);
    }
    case ObjectKind::view:
      return at(change_views);
    case ObjectKind::routine:
      return at(change_routines);
    case ObjectKind::trigger:
      return at(change_triggers);
    case ObjectKind::policy:
      return at(change_policies);
    case ObjectKind::rule:
      return at(change_rules);
    case ObjectKind::statistics:
      return at(change_statistics);
  }
  return 0;
}

std::vector<ActionGraph::Action> Planner::order() {
  while (true) {
    graph_ = {};
    parts_.clear();
    add_actions();
    for (const auto& dependency : before_.dependencies) require_before(dependency);
    for (const auto& dependency : after_.dependencies) require_after(dependency);
    for (const auto& dependency : lifted_) {
      require_before(dependency);
      require_after(dependency);
    }
    require_relations();
    require_schemas();
    require_names();
    require_sequence_owners();
    auto order = graph_.order();
    if (order.circle.empty()) return std::move(order.actions);
    if (separate(order.circle)) continue;
    // Nothing else can be taken apart. The rest comes in the order of reading, and the server has the last word.
    std::set<ActionGraph::Action> done(order.actions.begin(), order.actions.end());
    std::vector<std::pair<int, ActionGraph::Action>> rest;
    for (ActionGraph::Action action = 0; action < parts_.size(); ++action) {
      if (!done.contains(action)) rest.emplace_back(rank(*parts_[action].item, parts_[action].phase), action);
    }
    std::ranges::sort(rest);
    for (const auto& [_, action] : rest) order.actions.push_back(action);
    return std::move(order.actions);
  }
}

bool Planner::is_separate(const Item& item) const {
  return std::ranges::any_of(separate_constraints_, [&](const auto& separate) { return separate.get() == &item; });
}

// Whether a sequence disappears with the column that owns it.
bool Planner::goes_with_owner(const Item& item) const {
  const auto* sequence = std::get_if<Sequence>(&item.before);
  if (sequence == nullptr || sequence->owned_by.empty()) return false;
  return std::ranges::any_of(items_,
                             [&](const auto& other) { return other->drops && owns(*sequence, other->old_name); });
}

void Planner::add_actions() {
  const auto add_action = [&](Item& item, Phase phase) {
    parts_.push_back({&item, phase});
    return graph_.add(rank(item, phase));
  };
  const auto add_all = [&](Item& item) {
    item.drop_action.reset();
    item.create_action.reset();
    item.alter_action.reset();
    const bool is_made_with_relation =
        item.is_replaced() && comes_with_relation(item.new_name) && goes_with_relation(item.old_name);
    if (is_made_with_relation || (item.alters && goes_with_relation(item.old_name))) return;
    if (item.drops && !item.creates && !is_separate(item) &&
        (goes_with_owner(item) || goes_with_relation(item.old_name))) {
      return;
    }
    if (item.creates && !item.drops && comes_with_relation(item.new_name) && !is_separate(item)) return;
    if (item.drops || item.moves_default) item.drop_action = add_action(item, Phase::drop);
    if (item.alters && !item.alters->empty()) item.alter_action = add_action(item, Phase::alter);
    if (item.creates || item.moves_default) item.create_action = add_action(item, Phase::create);
    if (item.drop_action && item.create_action) {
      if (item.swaps) {
        graph_.require(*item.create_action, *item.drop_action);
      } else {
        graph_.require(*item.drop_action, *item.create_action);
      }
    }
    if (item.alter_action && item.drop_action) graph_.require(*item.drop_action, *item.alter_action);
    // A sequence that is made learns its owner then.
    const bool is_made_first = item.new_name.kind == ObjectKind::sequence;
    if (item.alter_action && item.create_action) {
      graph_.require(is_made_first ? *item.create_action : *item.alter_action,
                     is_made_first ? *item.alter_action : *item.create_action);
    }
  };
  for (const auto& item : items_) add_all(*item);
  for (const auto& item : separate_constraints_) add_all(*item);
}

// What happens to a column of a child by way of its parents.
Item* Planner::parent_item(const ObjectName& name, const std::map<QualifiedName, const Table*>& tables,
                           const std::map<ObjectName, Item*>& items) {
  if (name.kind != ObjectKind::column) return nullptr;
  const auto table = tables.find({name.schema, name.table});
  if (table == tables.end()) return nullptr;
  for (const auto& parent : table->second->parents) {
    const ObjectName above{ObjectKind::column, parent.schema, parent.name, name.name};
    const auto found = items.find(above);
    if (found != items.end()) return found->second;
    if (auto* item = parent_item(above, tables, items)) return item;
  }
  return nullptr;
}

// What is there before: users go, or stop using, before the used goes or changes.
void Planner::require_before(const Dependency& dependency) {
  const auto item_of = [&](const ObjectName& name) -> Item* {
    auto* item = before_item(name);
    if (item != nullptr && (item->drop_action || item->alter_action)) return item;
    for (const auto kind : {ObjectKind::table, ObjectKind::view}) {
      auto* relation = name.table.empty() ? nullptr : before_item(relation_of(name, kind));
      if (relation != nullptr && relation->drop_action) return relation;
    }
    return parent_item(name, tables_before_, before_items_);
  };
  auto* const user = item_of(dependency.object);
  auto* used = item_of(dependency.on);
  if (const auto swapped = swapped_columns_.find(dependency.on); swapped != swapped_columns_.end() && user != nullptr) {
    if (user->drop_action && user != swapped->second && !user->swaps && swapped->second->create_action) {
      graph_.require(*user->drop_action, *swapped->second->create_action);
    }
  }
  if (user == nullptr || used == nullptr || user == used) return;
  for (const auto& last_use : {user->drop_action, user->alter_action}) {
    if (!last_use) continue;
    const bool is_drop = last_use == user->drop_action;
    if (used->drop_action && !used->swaps) graph_.require(*last_use, *used->drop_action);
    if (used->swaps && user->swaps) {
      if (is_drop && used->drop_action) graph_.require(*last_use, *used->drop_action);
    } else if (used->swaps) {
      if (is_drop && used->create_action) graph_.require(*last_use, *used->create_action);
      if (!is_drop && used->drop_action) graph_.require(*last_use, *used->drop_action);
    }
    if (is_drop && used->alter_action) graph_.require(*last_use, *used->alter_action);
  }
}

// What is there after: the used comes, or is changed, before its users do.
void Planner::require_after(const Dependency& dependency) {
  const auto item_of = [&](const ObjectName& name) -> Item* {
    auto* item = after_item(name);
    if (item != nullptr && (item->create_action || item->alter_action)) return item;
    for (const auto kind : {ObjectKind::table, ObjectKind::view}) {
      auto* relation = name.table.empty() ? nullptr : after_item(relation_of(name, kind));
      if (relation != nullptr && relation->create_action) return relation;
    }
    return parent_item(name, tables_after_, after_items_);
  };
  auto* const user = item_of(dependency.object);
  auto* const used = item_of(dependency.on);
  if (const auto swapped = swapped_columns_.find(dependency.on); swapped != swapped_columns_.end() && user != nullptr) {
    const auto moved = swapped->second->create_action;
    if (moved && user->create_action && user != swapped->second) graph_.require(*moved, *user->create_action);
  }
  if (user == nullptr || used == nullptr || user == used) return;
  // The sequence of a column is made on its own; it learns whose it is when the column is there.
  if (dependency.object.kind == ObjectKind::sequence) return;
  const auto ready = used->moves_default   ? used->alter_action
                     : used->create_action ? used->create_action
                                           : used->alter_action;
  if (!ready) return;
  for (const auto& use : {user->create_action, user->alter_action}) {
    if (use) graph_.require(*ready, *use);
  }
}

// What happens to a column of a parent reaches its children first.
void Planner::require_parents(const Item& item, ActionGraph::Action action) {
  const QualifiedName name{item.new_name.schema, item.new_name.table};
  const auto table = tables_after_.find(name);
  if (table == tables_after_.end()) return;
  // A table leaves its parents before its columns change, and joins others when they have.
  const auto* change = after_item(relation_of(item.new_name, ObjectKind::table));
  const auto before = tables_before_.find(name);
  if (change != nullptr && change->alter_action && before != tables_before_.end() &&
      before->second->parents != table->second->parents) {
    // Constraints that the parents have must be there.
    const bool leaves = !before->second->parents.empty() && item.new_name.kind == ObjectKind::column;
    graph_.require(leaves ? *change->alter_action : action, leaves ? action : *change->alter_action);
  }
  for (const auto& parent : table->second->parents) {
    const auto* column = after_item({ObjectKind::column, parent.schema, parent.name, item.new_name.name});
    if (column == nullptr || column == &item) continue;
    if (column->create_action) graph_.require(*column->create_action, action);
    if (column->alter_action) graph_.require(*column->alter_action, action);
  }
}

// A part is made after its table or view, and dropped before it.
void Planner::require_relations() {
  for (ActionGraph::Action action = 0; action < parts_.size(); ++action) {
    const auto& [item, phase] = parts_[action];
    if (item->new_name.table.empty()) continue;
    if (item->new_name.kind == ObjectKind::column ||
        (item->new_name.kind == ObjectKind::constraint && phase == Phase::create)) {
      require_parents(*item, action);
    }
    for (const auto kind : {ObjectKind::table, ObjectKind::view}) {
      const auto* made = after_item(relation_of(item->new_name, kind));
      if (phase != Phase::drop && made != nullptr && made->create_action) graph_.require(*made->create_action, action);
      const auto* dropped = before_item(relation_of(item->old_name, kind));
      if (phase == Phase::drop && dropped != nullptr && dropped->drop_action) {
        graph_.require(action, *dropped->drop_action);
      }
    }
  }
}

void Planner::require_schemas() {
  for (const auto& part : parts_) {
    const auto& item = *part.item;
    if (item.new_name.kind == ObjectKind::schema) continue;
    const auto schema_of = [](const ObjectName& name, const Object& object) -> ObjectName {
      const auto* extension = std::get_if<Extension>(&object);
      return {ObjectKind::schema, "", "", extension != nullptr ? extension->schema : name.schema};
    };
    const auto* home = after_item(schema_of(item.new_name, item.after));
    if (home != nullptr && home->create_action && item.create_action) {
      graph_.require(*home->create_action, *item.create_action);
    }
    if (home != nullptr && home->create_action && item.alter_action) {
      graph_.require(*home->create_action, *item.alter_action);
    }
    const auto* old_home = before_item(schema_of(item.old_name, item.before));
    if (old_home == nullptr || !old_home->drop_action) continue;
    if (item.drop_action) graph_.require(*item.drop_action, *old_home->drop_action);
    if (item.alter_action) graph_.require(*item.alter_action, *old_home->drop_action);
  }
}

// A name is free again before it is taken.
void Planner::require_names() {
  std::multimap<QualifiedName, ActionGraph::Action> freed;
  std::multimap<ObjectName, ActionGraph::Action> freed_objects;
  for (ActionGraph::Action action = 0; action < parts_.size(); ++action) {
    const auto& [item, phase] = parts_[action];
    const bool renames = phase == Phase::alter && item->old_name != item->new_name;
    if ((phase != Phase::drop && !renames) || item->swaps || item->moves_default) continue;
    freed_objects.emplace(item->old_name, action);
    if (const auto name = relation_name(item->old_name, item->before)) freed.emplace(*name, action);
    // The indexes of a table, and those of its constraints, go with it.
    if (const auto* table = std::get_if<Table>(&item->before); table != nullptr && phase == Phase::drop) {
      for (const auto& index : table->indexes) freed.emplace(QualifiedName{table->schema, index.name}, action);
      for (const auto& constraint : table->constraints) {
        if (has_index(constraint)) freed.emplace(QualifiedName{table->schema, constraint.name}, action);
      }
      for (const auto& column : table->columns) {
        if (column.sequence) freed.emplace(QualifiedName{column.sequence->schema, column.sequence->name}, action);
      }
    }
  }
  const auto free_indexes = [&](const View& view, ActionGraph::Action action) {
    for (const auto& index : view.indexes) freed.emplace(QualifiedName{view.schema, index.name}, action);
  };
  for (ActionGraph::Action action = 0; action < parts_.size(); ++action) {
    const auto& [item, phase] = parts_[action];
    const auto* view = std::get_if<View>(&item->before);
    if (view != nullptr && phase == Phase::drop) free_indexes(*view, action);
  }
  const auto take = [&](const QualifiedName& name, ActionGraph::Action action) {
    const auto [first, last] = freed.equal_range(name);
    for (auto entry = first; entry != last; ++entry) {
      if (parts_[entry->second].item != parts_[action].item) graph_.require(entry->second, action);
    }
  };
  for (ActionGraph::Action action = 0; action < parts_.size(); ++action) {
    const auto& [item, phase] = parts_[action];
    const bool renames = phase == Phase::alter && item->old_name != item->new_name;
    if ((phase != Phase::create && !renames) || item->moves_default) continue;
    if (const auto name = relation_name(item->new_name, item->after)) take(*name, action);
    if (const auto* table = std::get_if<Table>(&item->after); table != nullptr && phase == Phase::create) {
      for (const auto& constraint : table->constraints) {
        if (has_index(constraint)) take({table->schema, constraint.name}, action);
      }
      for (const auto& column : table->columns) {
        if (column.sequence) take({column.sequence->schema, column.sequence->name}, action);
      }
    }
    const auto [first, last] = freed_objects.equal_range(item->new_name);
    for (auto entry = first; entry != last; ++entry) {
      if (parts_[entry->second].item != item) graph_.require(entry->second, action);
    }
  }
}

// An owned sequence changes hands after its new owner is there and before its old one is gone, which would take it
// along.
void Planner::require_sequence_owners() {
  for (const auto& item : items_) {
    if (item->new_name.kind != ObjectKind::sequence || !item->alter_action) continue;
    const auto* before = std::get_if<Sequence>(&item->before);
    for (ActionGraph::Action action = 0; action < parts_.size(); ++action) {
      const auto& [other, phase] = parts_[action];
      if (phase == Phase::drop && before != nullptr && owns(*before, other->old_name)) {
        graph_.require(*item->alter_action, action);
      }
      if (phase != Phase::drop && owns(std::get<Sequence>(item->after), other->new_name)) {
        graph_.require(action, *item->alter_action);
      }
    }
  }
}

// Tables of a circle get their constraints after they are made, or lose them before they are dropped.
bool Planner::separate(const std::vector<ActionGraph::Action>& circle) {
  bool progress = false;
  for (const auto action : circle) {
    const auto& [item, phase] = parts_[action];
    const auto* table = std::get_if<Table>(phase == Phase::drop ? &item->before : &item->after);
    if (table == nullptr || phase == Phase::alter) continue;
    if (!separate_tables_.insert({table->schema, table->name}).second) continue;
    progress = true;
    for (const auto& constraint : table->constraints) {
      if (constraint.origin == Origin::inherited || !is_separable(constraint)) continue;
      const ObjectName name{ObjectKind::constraint, table->schema, table->name, constraint.name};
      auto part = std::make_unique<Item>(Item{.old_name = name, .new_name = name, .before = {}, .after = {}});
      if (phase == Phase::drop) {
        // What goes with the table can stay; foreign keys are what holds others.
        if (constraint.kind != ConstraintKind::foreign_key) continue;
        part->before = constraint;
        part->drops = true;
        before_items_[name] = part.get();
      } else {
        part->after = constraint;
        part->creates = true;
        after_items_[name] = part.get();
      }
      separate_constraints_.push_back(std::move(part));
    }
  }
  return progress;
}

}  // namespace support::alembic::autogenerate
