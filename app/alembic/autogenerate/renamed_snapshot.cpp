#include "app/alembic/autogenerate/renamed_snapshot.hpp"

#include <array>
#include <map>

#include "app/alembic/operations/sql.hpp"
#include "app/alembic/runtime/server_features.hpp"

namespace support::alembic::autogenerate {

namespace {

// The name that a relation has after the renames, which come one after the other.
std::string renamed(const std::vector<Rename>& renames, const std::string& schema, std::string name) {
  for (const auto& rename : renames) {
    if (!rename.is_column() && rename.schema == schema && rename.name == name) name = rename.new_name;
  }
  return name;
}

// Rights belong to objects and not to names, so each object of `to` gets those that it has in `from`.
template <class T, class Key>
void carry_rights(const std::vector<T>& from, std::vector<T>& to, Key key) {
  std::map<std::string, const Access*> rights;
  for (const auto& object : from) rights[key(object, true)] = &object.access;
  for (auto& object : to) {
    if (const auto found = rights.find(key(object, false)); found != rights.end()) object.access = *found->second;
  }
}

// The name that a column of a relation has after the renames; the relation's is the new one.
std::string renamed_column(const std::vector<Rename>& renames, const std::string& schema, const std::string& table,
                           std::string name) {
  for (const auto& rename : renames) {
    if (rename.is_column() && rename.schema == schema && rename.table == table && rename.name == name) {
      name = rename.new_name;
    }
  }
  return name;
}

template <class T>
void carry_column_rights(const std::vector<T>& from, std::vector<T>& to, const std::vector<Rename>& renames) {
  std::map<std::array<std::string, 3>, const Texts*> rights;
  for (const auto& relation : from) {
    const auto name = renamed(renames, relation.schema, relation.name);
    for (const auto& column : relation.columns) {
      rights[{relation.schema, name, renamed_column(renames, relation.schema, name, column.name)}] = &column.grants;
    }
  }
  for (auto& relation : to) {
    for (auto& column : relation.columns) {
      const auto found = rights.find({relation.schema, relation.name, column.name});
      if (found != rights.end()) column.grants = *found->second;
    }
  }
}

void carry_rights(const CatalogSnapshot& from, CatalogSnapshot& to, const std::vector<Rename>& renames) {
  const auto by_name = [&](const auto& object, bool is_before) {
    return object.schema + '.' + (is_before ? renamed(renames, object.schema, object.name) : object.name);
  };
  carry_rights(from.schemas, to.schemas, [](const Schema& schema, bool) { return schema.name; });
  carry_rights(from.enums, to.enums, by_name);
  carry_rights(from.domains, to.domains, by_name);
  carry_rights(from.composites, to.composites, by_name);
  carry_rights(from.ranges, to.ranges, by_name);
  carry_rights(from.sequences, to.sequences, by_name);
  carry_rights(from.tables, to.tables, by_name);
  carry_rights(from.views, to.views, by_name);
  carry_rights(from.routines, to.routines, [](const Routine& routine, bool) {
    return routine.schema + '.' + routine.name + '(' + routine.arguments;
  });
  carry_column_rights(from.tables, to.tables, renames);
  carry_column_rights(from.views, to.views, renames);
  to.role = from.role;
}

}  // namespace

CatalogSnapshot renamed_snapshot(Connection& scratch, const CatalogSnapshot& before, const std::vector<Rename>& renames,
                                 const InspectOptions& inspect) {
  const auto server = server_features(scratch);
  CatalogSnapshot nothing;
  nothing.server_version = before.server_version;
  std::vector<std::string> sql;
  const auto add = [&](const Operation& operation) {
    for (auto& statement : to_sql(operation, server)) sql.push_back(std::move(statement));
  };
  for (const auto& step : plan(nothing, before).upgrade) add(step.operation);
  for (const auto& rename : renames) add(rename_operation(rename));
  const std::vector<WantedStatement> statements(sql.begin(), sql.end());
  auto result = wanted_from_sql(scratch, statements, {.inspect = inspect, .source = "The database with its renames"});
  carry_rights(before, result, renames);
  return result;
}

}  // namespace support::alembic::autogenerate
