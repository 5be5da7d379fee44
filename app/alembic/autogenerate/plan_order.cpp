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
  take_apart,
  make_schemas,
  make_extensions,
  make_types,
  make_tables,
  drop_tables,
  change_tables,
  join_parents,
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

}  // namespace

// Whether the sequence belongs to the column, or to one of the table.
bool owns(const Sequence& sequence, const ObjectName& name) {
  if (name.kind == ObjectKind::table) {
    return sequence.owned_by.starts_with(schema::qualified_name(name.name, name.schema) + '.');
  }
  return name.kind == ObjectKind::column && sequence.owned_by == schema::qualified_name(name.table, name.schema) + '.' +
                                                                     schema::quote_identifier(name.name);
}

bool is_separable(const Constraint& constraint) {
  return constraint.kind != ConstraintKind::primary_key && constraint.kind != ConstraintKind::unique;
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
      if (phase == Phase::leave) return at(take_apart);
      return at(drops ? drop_types : make_types);
    case ObjectKind::sequence:
      if (phase == Phase::leave) return at(take_apart);
      return phase == Phase::alter ? at(change_tables) : at(drops ? drop_sequences : make_types);
    case ObjectKind::table:
      if (phase == Phase::leave) return at(take_apart);
      if (phase == Phase::join) return at(join_parents);
      if (phase == Phase::alter) return in_table(alter_table);
      return at(drops ? drop_tables : make_tables);
    case ObjectKind::column:
      if (phase == Phase::leave) return at(take_apart);
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
  const auto used_before = dependencies_of(before_, Side::before);
  const auto used_after = dependencies_of(after_, Side::after);
  while (true) {
    graph_ = {};
    parts_.clear();
    add_actions();
    for (const auto& dependency : used_before) require_before(dependency);
    for (const auto& dependency : used_after) require_after(dependency);
    for (const auto& dependency : lifted_) {
      require_before(dependency);
      require_after(dependency);
    }
    require_relations();
    require_parentage();
    require_schemas();
    require_names();
    require_sequence_owners();
    require_persistence();
    auto order = graph_.order();
    if (order.circle.empty()) return std::move(order.actions);
    const auto& circle = order.circle;
    if (separate(circle) || separate_sequences(circle) || separate_defaults(circle) || separate_keys(circle)) continue;
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
    item.leave_action.reset();
    item.join_action.reset();
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
    if (item.alters && item.new_name.kind == ObjectKind::table) {
      const QualifiedName table{item.new_name.schema, item.new_name.name};
      if (!parentage_.left(table).empty()) item.leave_action = add_action(item, Phase::leave);
      if (!parentage_.joined(table).empty()) item.join_action = add_action(item, Phase::join);
    }
    if (item.alter_action && ownerless_sequences_.contains({item.old_name.schema, item.old_name.name}) &&
        item.old_name.kind == ObjectKind::sequence) {
      item.leave_action = add_action(item, Phase::leave);
    }
    if (item.alter_action && defaultless_columns_.contains(item.old_name)) {
      item.leave_action = add_action(item, Phase::leave);
      graph_.require(*item.leave_action, *item.alter_action);
    }
    if (item.moves_checks) {
      item.leave_action = add_action(item, Phase::leave);
      if (item.alter_action) graph_.require(*item.leave_action, *item.alter_action);
    }
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

void Planner::add_separate(const Table& table, const Constraint& constraint, Phase phase) {
  const ObjectName name{ObjectKind::constraint, table.schema, table.name, constraint.name};
  auto part = std::make_unique<Item>(Item{.old_name = name, .new_name = name, .before = {}, .after = {}});
  if (phase == Phase::drop) {
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

// Tables of a circle get their constraints after they are made, or lose them before they are dropped.
bool Planner::separate(const std::vector<ActionGraph::Action>& circle) {
  bool progress = false;
  for (const auto action : circle) {
    const auto& [item, phase] = parts_[action];
    const auto* table = std::get_if<Table>(phase == Phase::drop ? &item->before : &item->after);
    if (table == nullptr || (phase != Phase::drop && phase != Phase::create)) continue;
    auto& separated = phase == Phase::drop ? taken_apart_ : separate_tables_;
    if (!separated.insert({table->schema, table->name}).second) continue;
    progress = true;
    for (const auto& constraint : table->constraints) {
      if (constraint.origin == Origin::inherited || !is_separable(constraint)) continue;
      // What goes with the table can stay; foreign keys are what holds others.
      if (phase == Phase::drop && constraint.kind != ConstraintKind::foreign_key) continue;
      add_separate(*table, constraint, phase);
    }
  }
  return progress;
}

// The names of their indexes may be what a circle is about.
bool Planner::separate_keys(const std::vector<ActionGraph::Action>& circle) {
  bool progress = false;
  for (const auto action : circle) {
    const auto& [item, phase] = parts_[action];
    const auto* table = std::get_if<Table>(&item->after);
    if (table == nullptr || phase != Phase::create) continue;
    if (!keyless_tables_.insert({table->schema, table->name}).second) continue;
    for (const auto& constraint : table->constraints) {
      if (constraint.origin == Origin::inherited || is_separable(constraint)) continue;
      add_separate(*table, constraint, phase);
      progress = true;
    }
  }
  return progress;
}

// Defaults go before what they use.
bool Planner::separate_defaults(const std::vector<ActionGraph::Action>& circle) {
  bool progress = false;
  for (const auto action : circle) {
    const auto& [item, phase] = parts_[action];
    const auto* before = std::get_if<Column>(&item->before);
    const auto* after = std::get_if<Column>(&item->after);
    if (before == nullptr || after == nullptr || phase != Phase::alter || before->generated != Generated::none)
      continue;
    if (!before->default_sql || before->default_sql == after->default_sql) continue;
    progress |= defaultless_columns_.insert(item->old_name).second;
  }
  return progress;
}

bool Planner::separate_sequences(const std::vector<ActionGraph::Action>& circle) {
  bool progress = false;
  for (const auto action : circle) {
    const auto& [item, phase] = parts_[action];
    const auto* sequence = std::get_if<Sequence>(&item->before);
    if (sequence == nullptr || phase != Phase::alter || sequence->owned_by.empty()) continue;
    progress |= ownerless_sequences_.insert({sequence->schema, sequence->name}).second;
  }
  return progress;
}

}  // namespace support::alembic::autogenerate
