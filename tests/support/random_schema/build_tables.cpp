// Tables and what hangs on them, at random.
#include <algorithm>

#include <fmt/format.h>

#include "tests/support/random_schema/builder.hpp"
#include "tests/support/random_schema/expressions.hpp"

namespace support::tests::random_schema {
namespace {

const std::vector<std::string> actions = {"", "", "CASCADE", "SET NULL", "RESTRICT", "SET DEFAULT", "NO ACTION"};
const std::vector<std::string> methods = {"btree", "btree", "btree", "hash", "gin", "gist", "brin"};
const std::vector<std::string> events = {"INSERT", "UPDATE", "DELETE", "INSERT OR UPDATE"};

}  // namespace

void Builder::decorate(Table& table) {
  static const std::vector<std::string> options = {"fillfactor = 70", "autovacuum_enabled = off",
                                                   "fillfactor = 90, toast.autovacuum_enabled = off",
                                                   "parallel_workers = 2"};
  table.comment = comment();
  table.unlogged = dice_.chance(10);
  table.options = dice_.chance(15) ? dice_.pick(options) : "";
  table.row_security = dice_.chance(20);
  table.forced = dice_.chance(8);
  if (dice_.chance(8)) table.replica_identity = dice_.chance(50) ? "FULL" : "NOTHING";
}

void Builder::add_table() {
  Table table;
  name(table);
  decorate(table);
  Column key{.id = model_.next_id(), .name = "id"};
  static constexpr std::array ways = {Fill::serial, Fill::identity_always, Fill::identity_by_default, Fill::none};
  key.type = {dice_.chance(50) ? "bigint" : "integer", Family::integer};
  key.fill = dice_.pick(ways);
  key.variant = dice_.below(5);
  table.columns.push_back(key);
  for (int i = dice_.below(6) + 1; i > 0; --i) add_column(table);
  if (dice_.chance(85)) add_key(table);
  model_.tables.push_back(table);
  auto& added = model_.tables.back();
  for (int i = dice_.below(3); i > 0; --i) add_constraint(added);
  for (int i = dice_.below(3); i > 0; --i) add_reference(added);
  for (int i = dice_.below(3); i > 0; --i) add_index(added.indexes, model_.columns_of(added.id));
  if (dice_.chance(40)) add_trigger(added);
  if (dice_.chance(25)) add_policy(added);
  if (dice_.chance(15)) add_rule(added.rules, model_.columns_of(added.id));
  if (dice_.chance(15)) add_statistics(added);
  if (!added.indexes.empty() && dice_.chance(15)) added.cluster_index = dice_.pick(added.indexes).id;
  if (!added.indexes.empty() && dice_.chance(15)) added.replica_index = dice_.pick(added.indexes).id;
}

void Builder::add_partitioned_table() {
  static constexpr std::array strategies = {Strategy::range, Strategy::list, Strategy::hash};
  Table table;
  name(table);
  decorate(table);
  table.strategy = dice_.pick(strategies);
  Column key{.id = model_.next_id(), .name = "part_of"};
  for (;;) {
    key.type = any_type();
    if (!key.type.array && is_partition_key(model_.family_of(key.type), table.strategy)) break;
  }
  table.key = key.id;
  table.columns.push_back(key);
  for (int i = dice_.below(3) + 1; i > 0; --i) add_column(table);
  if (dice_.chance(60)) {
    table.constraints.push_back(
        {.id = model_.next_id(), .name = maybe_name(), .kind = ConstraintKind::primary_key, .columns = {key.id}});
  }
  model_.tables.push_back(table);
  const auto id = table.id;
  const auto added = [&]() -> Table& { return *std::ranges::find(model_.tables, id, &Table::id); };
  if (dice_.chance(40)) add_constraint(added());
  if (dice_.chance(40)) add_reference(added());
  if (dice_.chance(50)) add_index(added().indexes, model_.columns_of(id));
  if (dice_.chance(30)) add_trigger(added());
  if (dice_.chance(20)) add_policy(added());
  for (int i = dice_.below(4); i > 0; --i) add_partition(id);
}

void Builder::add_partition(Id parent) {
  Table table;
  name(table);
  table.parent = parent;
  table.is_partition = true;
  table.slot = dice_.below(5) - 1;
  if (dice_.chance(10)) {
    table.strategy = Strategy::hash;
    table.key = dice_.pick(model_.table(parent)->columns).id;
  }
  model_.tables.push_back(table);
  auto& added = model_.tables.back();
  if (dice_.chance(25)) add_index(added.indexes, model_.columns_of(added.id));
  if (dice_.chance(20)) add_constraint(added);
}

void Builder::add_child() {
  std::vector<Id> parents;
  for (const auto& table : model_.tables) {
    if (table.strategy == Strategy::none && !table.is_partition) parents.push_back(table.id);
  }
  if (parents.empty()) return;
  Table table;
  name(table);
  decorate(table);
  table.parent = dice_.pick(parents);
  for (int i = dice_.below(3); i > 0; --i) add_column(table);
  model_.tables.push_back(table);
  auto& added = model_.tables.back();
  if (dice_.chance(50)) add_constraint(added);
  if (dice_.chance(50)) add_index(added.indexes, model_.columns_of(added.id));
}

void Builder::add_key(Table& table) {
  Constraint constraint{.id = model_.next_id(), .name = maybe_name(), .kind = ConstraintKind::primary_key};
  constraint.columns = {table.columns.front().id};
  if (dice_.chance(10) && table.columns.size() > 1) constraint.columns.push_back(table.columns[1].id);
  if (dice_.chance(10)) constraint.include = {table.columns.back().id};
  if (dice_.chance(5)) constraint.deferrable = true;
  constraint.comment = comment();
  table.constraints.push_back(constraint);
}

void Builder::add_constraint(Table& table) {
  const auto columns = model_.columns_of(table.id);
  if (columns.empty()) return;
  Constraint constraint{.id = model_.next_id(), .name = maybe_name()};
  const auto column = dice_.pick(columns);
  constraint.columns = {column};
  constraint.variant = dice_.below(20);
  constraint.comment = comment();
  const int choice = dice_.below(100);
  if (model_.family_of(column) == Family::range && choice < 60) {
    constraint.kind = ConstraintKind::exclusion;
  } else if (choice < 40) {
    constraint.kind = ConstraintKind::unique;
    constraint.nulls_not_distinct = dice_.chance(30);
    constraint.deferrable = dice_.chance(20);
    constraint.deferred = dice_.chance(50);
    const auto other = dice_.pick(columns);
    if (dice_.chance(30) && other != column) constraint.columns.push_back(other);
    const auto third = dice_.pick(columns);
    if (dice_.chance(15) && third != column && third != other) constraint.include = {third};
    if (dice_.chance(10)) constraint.options = "fillfactor = 75";
  } else {
    constraint.no_inherit = dice_.chance(15);
    constraint.not_valid = dice_.chance(15);
    if (dice_.chance(25)) constraint.function = expression_routine(model_.type_of(column));
  }
  table.constraints.push_back(constraint);
}

// To any table, itself included, that has a key.
void Builder::add_reference(Table& table) {
  std::vector<const Constraint*> keys;
  for (const auto& other : model_.tables) {
    for (const auto& constraint : other.constraints) {
      const bool is_key = constraint.kind == ConstraintKind::primary_key || constraint.kind == ConstraintKind::unique;
      const bool follows = std::ranges::any_of(
          constraint.columns, [&](Id id) { return model_.column(id) == nullptr || model_.column(id)->follows != 0; });
      if (is_key && !follows) keys.push_back(&constraint);
    }
  }
  if (keys.empty()) return;
  const auto& key = *dice_.pick(keys);
  Constraint constraint{.id = model_.next_id(), .name = maybe_name(), .kind = ConstraintKind::foreign_key};
  constraint.referent = key.id;
  const auto referred = key.columns;
  for (const auto id : referred) {
    Column column;
    column.id = model_.next_id();
    column.name = fmt::format("ref_{}", column.id);
    column.follows = id;
    column.not_null = dice_.chance(20);
    column.comment = comment();
    table.columns.push_back(column);
    constraint.columns.push_back(column.id);
  }
  constraint.on_update = dice_.pick(actions);
  constraint.on_delete = dice_.pick(actions);
  constraint.deferrable = dice_.chance(25);
  constraint.deferred = dice_.chance(50);
  constraint.match_full = dice_.chance(15);
  constraint.not_valid = dice_.chance(10);
  constraint.comment = comment();
  table.constraints.push_back(constraint);
}

void Builder::add_index(std::vector<Index>& indexes, const std::vector<Id>& columns) {
  if (columns.empty()) return;
  Index index{.id = model_.next_id(), .name = dice_.chance(80) ? fresh_name() + "_idx" : ""};
  index.method = dice_.pick(methods);
  for (int i = dice_.chance(30) ? 2 : 1; i > 0; --i) {
    Key key{.column = dice_.pick(columns)};
    for (int attempt = 0; attempt < 5 && !fits(model_, index.method, model_.type_of(key.column)); ++attempt) {
      key.column = dice_.pick(columns);
    }
    if (!fits(model_, index.method, model_.type_of(key.column))) index.method = "btree";
    if (dice_.chance(25) && index.method == "btree") key.expression = dice_.below(5);
    if (dice_.chance(15) && index.method == "btree") key.function = expression_routine(model_.type_of(key.column));
    key.descending = dice_.chance(25);
    key.nulls_moved = dice_.chance(20);
    key.pattern = dice_.chance(15);
    index.keys.push_back(key);
  }
  index.unique = dice_.chance(25);
  index.nulls_not_distinct = dice_.chance(20);
  if (dice_.chance(15)) index.include = {dice_.pick(columns)};
  if (dice_.chance(25)) index.predicate = dice_.pick(columns);
  index.predicate_variant = dice_.below(20);
  if (dice_.chance(15) && index.method == "btree") index.options = "fillfactor = 60";
  if (dice_.chance(30) && index.method == "gin") index.options = "fastupdate = off";
  if (dice_.chance(30) && index.method == "brin") index.options = "pages_per_range = 32";
  index.comment = comment();
  indexes.push_back(index);
}

void Builder::add_trigger(Table& table) {
  std::vector<Id> functions;
  for (const auto& routine : model_.routines) {
    if (routine.shape == Shape::trigger) functions.push_back(routine.id);
  }
  const auto columns = model_.columns_of(table.id);
  if (functions.empty() || columns.empty()) return;
  static const std::vector<std::string> states = {"", "", "", "DISABLE", "REPLICA", "ALWAYS"};
  Trigger trigger{.name = fresh_name(), .function = dice_.pick(functions)};
  trigger.timing = dice_.chance(50) ? "BEFORE" : "AFTER";
  trigger.event = dice_.pick(events);
  trigger.variant = dice_.below(20);
  trigger.for_each_row = dice_.chance(75);
  trigger.constraint = trigger.for_each_row && trigger.timing == "AFTER" && dice_.chance(40);
  trigger.transition = !trigger.for_each_row && trigger.timing == "AFTER" && trigger.event == "INSERT";
  if (trigger.event.ends_with("UPDATE") && dice_.chance(40)) trigger.columns = {dice_.pick(columns)};
  if (trigger.for_each_row && dice_.chance(40)) trigger.when = dice_.pick(columns);
  trigger.enabled = dice_.pick(states);
  trigger.comment = comment();
  table.triggers.push_back(trigger);
}

void Builder::add_policy(Table& table) {
  static const std::vector<std::string> commands = {"ALL", "SELECT", "INSERT", "UPDATE", "DELETE"};
  static const std::vector<std::string> roles = {"PUBLIC", "PUBLIC", "pg_monitor", "pg_monitor, pg_read_all_data"};
  const auto columns = model_.columns_of(table.id);
  if (columns.empty()) return;
  Policy policy{.name = fresh_name(), .restrictive = dice_.chance(30), .command = dice_.pick(commands)};
  policy.roles = dice_.pick(roles);
  policy.column = dice_.pick(columns);
  policy.variant = dice_.below(20);
  if (dice_.chance(25)) policy.other = dice_.pick(model_.tables).id;
  policy.comment = comment();
  table.policies.push_back(policy);
}

void Builder::add_rule(std::vector<Rule>& rules, const std::vector<Id>& columns) {
  static const std::vector<std::string> rule_events = {"INSERT", "UPDATE", "DELETE"};
  Rule rule{.name = fresh_name(), .event = dice_.pick(rule_events), .variant = dice_.below(20)};
  if (!columns.empty()) rule.when = dice_.pick(columns);
  if (dice_.chance(40)) rule.other = dice_.pick(model_.tables).id;
  rule.disabled = dice_.chance(20);
  rule.comment = comment();
  rules.push_back(rule);
}

void Builder::add_statistics(Table& table) {
  static const std::vector<std::string> kinds = {"", " (ndistinct)", " (dependencies, mcv)"};
  const auto columns = model_.columns_of(table.id);
  if (columns.size() < 2) return;
  Statistics object;
  name(object);
  object.schema = table.schema;
  object.kinds = dice_.pick(kinds);
  object.columns = {columns.front(), columns.back()};
  if (dice_.chance(30)) object.expression = dice_.below(5);
  if (dice_.chance(40)) object.target = dice_.below(200);
  table.statistics.push_back(object);
}

}  // namespace support::tests::random_schema
