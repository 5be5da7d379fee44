// What writes or copies whole tables: SET LOGGED, TABLESPACE, ACCESS METHOD, VACUUM FULL, CLUSTER.
#include <fmt/format.h>

#include "app/alembic/safety/rules/checks.hpp"

namespace support::alembic::safety {

namespace {

void report_copy(Examination& examination, std::string_view rule, std::string message, std::string safer) {
  examination.report(rule, {.message = std::move(message),
                            .relation = examination.target().text(),
                            .lock = LockMode::access_exclusive,
                            .held = Held::rewrite,
                            .safer = std::move(safer)});
}

std::string switch_steps(const RelationName& table, std::string_view options) {
  return fmt::format(
      "CREATE{2} TABLE {0} (LIKE {1} INCLUDING ALL);\n"
      "-- a trigger that follows changes, a copy in batches, then in one short transaction:\n"
      "ALTER TABLE {1} RENAME TO {3};\nALTER TABLE {0} RENAME TO {4};",
      quoted(RelationName{table.schema, table.name + "_new"}), quoted(table), options, quoted(table.name + "_old"),
      quoted(table.name));
}

void check_command(Examination& examination, const Node& command) {
  const auto subtype = command.text("subtype");
  const auto* relation = examination.known_target();
  const auto table = examination.target();
  if (subtype == "AT_SetLogged" || subtype == "AT_SetUnLogged") {
    const auto wanted = subtype == "AT_SetLogged" ? Relation::Persistence::permanent : Relation::Persistence::unlogged;
    if (relation != nullptr && relation->complete && relation->persistence == wanted) return;
    report_copy(examination, "set-logged-unlogged",
                subtype == "AT_SetLogged"
                    ? fmt::format("{} is written anew, and all of it goes through the WAL.", quoted(table))
                    : fmt::format("{} is written anew, and is empty after the next crash.", quoted(table)),
                switch_steps(table, subtype == "AT_SetLogged" ? "" : " UNLOGGED"));
  } else if (subtype == "AT_SetTableSpace") {
    report_copy(examination, "set-tablespace", fmt::format("All files of {} are copied.", quoted(table)),
                fmt::format("pg_repack --table={} --tablespace={}", quoted(table), command.text("name")));
  } else if (subtype == "AT_SetAccessMethod") {
    if (relation != nullptr && relation->complete && relation->access_method == command.text("name")) return;
    report_copy(examination, "set-access-method",
                fmt::format("{} is written anew for access method {}.", quoted(table), command.text("name")),
                switch_steps(table, ""));
  }
}

void check_vacuum(Examination& examination) {
  if (!examination.node.flag("is_vacuumcmd") || !has_option(examination.node, "options", "full")) return;
  const auto relations = examination.node.items("rels");
  for (const auto& item : relations) {
    const auto table = examination.model.resolve(item["relation"]);
    if (examination.model.is_new(table)) continue;
    examination.report("vacuum-full",
                       {.message = fmt::format("VACUUM FULL writes {} and its indexes anew.", quoted(table)),
                        .relation = table.text(),
                        .lock = LockMode::access_exclusive,
                        .held = Held::rewrite,
                        .safer = fmt::format("pg_repack --table={}", quoted(table))});
  }
  if (relations.empty()) {
    examination.report("vacuum-full", {.message = "VACUUM FULL writes every table of the database anew.",
                                       .lock = LockMode::access_exclusive,
                                       .held = Held::rewrite,
                                       .safer = "VACUUM;"});
  }
}

void check_cluster(Examination& examination) {
  if (!examination.node["relation"]) {
    examination.report("cluster-table", {.message = "CLUSTER writes every table anew that was clustered before.",
                                         .lock = LockMode::access_exclusive,
                                         .held = Held::rewrite,
                                         .safer = "pg_repack"});
    return;
  }
  if (examination.target_is_new()) return;
  report_copy(examination, "cluster-table",
              fmt::format("CLUSTER writes {} and its indexes anew.", quoted(examination.target())),
              fmt::format("pg_repack --table={} --order-by=…", quoted(examination.target())));
}

}  // namespace

void check_storage(Examination& examination) {
  const auto& node = examination.node;
  if (node.is("VacuumStmt")) return check_vacuum(examination);
  if (node.is("ClusterStmt")) return check_cluster(examination);
  if (node.is("AlterTableMoveAllStmt")) {
    examination.report("set-tablespace",
                       {.message = fmt::format("All files in tablespace {} are copied, table by table.",
                                               node.text("orig_tablespacename")),
                        .lock = LockMode::access_exclusive,
                        .held = Held::rewrite,
                        .safer = "pg_repack --tablespace, table by table"});
    return;
  }
  if (!node.is("AlterTableStmt") || examination.target_is_new()) return;
  const auto object = node.text("objtype");
  if (object != "OBJECT_TABLE" && object != "OBJECT_INDEX" && object != "OBJECT_MATVIEW") return;
  if (const auto* owner = examination.model.index_owner(examination.target());
      owner != nullptr && examination.model.is_new(*owner))
    return;
  for (const auto& command : node.items("cmds")) check_command(examination, command);
}

}  // namespace support::alembic::safety
