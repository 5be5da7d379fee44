// What must come before what: users, parts, schemas, names and owners.
#include <algorithm>

#include "app/alembic/autogenerate/planner.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic::autogenerate {
namespace {

bool has_index(const Constraint& constraint) {
  return constraint.kind == ConstraintKind::primary_key || constraint.kind == ConstraintKind::unique ||
         constraint.kind == ConstraintKind::exclusion;
}

// Whether the default of a column is what the dependency is about, and not its type.
bool is_of_default(const Dependency& dependency) {
  const auto kind = dependency.on.kind;
  return dependency.object.kind == ObjectKind::column && (kind == ObjectKind::column || kind == ObjectKind::table ||
                                                          kind == ObjectKind::sequence || kind == ObjectKind::routine);
}

// Whether the checks or the default of a domain are what the dependency is about.
bool is_of_checks(const Dependency& dependency) {
  return dependency.object.kind == ObjectKind::domain && dependency.on.kind == ObjectKind::routine;
}

// Whether the sequence of a serial column is dropped with a change of the column.
bool loses_sequence(const Item& item) {
  const auto* before = std::get_if<Column>(&item.before);
  const auto* after = std::get_if<Column>(&item.after);
  return before != nullptr && after != nullptr && before->is_serial() && !after->is_serial();
}

const Constraint* constraint_of(const ObjectName& name, const Table* table) {
  return name.kind == ObjectKind::constraint && table != nullptr ? find_constraint(*table, name.name) : nullptr;
}

bool is_foreign_key(const Constraint* constraint) {
  return constraint != nullptr && constraint->kind == ConstraintKind::foreign_key;
}

// Foreign keys that PostgreSQL derives from one for partitions of its own table come and go with it. Nothing else
// depends on a foreign key.
bool is_derived(const Dependency& dependency, const Table* table, const Table* other_table) {
  const auto* key = constraint_of(dependency.object, table);
  return (is_foreign_key(key) && key->origin == Origin::inherited) ||
         is_foreign_key(constraint_of(dependency.on, other_table));
}

QualifiedName table_of(const ObjectName& part) {
  return {part.schema, part.table};
}

}  // namespace

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
    default:
      return std::nullopt;
  }
}

// pg_depend with a foreign key in place of those that PostgreSQL derives from it for the partitions that it refers to,
// which the snapshot doesn't name.
std::vector<Dependency> Planner::dependencies_of(const CatalogSnapshot& snapshot, Side side) const {
  const auto table = [&](const ObjectName& name) {
    return side == Side::before ? parentage_.before(table_of(name)) : parentage_.after(table_of(name));
  };
  const auto is_nameless = [&](const ObjectName& name) {
    const auto* owner = name.kind == ObjectKind::constraint ? table(name) : nullptr;
    return owner != nullptr && find_constraint(*owner, name.name) == nullptr;
  };
  // One for a partition of a partition is derived from the one for the latter.
  std::map<ObjectName, ObjectName> derived;
  for (const auto& [object, on] : snapshot.dependencies) {
    if (object == on || !is_nameless(object)) continue;
    if (is_nameless(on) || is_foreign_key(constraint_of(on, table(on)))) derived[object] = on;
  }
  std::vector<Dependency> result;
  for (auto dependency : snapshot.dependencies) {
    for (auto above = derived.find(dependency.object); above != derived.end(); above = derived.find(above->second)) {
      dependency.object = above->second;
    }
    if (dependency.object == dependency.on || is_nameless(dependency.object)) continue;
    if (is_derived(dependency, table(dependency.object), table(dependency.on))) continue;
    result.push_back(std::move(dependency));
  }
  return result;
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
    return nullptr;
  };
  // require_sequence_owners() knows better.
  if (dependency.object.kind == ObjectKind::sequence) return;
  if (dependency.on.kind == ObjectKind::table && is_left(dependency.object, dependency.on)) return;
  auto* user = item_of(dependency.object);
  if (user == nullptr) user = parent_item(dependency.object, before_items_);
  if (user == nullptr) return;
  if (const auto swapped = swapped_columns_.find(dependency.on); swapped != swapped_columns_.end()) {
    if (user->drop_action && user != swapped->second && !user->swaps && swapped->second->create_action) {
      graph_.require(*user->drop_action, *swapped->second->create_action);
    }
  }
  for (auto* used : {item_of(dependency.on), parent_item(dependency.on, before_items_)}) {
    if (used == nullptr || used == user) continue;
    if (user->leave_action && (is_of_default(dependency) || is_of_checks(dependency))) {
      if (used->drop_action) graph_.require(*user->leave_action, *used->drop_action);
    } else {
      require_last_use(*user, *used);
    }
  }
  if (auto* used = before_item(dependency.on); used != nullptr && loses_sequence(*used) && used->alter_action &&
                                               user->alter_action && is_of_default(dependency) &&
                                               !is_of_kept_parent(dependency.object)) {
    graph_.require(*user->alter_action, *used->alter_action);
  }
}

void Planner::require_last_use(const Item& user, const Item& used) {
  for (const auto& last_use : {user.drop_action, user.alter_action}) {
    if (!last_use) continue;
    const bool is_drop = last_use == user.drop_action;
    if (used.drop_action && !used.swaps) graph_.require(*last_use, *used.drop_action);
    if (used.swaps && user.swaps) {
      if (is_drop && used.drop_action) graph_.require(*last_use, *used.drop_action);
    } else if (used.swaps) {
      if (is_drop && used.create_action) graph_.require(*last_use, *used.create_action);
      if (!is_drop && used.drop_action) graph_.require(*last_use, *used.drop_action);
    }
    // Enums change under their users.
    const bool is_enum = used.old_name.kind == ObjectKind::enum_type;
    if (is_drop && used.alter_action && !is_enum) graph_.require(*last_use, *used.alter_action);
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
    return nullptr;
  };
  auto* user = item_of(dependency.object);
  if (user == nullptr) user = parent_item(dependency.object, after_items_);
  if (user == nullptr) return;
  if (const auto swapped = swapped_columns_.find(dependency.on); swapped != swapped_columns_.end()) {
    const auto moved = swapped->second->create_action;
    if (moved && user->create_action && user != swapped->second) graph_.require(*moved, *user->create_action);
  }
  // The sequence of a column is made on its own; it learns whose it is when the column is there. A table that joins
  // another waits for it by itself.
  if (dependency.object.kind == ObjectKind::sequence) return;
  if (dependency.on.kind == ObjectKind::table && user->join_action) return;
  for (auto* used : {item_of(dependency.on), parent_item(dependency.on, after_items_)}) {
    if (used != nullptr && used != user) require_readiness(*used, *user);
  }
}

void Planner::require_readiness(const Item& used, const Item& user) {
  const auto ready = used.moves_default   ? used.alter_action
                     : used.create_action ? used.create_action
                                          : used.alter_action;
  if (!ready) return;
  for (const auto& use : {user.create_action, user.alter_action}) {
    if (use) graph_.require(*ready, *use);
  }
}

// A part is made after its table or view, and dropped before it.
void Planner::require_relations() {
  for (ActionGraph::Action action = 0; action < parts_.size(); ++action) {
    const auto& [item, phase] = parts_[action];
    if (item->new_name.table.empty()) continue;
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
  // Sequences go with their owners.
  for (const auto& item : items_) {
    const auto* sequence = std::get_if<Sequence>(&item->before);
    if (sequence == nullptr || !item->drops || item->drop_action) continue;
    for (ActionGraph::Action action = 0; action < parts_.size(); ++action) {
      if (parts_[action].phase != Phase::drop || !owns(*sequence, parts_[action].item->old_name)) continue;
      freed.emplace(QualifiedName{sequence->schema, sequence->name}, action);
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
// along; or it has no owner in between.
void Planner::require_sequence_owners() {
  for (const auto& item : items_) {
    if (item->new_name.kind != ObjectKind::sequence || !item->alter_action) continue;
    const auto* before = std::get_if<Sequence>(&item->before);
    const auto last_action = item->leave_action ? *item->leave_action : *item->alter_action;
    for (ActionGraph::Action action = 0; action < parts_.size(); ++action) {
      const auto& [other, phase] = parts_[action];
      if (phase == Phase::drop && before != nullptr && owns(*before, other->old_name)) {
        graph_.require(last_action, action);
      }
      if (phase != Phase::drop && owns(std::get<Sequence>(item->after), other->new_name)) {
        graph_.require(action, *item->alter_action);
      }
    }
  }
}

// A logged table can't refer to one that is not.
void Planner::require_persistence() {
  const auto change_of = [&](const QualifiedName& name) -> const Item* {
    const auto* item = before_item({ObjectKind::table, name.schema, "", name.name});
    if (item == nullptr || !item->alter_action) return nullptr;
    const auto* after = std::get_if<Table>(&item->after);
    const auto* before = std::get_if<Table>(&item->before);
    return before != nullptr && after != nullptr && before->persistence != after->persistence ? item : nullptr;
  };
  const auto visit = [&](const CatalogSnapshot& snapshot, auto require_all) {
    for (const auto& table : snapshot.tables) {
      for (const auto& constraint : table.constraints) {
        if (constraint.kind != ConstraintKind::foreign_key) continue;
        const auto* referring = change_of({table.schema, table.name});
        const auto* referent = change_of({constraint.referent.schema, constraint.referent.table});
        if (referring == nullptr && referent == nullptr) continue;
        require_all(ObjectName{ObjectKind::constraint, table.schema, table.name, constraint.name}, referring, referent);
      }
    }
  };
  visit(before_, [&](const ObjectName& name, const Item* referring, const Item* referent) {
    const auto* key = before_item(name);
    for (const auto* change : {referring, referent}) {
      if (key != nullptr && key->drop_action && change != nullptr) {
        graph_.require(*key->drop_action, *change->alter_action);
      }
    }
    const auto* table = before_item(relation_of(name, ObjectKind::table));
    if (table != nullptr && table->drop_action && referent != nullptr) {
      graph_.require(*table->drop_action, *referent->alter_action);
    }
    if (referring == nullptr || referent == nullptr || (key != nullptr && key->drop_action)) return;
    const bool is_unlogged = std::get<Table>(referent->after).persistence == Persistence::unlogged;
    const auto* first = is_unlogged ? referring : referent;
    graph_.require(*first->alter_action, *(is_unlogged ? referent : referring)->alter_action);
  });
  visit(after_, [&](const ObjectName& name, const Item* referring, const Item* referent) {
    const auto* key = after_item(name);
    const auto* table = after_item(relation_of(name, ObjectKind::table));
    if (table != nullptr && table->create_action && referent != nullptr &&
        std::get<Table>(referent->after).persistence == Persistence::permanent) {
      graph_.require(*referent->alter_action, *table->create_action);
    }
    for (const auto* change : {referring, referent}) {
      if (key != nullptr && key->create_action && change != nullptr) {
        graph_.require(*change->alter_action, *key->create_action);
      }
    }
  });
}

}  // namespace support::alembic::autogenerate
