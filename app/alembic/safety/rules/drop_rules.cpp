// DROP and TRUNCATE of anything, and what goes with it.
#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/alembic/safety/rules/checks.hpp"

namespace support::alembic::safety {

namespace {

bool mentions(const std::vector<std::string>& columns, std::string_view column) {
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

std::string after_a_release(const std::string& statement) {
  return fmt::format(
      "-- release n: no program uses it any more\n-- release n + 1, in a migration of its own:\n"
      "SET lock_timeout = '2s';\n{};",
      statement);
}

void report_partner(Examination& examination, const RelationName& table, const Constraint& key) {
  examination.report("drop-foreign-key",
                     {.message = fmt::format("Foreign key {} of {} goes, and {} is locked as well.", quoted(key.name),
                                             quoted(table), quoted(key.referenced)),
                      .relation = key.referenced.text(),
                      .lock = LockMode::access_exclusive,
                      .safer = fmt::format("SET lock_timeout = '2s';\n{};", examination.statement.sql)});
}

void report_primary_key(Examination& examination, const RelationName& table) {
  examination.report("drop-primary-key",
                     {.message = fmt::format("{} loses its primary key.", quoted(table)),
                      .relation = table.text(),
                      .lock = LockMode::access_exclusive,
                      .safer = "-- the new key first: CREATE UNIQUE INDEX CONCURRENTLY, then in one ALTER TABLE\n"
                               "-- DROP CONSTRAINT and ADD PRIMARY KEY USING INDEX"});
}

// Logical replication names rows by the replica identity: the primary key, unless another was chosen.
void check_replica_identity(Examination& examination, const Relation& relation, const RelationName& index,
                            bool is_primary_key) {
  const bool by_key = relation.replica_identity == "d" && is_primary_key;
  const bool by_index = relation.replica_index && *relation.replica_index == index;
  if (!by_key && !by_index) return;
  examination.report(
      "drop-primary-key-replica-identity",
      {.message = fmt::format("Logical replication names the rows of {} by this key, and refuses UPDATE and "
                              "DELETE without it.",
                              quoted(relation.name)),
       .relation = relation.name.text(),
       .safer = fmt::format("ALTER TABLE {} REPLICA IDENTITY FULL;", quoted(relation.name)),
       .severity = by_index ? Severity::error : Severity::warning});
}

void check_dropped_column(Examination& examination, const Node& command) {
  const auto name = command.text("name");
  const auto* relation = examination.known_target();
  const auto table = examination.target();
  if (relation != nullptr && relation->complete && relation->column(name) == nullptr) return;
  examination.report(
      "drop-column",
      {.message =
           fmt::format("The values of {} in {} are gone, and programs that name it fail.", quoted(name), quoted(table)),
       .relation = table.text(),
       .lock = LockMode::access_exclusive,
       .safer = after_a_release(fmt::format("ALTER TABLE {} DROP COLUMN {}", quoted(table), quoted(name)))});
  if (command.text("behavior") == "DROP_CASCADE") {
    examination.report("drop-cascade", {.message = fmt::format("Whatever depends on {} goes with it.", quoted(name)),
                                        .relation = table.text()});
  }
  if (relation == nullptr) return;
  std::vector<std::string> lost;
  for (const auto& constraint : relation->constraints) {
    if (!mentions(constraint.columns, name)) continue;
    lost.push_back(quoted(constraint.name));
    if (constraint.kind == Constraint::Kind::foreign_key) report_partner(examination, table, constraint);
    if (constraint.kind == Constraint::Kind::primary_key) {
      report_primary_key(examination, table);
      check_replica_identity(examination, *relation, constraint.index, true);
    }
  }
  for (const auto& index : relation->indexes) {
    const bool listed = std::find(lost.begin(), lost.end(), quoted(index.name.name)) != lost.end();
    if (mentions(index.columns, name) && !listed) lost.push_back(quoted(index.name.name));
  }
  if (lost.empty()) return;
  examination.report("drop-column-drops-constraint",
                     {.message = fmt::format("{} goes with {}.", fmt::join(lost, ", "), quoted(name)),
                      .relation = table.text(),
                      .lock = LockMode::access_exclusive});
}

// Only names tell the kind of a constraint that the chain does not show.
bool looks_like_primary_key(std::string_view name) {
  return name.ends_with("_pkey") || name.ends_with("_pk") || name.starts_with("pk_");
}
bool looks_like_foreign_key(std::string_view name) {
  return name.ends_with("_fkey") || name.ends_with("_fk") || name.starts_with("fk_");
}

// A CHECK that only says what NOT NULL of its columns says, or the bounds of the partition, has done its work.
bool is_covered(const Examination& examination, const Relation& relation, const Constraint& constraint) {
  if (constraint.kind != Constraint::Kind::check) return false;
  const auto says_bounds_of = [&](const RelationName& parent) {
    const auto* above = examination.model.find(parent);
    return above != nullptr && above->is_partitioned() &&
           std::all_of(constraint.columns.begin(), constraint.columns.end(),
                       [&](const std::string& name) { return mentions(above->partition_key, name); });
  };
  if (!constraint.comparisons.empty()) {
    return std::any_of(relation.parents.begin(), relation.parents.end(), says_bounds_of);
  }
  const bool only_not_null =
      !constraint.proves_not_null.empty() && constraint.proves_not_null.size() == constraint.columns.size();
  return only_not_null &&
         std::all_of(constraint.columns.begin(), constraint.columns.end(), [&](const std::string& name) {
           const auto* column = relation.column(name);
           return column != nullptr && column->not_null;
         });
}

void check_dropped_constraint(Examination& examination, const Node& command, const std::vector<std::string>& added) {
  const auto name = command.text("name");
  const auto* relation = examination.known_target();
  const auto* constraint = relation == nullptr ? nullptr : relation->constraint(name);
  const auto table = examination.target();
  if (constraint == nullptr && relation != nullptr && relation->complete && command.flag("missing_ok")) return;
  if (constraint != nullptr && is_covered(examination, *relation, *constraint)) return;
  const bool is_key =
      constraint == nullptr ? looks_like_primary_key(name) : constraint->kind == Constraint::Kind::primary_key;
  const bool is_replaced = mentions(added, name);
  // Validated by this migration without being seen: a step on the way to SET NOT NULL or ATTACH.
  const bool was_step = constraint == nullptr && relation != nullptr && mentions(relation->validated_unseen, name);
  examination.report(
      "drop-constraint",
      {.message = fmt::format("From now on rows of {} may break what {} says.", quoted(table), quoted(name)),
       .relation = table.text(),
       .lock = LockMode::access_exclusive,
       .severity = is_replaced || was_step ? std::optional(Severity::info) : std::nullopt});
  if (command.text("behavior") == "DROP_CASCADE") {
    examination.report("drop-cascade", {.message = fmt::format("Whatever depends on {} goes with it.", quoted(name)),
                                        .relation = table.text()});
  }
  if (is_key && !is_replaced) report_primary_key(examination, table);
  if (relation != nullptr && constraint != nullptr) {
    if (!is_replaced) check_replica_identity(examination, *relation, constraint->index, is_key);
    if (constraint->kind == Constraint::Kind::foreign_key) report_partner(examination, table, *constraint);
  } else if (looks_like_foreign_key(name)) {
    examination.report(
        "drop-foreign-key",
        {.message = fmt::format("If {} is a foreign key, the table that it refers to is locked as {} is.", quoted(name),
                                quoted(table)),
         .relation = table.text(),
         .lock = LockMode::access_exclusive,
         .safer = fmt::format("SET lock_timeout = '2s';\n{};", examination.statement.sql)});
  }
}

void check_alter_table(Examination& examination) {
  std::vector<std::string> added;
  const auto commands = examination.node.items("cmds");
  for (const auto& command : commands) {
    if (command.text("subtype") == "AT_AddConstraint") added.emplace_back(command["def"].text("conname"));
  }
  for (const auto& command : commands) {
    const auto subtype = command.text("subtype");
    if (subtype == "AT_DropColumn") check_dropped_column(examination, command);
    if (subtype == "AT_DropConstraint") check_dropped_constraint(examination, command, added);
    if (subtype == "AT_DropNotNull") {
      examination.report("drop-not-null",
                         {.message = fmt::format("Programs that read {} of {} may meet NULL.",
                                                 quoted(command.text("name")), quoted(examination.target())),
                          .relation = examination.target().text(),
                          .lock = LockMode::access_exclusive});
    }
  }
}

void check_dropped_table(Examination& examination, const RelationName& table) {
  const auto& model = examination.model;
  if (model.is_new(table)) return;
  examination.report("drop-table",
                     {.message = fmt::format("The rows of {} are gone, and programs that use it fail.", quoted(table)),
                      .relation = table.text(),
                      .lock = LockMode::access_exclusive,
                      .safer = after_a_release(fmt::format("DROP TABLE {}", quoted(table)))});
  const auto* relation = model.find(table);
  if (relation == nullptr) return;
  for (const auto& constraint : relation->constraints) {
    if (constraint.kind == Constraint::Kind::foreign_key) report_partner(examination, table, constraint);
  }
  for (const auto& parent : relation->parents) {
    const auto* above = model.find(parent);
    if (above == nullptr || !above->is_partitioned()) continue;
    examination.report(
        "drop-partition-locks-parent",
        {.message = fmt::format("{} is a partition of {}, all of which is locked.", quoted(table), quoted(parent)),
         .relation = parent.text(),
         .lock = LockMode::access_exclusive,
         .safer = fmt::format("-- transactional: false\nALTER TABLE {} DETACH PARTITION {} CONCURRENTLY;\n"
                              "DROP TABLE {};",
                              quoted(parent), quoted(table), quoted(table))});
  }
}

void check_drop(Examination& examination) {
  const auto& node = examination.node;
  const auto type = node.text("removeType");
  bool any_existing = false;
  for (const auto& object : node.items("objects")) {
    if (type == "OBJECT_SCHEMA") {
      any_existing = true;
      examination.report("drop-schema",
                         {.message = fmt::format("Schema {} and what is in it are gone.", object.text("sval")),
                          .lock = LockMode::none,
                          .safer = after_a_release(fmt::format("DROP SCHEMA {}", quoted(object.text("sval"))))});
      continue;
    }
    const auto name = examination.model.resolve(object.strings(object.is("TypeName") ? "names" : "items"));
    any_existing |= !examination.model.is_new(name);
    if (type == "OBJECT_TABLE" || type == "OBJECT_FOREIGN_TABLE") check_dropped_table(examination, name);
  }
  if (node.text("behavior") == "DROP_CASCADE" && any_existing) {
    examination.report("drop-cascade",
                       {.message = "Whatever depends on it goes as well: views, foreign keys, columns, functions."});
  }
}

void check_truncate(Examination& examination) {
  const auto& node = examination.node;
  const bool cascades = node.text("behavior") == "DROP_CASCADE";
  for (const auto& relation : node.items("relations")) {
    const auto table = examination.model.resolve(relation);
    if (examination.model.is_new(table)) continue;
    examination.report(
        "truncate",
        {.message = fmt::format("All rows of {} are gone.", quoted(table)),
         .relation = table.text(),
         .lock = LockMode::access_exclusive,
         .safer = fmt::format("-- in batches, until no row is left:\nDELETE FROM {0} WHERE ctid IN (SELECT ctid "
                              "FROM {0} LIMIT 5000);",
                              quoted(table))});
    if (!cascades) continue;
    std::vector<std::string> emptied;
    for (const auto& [name, other] : examination.model.relations()) {
      const bool refers = std::any_of(other.constraints.begin(), other.constraints.end(),
                                      [&](const Constraint& constraint) { return constraint.referenced == table; });
      if (refers && name != table) emptied.push_back(quoted(name));
    }
    examination.report(
        "truncate-cascade",
        {.message = emptied.empty() ? fmt::format("Every table that refers to {} is emptied as well.", quoted(table))
                                    : fmt::format("{} refers to {} and is emptied as well.", fmt::join(emptied, ", "),
                                                  quoted(table)),
         .relation = table.text(),
         .lock = LockMode::access_exclusive});
  }
}

}  // namespace

void check_drops(Examination& examination) {
  const auto& node = examination.node;
  if (node.is("DropStmt")) return check_drop(examination);
  if (node.is("TruncateStmt")) return check_truncate(examination);
  if (node.is("DropdbStmt")) {
    examination.report("drop-database", {.message = fmt::format("Database {} is gone.", node.text("dbname"))});
  }
  if (alters_existing_table(examination)) check_alter_table(examination);
}

}  // namespace support::alembic::safety
