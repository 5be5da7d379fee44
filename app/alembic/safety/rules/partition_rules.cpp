// ATTACH, DETACH, PARTITION OF, and what reaches all partitions.
#include <algorithm>

#include <fmt/format.h>

#include "app/alembic/safety/model/partition_bound.hpp"
#include "app/alembic/safety/rules/checks.hpp"

namespace support::alembic::safety {

namespace {

std::string bounds_as_check(const Node& bound, const std::string& column) {
  std::string condition = fmt::format("{} IS NOT NULL", quoted(column));
  const auto add = [&](std::string_view list, std::string_view op) {
    const auto values = bound_values(bound, list);
    if (!values.empty() && !values[0].empty())
      condition += fmt::format(" AND {} {} '{}'", quoted(column), op, values[0]);
  };
  add("lowerdatums", ">=");
  add("upperdatums", "<");
  std::string items;
  for (const auto& value : bound_values(bound, "listdatums"))
    items += fmt::format("{}'{}'", items.empty() ? "" : ", ", value);
  if (!items.empty()) condition += fmt::format(" AND {} IN ({})", quoted(column), items);
  return condition;
}

void check_attach_scan(Examination& examination, const Node& partition, const Relation* parent) {
  const auto name = examination.model.resolve(partition["name"]);
  if (examination.model.is_new(name)) return;
  const auto bound = partition["bound"];
  const auto* child = examination.model.find(name);
  if (child != nullptr && !bound.flag("is_default") &&
      is_within_bounds(*child, parent, bound, examination.options.server_version, Unseen::trusted))
    return;
  const auto key = parent == nullptr || parent->partition_key.empty() || parent->partition_key.front().empty()
                       ? std::string("partition_key")
                       : parent->partition_key.front();
  const auto constraint = quoted(name.name + "_bounds");
  examination.report(
      "attach-partition-without-check",
      {.message = fmt::format("No validated CHECK proves that the rows of {} are within its bounds.", quoted(name)),
       .relation = name.text(),
       .lock = LockMode::access_exclusive,
       .held = Held::scan,
       .safer = fmt::format("ALTER TABLE {0} ADD CONSTRAINT {1} CHECK ({2}) NOT VALID;\n-- next migration:\n"
                            "ALTER TABLE {0} VALIDATE CONSTRAINT {1};\n-- next migration:\n{3};\n"
                            "ALTER TABLE {0} DROP CONSTRAINT {1};",
                            quoted(name), constraint, bounds_as_check(bound, key), examination.statement.sql)});
}

void check_missing_indexes(Examination& examination, const RelationName& child_name, const Relation& parent) {
  const auto* child = examination.model.find(child_name);
  if (child == nullptr || !child->complete || examination.model.is_new(*child)) return;
  for (const auto& index : parent.indexes) {
    if (has_index_like(*child, index)) continue;
    examination.report("attach-partition-builds-index",
                       {.message = fmt::format("{} has no index like {} of {}, so it is built during ATTACH.",
                                               quoted(child_name), quoted(index.name.name), quoted(parent.name)),
                        .relation = child_name.text(),
                        .lock = LockMode::access_exclusive,
                        .held = Held::scan,
                        .safer = fmt::format("CREATE {}INDEX CONCURRENTLY ON {} ({});", index.unique ? "UNIQUE " : "",
                                             quoted(child_name), quoted_list(index.columns))});
    return;
  }
}

void check_default_scan(Examination& examination, const Relation* parent, const Node& bound) {
  if (parent == nullptr || !parent->default_partition || bound.flag("is_default")) return;
  const auto& name = *parent->default_partition;
  if (examination.model.is_new(name)) return;
  const auto constraint = quoted(name.name + "_excludes");
  examination.report(
      "attach-partition-default-scan",
      {.message = fmt::format("{} is read for rows that belong to the new partition.", quoted(name)),
       .relation = name.text(),
       .lock = LockMode::access_exclusive,
       .held = Held::scan,
       .safer = fmt::format(
           "ALTER TABLE {0} ADD CONSTRAINT {1} CHECK (NOT ({2})) NOT VALID;\n-- next migration:\n"
           "ALTER TABLE {0} VALIDATE CONSTRAINT {1};",
           quoted(name), constraint,
           bounds_as_check(bound, parent->partition_key.empty() ? "partition_key" : parent->partition_key.front()))});
}

void check_detach(Examination& examination, const Node& partition, const Relation* parent) {
  const auto child = examination.model.resolve(partition["name"]);
  const auto table = examination.target();
  const bool has_default = parent != nullptr && parent->default_partition.has_value();
  if (partition.flag("concurrent")) {
    if (!has_default) return;
    examination.report(
        "detach-concurrently-with-default",
        {.message = fmt::format("{} has a DEFAULT partition, and PostgreSQL refuses to detach concurrently "
                                "beside one (55000).",
                                quoted(table)),
         .relation = table.text(),
         .safer = fmt::format("SET lock_timeout = '2s';\nALTER TABLE {} DETACH PARTITION {};", quoted(table),
                              quoted(child))});
    return;
  }
  examination.report(
      "detach-partition-not-concurrent",
      {.message = fmt::format("All of {} is locked to detach {}.", quoted(table), quoted(child)),
       .relation = table.text(),
       .lock = LockMode::access_exclusive,
       .safer = has_default || examination.options.server_version < 14
                    ? fmt::format("SET lock_timeout = '2s';\nALTER TABLE {} DETACH PARTITION {};", quoted(table),
                                  quoted(child))
                    : fmt::format("-- transactional: false\nALTER TABLE {} DETACH PARTITION {} CONCURRENTLY;",
                                  quoted(table), quoted(child))});
}

// The commands that go to each partition as to the parent.
bool reaches_partitions(std::string_view subtype) {
  return subtype != "AT_AttachPartition" && subtype != "AT_DetachPartition" &&
         subtype != "AT_DetachPartitionFinalize" && subtype != "AT_ValidateConstraint" && subtype != "AT_SetStatistics";
}

void check_fanout(Examination& examination, const Relation& parent) {
  const auto commands = examination.node.items("cmds");
  const bool reaches = std::any_of(commands.begin(), commands.end(),
                                   [](const Node& command) { return reaches_partitions(command.text("subtype")); });
  if (!reaches || !examination.node["relation"].flag("inh")) return;
  auto mode = LockMode::none;
  for (const auto& command : commands) mode = std::max(mode, command_lock(command));
  examination.report("partition-fanout",
                     {.message = fmt::format("All partitions of {} are locked as it is.", quoted(parent.name)),
                      .relation = parent.name.text(),
                      .lock = mode});
}

void check_alter_table(Examination& examination) {
  const auto* parent = examination.known_target();
  for (const auto& command : examination.node.items("cmds")) {
    const auto subtype = command.text("subtype");
    const auto partition = command["def"];
    if (subtype == "AT_DetachPartition") check_detach(examination, partition, parent);
    if (subtype != "AT_AttachPartition") continue;
    check_attach_scan(examination, partition, parent);
    if (parent != nullptr) check_missing_indexes(examination, examination.model.resolve(partition["name"]), *parent);
    check_default_scan(examination, parent, partition["bound"]);
  }
  if (parent != nullptr && parent->is_partitioned()) check_fanout(examination, *parent);
}

void check_partition_of(Examination& examination) {
  const auto bound = examination.node["partbound"];
  const auto parents = examination.node.items("inhRelations");
  if (!bound || parents.empty()) return;
  const auto name = examination.model.resolve(parents.front());
  if (examination.model.is_new(name)) return;
  const auto* parent = examination.model.find(name);
  check_default_scan(examination, parent, bound);
  const auto child = quoted(examination.target());
  const auto& sql = examination.statement.sql;
  std::size_t values = std::string::npos;
  for (const auto& token : scan(sql)) {
    if (values == std::string::npos && (token.is("FOR") || token.is("DEFAULT"))) values = token.begin;
  }
  examination.report(
      "create-partition-locks-parent",
      {.message = fmt::format("All of {} is locked to create its partition {}.", quoted(name), child),
       .relation = name.text(),
       .lock = LockMode::access_exclusive,
       .safer =
           values == std::string::npos
               ? std::string()
               : fmt::format("CREATE TABLE {0} (LIKE {1} INCLUDING ALL);\nALTER TABLE {1} ATTACH PARTITION {0} {2};",
                             child, quoted(name), sql.substr(values))});
}

}  // namespace

void check_partitions(Examination& examination) {
  if (examination.node.is("CreateStmt")) return check_partition_of(examination);
  if (alters_existing_table(examination)) check_alter_table(examination);
}

}  // namespace support::alembic::safety
