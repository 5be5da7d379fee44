#include "app/alembic/safety/model/table_work.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "app/alembic/safety/model/replay.hpp"
#include "app/alembic/safety/model/table_locks.hpp"
#include "app/alembic/safety/model/work_list.hpp"
#include "app/alembic/safety/procedural.hpp"

namespace support::alembic::safety {

namespace {

void index_work(const Node& statement, WorkList& list) {
  const auto table = list.model.resolve(statement["relation"]);
  const auto index = read_index(statement, list.model);
  if (statement.flag("if_not_exists") && list.model.index_owner(index.name) != nullptr) return;
  const bool with_children = statement["relation"].flag("inh");
  const auto* relation = list.model.find(table);
  if (!with_children && relation != nullptr && relation->is_partitioned()) return;  // ON ONLY builds nothing there
  list.scan(table, fmt::format("builds index {}", index.name.name), with_children);
}

void reindex_work(const Node& statement, WorkList& list) {
  const auto kind = statement.text("kind");
  if (kind == "REINDEX_OBJECT_SYSTEM") return;
  if (kind == "REINDEX_OBJECT_DATABASE") return list.scan({}, "builds all indexes anew");
  if (kind == "REINDEX_OBJECT_SCHEMA") {
    return list.scan({std::string(statement.text("name")), ""}, "builds all indexes anew");
  }
  const auto name = list.model.resolve(statement["relation"]);
  const auto* owner = kind == "REINDEX_OBJECT_INDEX" ? list.model.index_owner(name) : nullptr;
  list.scan(owner == nullptr ? name : owner->name, kind == "REINDEX_OBJECT_INDEX"
                                                       ? fmt::format("builds index {} anew", name.name)
                                                       : "builds its indexes anew");
}

void vacuum_work(const Node& statement, WorkList& list) {
  if (!statement.flag("is_vacuumcmd")) return;  // ANALYZE reads a sample
  const bool full = has_option(statement, "options", "full");
  const auto work = full ? Work::rewrite : Work::scan;
  const std::string why = full ? "writes all rows anew" : "reads all pages that changed since the last VACUUM";
  const auto relations = statement.items("rels");
  for (const auto& item : relations) {
    list.add({.relation = list.model.resolve(item["relation"]), .work = work, .why = why});
  }
  if (relations.empty()) list.add({.relation = {}, .work = work, .why = why});
}

void cluster_work(const Node& statement, WorkList& list) {
  list.rewrite(statement["relation"] ? list.model.resolve(statement["relation"]) : RelationName(),
               "writes all rows anew, in the order of an index");
}

void refresh_work(const Node& statement, WorkList& list) {
  if (statement.flag("skipData")) return;
  const auto name = list.model.resolve(statement["relation"]);
  const auto* view = list.model.find(name);
  if (statement.flag("concurrent")) {
    list.scan(name, "compares it with its query");
  } else {
    list.rewrite(name, "writes all rows of the view anew");
  }
  if (view == nullptr || view->reads.empty()) {
    list.add({.relation = name, .work = Work::scan, .why = "for the view's query", .means_sources = true});
    return;
  }
  for (const auto& source : view->reads) list.scan(source, "for the view's query");
}

void truncate_work(const Node& statement, WorkList& list) {
  const bool cascades = statement.text("behavior") == "DROP_CASCADE";
  for (const auto& table : statement.items("relations")) {
    const auto name = list.model.resolve(table);
    list.rewrite(name, "throws all rows away", table.flag("inh"));
    if (!cascades) continue;
    for (const auto& [other, relation] : list.model.relations()) {
      const auto& constraints = relation.constraints;
      if (std::any_of(constraints.begin(), constraints.end(), [&](const Constraint& constraint) {
            return constraint.kind == Constraint::Kind::foreign_key && constraint.referenced == name;
          })) {
        list.rewrite(other, "throws all rows away");
      }
    }
  }
}

void domain_work(const Node& statement, WorkList& list) {
  const auto subtype = statement.text("subtype");
  const bool tests_rows =
      (subtype == "C" && !statement["def"].flag("skip_validation")) || subtype == "O" || subtype == "V";
  if (!tests_rows) return;
  const auto domain = type_key(statement.strings("typeName"));
  for (const auto& user : list.model.users_of(domain)) {
    list.scan(user, fmt::format("checks all rows for domain {}", domain));
  }
}

void partition_of_work(const Node& statement, WorkList& list) {
  const auto bound = statement["partbound"];
  if (!bound || bound.flag("is_default")) return;
  for (const auto& parent : statement.items("inhRelations")) {
    const auto* relation = list.model.find(list.model.resolve(parent));
    if (relation == nullptr || !relation->default_partition) continue;
    list.scan(*relation->default_partition, "looks for rows that belong into the new partition");
  }
}

void copy_work(const Node& statement, WorkList& list) {
  if (statement["query"]) return data_work(statement["query"], list);
  if (statement.flag("is_from")) return;
  list.scan(list.model.resolve(statement["relation"]), "copies it out", false);
}

bool maintenance_work(const Node& statement, WorkList& list) {
  const auto type = statement.type();
  if (type == "ReindexStmt") {
    reindex_work(statement, list);
  } else if (type == "VacuumStmt") {
    vacuum_work(statement, list);
  } else if (type == "ClusterStmt") {
    cluster_work(statement, list);
  } else if (type == "RefreshMatViewStmt") {
    refresh_work(statement, list);
  } else if (type == "TruncateStmt") {
    truncate_work(statement, list);
  } else if (type == "AlterTableMoveAllStmt") {
    list.rewrite({}, fmt::format("copies all files in tablespace {}", statement.text("orig_tablespacename")));
  } else if (type == "AlterDatabaseStmt" && has_option(statement, "options", "tablespace")) {
    list.rewrite({}, "copies all files of the database");
  } else {
    return false;
  }
  return true;
}

void block_work(const Node& statement, WorkList& list) {
  for (const auto& inner : executed_by_block(statement)) {
    auto work = table_work(inner.root(), list.model, list.options);
    for (auto& table : work.tables) list.add(std::move(table));
    if (!work.unknown.empty()) list.may_do_anything(std::move(work.unknown));
  }
  for (const auto& name : read_by_block(statement)) list.scan(list.model.resolve(name), "for a query of a block");
  if (hides_statements(statement)) {
    list.may_do_anything("runs SQL that it puts together, that is in a function, or that can't be read");
  }
}

}  // namespace

std::string_view work_name(Work work) {
  return work == Work::scan ? "scan" : "rewrite";
}

void WorkList::add(TableWork work) {
  const auto known = std::find_if(work_.tables.begin(), work_.tables.end(), [&](const TableWork& other) {
    return other.relation == work.relation && other.means_sources == work.means_sources;
  });
  if (known == work_.tables.end()) {
    work_.tables.push_back(std::move(work));
    return;
  }
  known->with_children |= work.with_children;
  if (known->work < work.work) {
    known->work = work.work;
    known->why = std::move(work.why);
  }
}

StatementWork table_work(const Node& statement, const SchemaModel& model, const WorkOptions& options) {
  WorkList list(model, options);
  const auto type = statement.type();
  if (maintenance_work(statement, list)) return list.take();
  if (type == "AlterTableStmt") {
    alter_table_work(statement, list);
  } else if (type == "IndexStmt") {
    index_work(statement, list);
  } else if (type == "CreateStmt") {
    partition_of_work(statement, list);
  } else if (type == "AlterDomainStmt") {
    domain_work(statement, list);
  } else if (type == "CopyStmt") {
    copy_work(statement, list);
  } else if (type == "CreateTableAsStmt") {
    if (!statement["into"].flag("skipData")) data_work(statement["query"], list);
  } else if (type == "ExplainStmt") {
    if (has_option(statement, "options", "analyze")) data_work(statement["query"], list);
  } else if (type == "DeclareCursorStmt") {
    data_work(statement["query"], list);
  } else if (type == "DoStmt") {
    block_work(statement, list);
  } else if (type == "CallStmt" || type == "ExecuteStmt") {
    list.may_do_anything(type == "CallStmt" ? "calls a procedure, whose body is not known"
                                            : "executes what was prepared before");
  } else if (is_data_statement(statement)) {
    data_work(statement, list);
  }
  return list.take();
}

}  // namespace support::alembic::safety
