// RENAME and SET SCHEMA: what running programs stop finding.
#include <fmt/format.h>

#include "app/alembic/safety/rules/checks.hpp"

namespace support::alembic::safety {

namespace {

bool looks_like_index(std::string_view name) {
  return name.ends_with("_idx") || name.ends_with("_pkey") || name.ends_with("_key") || name.starts_with("idx_") ||
         name.starts_with("ix_") || name.starts_with("index_");
}

// Accepted when a relation of the old name is there at the end of the transaction: a view, or the other half of a swap.
void expect_successor(Examination& examination, std::string_view rule, const RelationName& old_name, Report report) {
  examination.memory.pending.push_back({.until = PendingFinding::Until::end_of_transaction,
                                        .unless = PendingFinding::Unless::relation_exists,
                                        .relation = old_name,
                                        .statement = examination.number,
                                        .rule = rule,
                                        .report = std::move(report)});
}

void check_renamed_table(Examination& examination) {
  const auto table = examination.target();
  const std::string new_name(examination.node.text("newname"));
  const auto* relation = examination.model.find(table);
  const auto* owner = examination.model.index_owner(table);
  const bool is_index = owner != nullptr || (relation == nullptr && looks_like_index(table.name));
  if (is_index) {
    if (owner != nullptr && examination.model.is_new(*owner)) return;
    examination.report("rename-index-via-alter-table",
                       {.message = fmt::format(
                            "{} is an index: ALTER INDEX renames it under a lock that blocks nobody.", quoted(table)),
                        .relation = table.text(),
                        .lock = LockMode::access_exclusive,
                        .safer = fmt::format("ALTER INDEX {} RENAME TO {};", quoted(table), quoted(new_name))});
    return;
  }
  if (examination.target_is_new()) return;
  expect_successor(
      examination, "rename-table", table,
      {.message = fmt::format("Programs that use {} fail at once.", quoted(table)),
       .relation = table.text(),
       .lock = LockMode::access_exclusive,
       .safer = fmt::format("BEGIN;\nALTER TABLE {0} RENAME TO {1};\nCREATE VIEW {0} AS SELECT * FROM {2};\nCOMMIT;\n"
                            "-- when no program uses the view any more: DROP VIEW {0};",
                            quoted(table), quoted(new_name), quoted(RelationName{table.schema, new_name}))});
}

void check_renamed_column(Examination& examination) {
  const auto table = examination.target();
  if (examination.target_is_new() || examination.node.text("relationType") != "OBJECT_TABLE") return;
  const auto old_name = quoted(examination.node.text("subname"));
  const auto new_name = quoted(examination.node.text("newname"));
  examination.report(
      "rename-column",
      {.message = fmt::format("Programs that use {} of {} fail at once.", old_name, quoted(table)),
       .relation = table.text(),
       .lock = LockMode::access_exclusive,
       .safer = fmt::format("-- release n: a new column, kept by a trigger, filled in batches\n"
                            "-- ALTER TABLE {0} ADD COLUMN {2} …;\n-- release n + 1: programs read and write {2}\n"
                            "-- release n + 2:\n-- ALTER TABLE {0} DROP COLUMN {1};",
                            quoted(table), old_name, new_name)});
}

void check_moved(Examination& examination) {
  if (!examination.node["relation"] || examination.target_is_new()) return;
  const auto table = examination.target();
  const auto schema = examination.node.text("newschema");
  expect_successor(
      examination, "set-schema", table,
      {.message = fmt::format("Programs look for {} in its old schema.", quoted(table)),
       .relation = table.text(),
       .lock = LockMode::access_exclusive,
       .safer = fmt::format("BEGIN;\n{};\nCREATE VIEW {} AS SELECT * FROM {}.{};\nCOMMIT;", examination.statement.sql,
                            quoted(table), quoted(schema), quoted(table.name))});
}

}  // namespace

void check_renames(Examination& examination) {
  const auto& node = examination.node;
  if (node.is("AlterObjectSchemaStmt")) return check_moved(examination);
  if (!node.is("RenameStmt")) return;
  const auto type = node.text("renameType");
  if (type == "OBJECT_TABLE") return check_renamed_table(examination);
  if (type == "OBJECT_COLUMN") return check_renamed_column(examination);
  if (type == "OBJECT_SCHEMA" && !examination.model.new_schemas.contains(std::string(node.text("subname")))) {
    examination.report(
        "rename-schema",
        {.message = fmt::format("Programs that use schema {} fail at once.", quoted(node.text("subname"))),
         .safer = fmt::format("CREATE SCHEMA {};\n-- move one object after the other with SET SCHEMA, and leave a view",
                              quoted(node.text("newname")))});
  }
}

}  // namespace support::alembic::safety
