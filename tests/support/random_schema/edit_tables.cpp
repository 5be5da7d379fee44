// Tables and what hangs on them.
#include <algorithm>

#include <fmt/format.h>

#include "tests/support/random_schema/edit.hpp"

namespace support::tests::random_schema {

void Editor::change_table() {
  auto* table = any(model_.tables);
  if (table == nullptr) return;
  switch (dice_.below(6)) {
    case 0:
      table->unlogged = !table->unlogged;
      return;
    case 1:
      table->options = table->options.empty() ? "fillfactor = 55, autovacuum_enabled = off" : "";
      return;
    case 2:
      table->row_security = !table->row_security;
      return;
    case 3:
      table->forced = !table->forced;
      return;
    case 4:
      table->replica_identity = table->replica_identity == "FULL" ? "" : "FULL";
      return;
    default:
      table->cluster_index = table->indexes.empty() ? 0 : dice_.pick(table->indexes).id;
  }
}

void Editor::change_partitioning() {
  std::vector<Table*> partitions;
  std::vector<Id> partitioned;
  std::vector<Table*> children;
  for (auto& table : model_.tables) {
    if (table.is_partition) partitions.push_back(&table);
    if (table.strategy != Strategy::none && !table.is_partition) partitioned.push_back(table.id);
    if (table.parent != 0 && !table.is_partition) children.push_back(&table);
  }
  switch (dice_.below(7)) {
    case 0:
      if (!partitions.empty()) dice_.pick(partitions)->slot = dice_.below(6) - 1;
      return;
    case 1:
      // It becomes a table by itself, with other columns than it had.
      if (!partitions.empty()) {
        auto& table = *dice_.pick(partitions);
        table.is_partition = false;
        table.parent = 0;
        builder_.add_column(table);
      }
      return;
    case 2:
      if (!partitioned.empty()) builder_.add_partition(dice_.pick(partitioned));
      return;
    case 3:
      if (!partitioned.empty()) {
        const auto id = dice_.pick(partitioned);
        auto& table = *std::ranges::find(model_.tables, id, &Table::id);
        table.strategy = table.strategy == Strategy::hash ? Strategy::list : Strategy::hash;
      }
      return;
    case 4:
      if (!partitioned.empty()) {
        const auto id = dice_.pick(partitioned);
        std::ranges::find(model_.tables, id, &Table::id)->strategy = Strategy::none;
      }
      return;
    case 5:
      // A plain table becomes a partitioned one.
      if (auto* table = any(model_.tables); table != nullptr && table->parent == 0 && !table->columns.empty()) {
        table->strategy = Strategy::hash;
        table->key = table->columns.front().id;
      }
      return;
    default:
      if (!children.empty()) dice_.pick(children)->parent = 0;
  }
}

void Editor::change_column() {
  auto* table = any(model_.tables);
  if (table == nullptr) return;
  if (dice_.chance(25) && !table->is_partition) return builder_.add_column(*table);
  auto* column = any(table->columns);
  if (column == nullptr) return;
  switch (dice_.below(6)) {
    case 0:
      column->not_null = !column->not_null;
      return;
    case 1:
    case 2:
      builder_.fill(*column);
      return;
    case 3:
      builder_.decorate(*column);
      return;
    case 4:
      if (table->columns.size() > 1) {
        const auto id = column->id;
        std::erase_if(table->columns, [&](const Column& other) { return other.id == id; });
      }
      return;
    default:
      column->fill = column->fill == Fill::generated ? Fill::none : Fill::generated;
      column->source = table->columns.front().id;
  }
}

void Editor::change_column_type() {
  auto* table = any(model_.tables);
  auto* column = table == nullptr ? nullptr : any(table->columns);
  if (column == nullptr) return;
  if (column->follows != 0 && dice_.chance(50)) {
    column->follows = 0;  // the foreign key goes
  }
  column->type = builder_.any_type();
}

void Editor::change_constraint() {
  auto* table = any(model_.tables);
  if (table == nullptr) return;
  if (dice_.chance(35)) return builder_.add_constraint(*table);
  auto* constraint = any(table->constraints);
  if (constraint == nullptr) return;
  switch (dice_.below(8)) {
    case 0:
      constraint->variant = dice_.below(20);
      return;
    case 1:
      constraint->on_delete = constraint->on_delete == "CASCADE" ? "" : "CASCADE";
      return;
    case 2:
      if (constraint->kind != ConstraintKind::check) constraint->deferrable = !constraint->deferrable;
      return;
    case 3:
      if (constraint->kind == ConstraintKind::check || constraint->kind == ConstraintKind::foreign_key) {
        constraint->not_valid = !constraint->not_valid;
      }
      return;
    case 4:
      constraint->name = builder_.maybe_name();
      return;
    case 5:
      if (constraint->kind == ConstraintKind::unique) {
        constraint->nulls_not_distinct = !constraint->nulls_not_distinct;
      } else {
        constraint->match_full = !constraint->match_full;
      }
      return;
    case 6:
      if (constraint->kind == ConstraintKind::check) constraint->no_inherit = !constraint->no_inherit;
      return;
    default: {
      const auto id = constraint->id;
      std::erase_if(table->constraints, [&](const Constraint& other) { return other.id == id; });
    }
  }
}

void Editor::change_index() {
  auto* table = any(model_.tables);
  if (table == nullptr) return;
  if (dice_.chance(40)) return builder_.add_index(table->indexes, model_.columns_of(table->id));
  auto* index = any(table->indexes);
  if (index == nullptr) return;
  switch (dice_.below(6)) {
    case 0:
      index->name = builder_.fresh_name() + "_idx";
      return;
    case 1:
      index->unique = !index->unique;
      return;
    case 2:
      index->options = index->options.empty() && index->method == "btree" ? "fillfactor = 50" : "";
      return;
    case 3:
      dice_.pick(index->keys).descending = !index->keys.front().descending;
      return;
    case 4:
      index->predicate = index->predicate == 0 ? index->keys.front().column : 0;
      return;
    default: {
      const auto id = index->id;
      std::erase_if(table->indexes, [&](const Index& other) { return other.id == id; });
    }
  }
}

void Editor::change_hangings() {
  auto* table = any(model_.tables);
  if (table == nullptr) return;
  switch (dice_.below(4)) {
    case 0:
      if (auto* trigger = any(table->triggers)) {
        trigger->enabled = trigger->enabled.empty() ? "DISABLE" : "";
        trigger->variant = dice_.below(20);
      }
      return;
    case 1:
      if (auto* policy = any(table->policies)) {
        policy->variant = dice_.below(20);
        policy->restrictive = dice_.chance(30);
      }
      return;
    case 2:
      if (auto* rule = any(table->rules)) rule->variant = dice_.below(20);
      return;
    default:
      if (auto* object = any(table->statistics)) object->target = dice_.below(300);
  }
}

}  // namespace support::tests::random_schema
