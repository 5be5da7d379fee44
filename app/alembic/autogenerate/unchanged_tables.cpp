#include "app/alembic/autogenerate/unchanged_tables.hpp"

#include <algorithm>
#include <iterator>
#include <map>

#include "app/alembic/autogenerate/table_prediction.hpp"
#include "app/alembic/script/statement_words.hpp"

namespace support::alembic::autogenerate {
namespace {

// Where new tables go, the search path, and the owner and grants that they get. No row where something unusual has a
// part in what becomes of them.
constexpr std::string_view circumstances =
    "SELECT current_schema(), current_setting('search_path') || ' ' || current_user, current_user, current_user || '=' "
    "|| (SELECT string_agg(DISTINCT x.privilege_type, ',') FROM aclexplode(acldefault('r', r.oid)) AS x) FROM pg_roles "
    "r WHERE r.rolname = current_user AND NOT EXISTS (SELECT FROM pg_event_trigger WHERE evtenabled <> 'D') AND NOT "
    "EXISTS (SELECT FROM pg_default_acl) AND current_setting('default_tablespace') = '' AND "
    "current_setting('default_table_access_method') = 'heap' AND current_setting('standard_conforming_strings') = 'on' "
    "AND current_setting('search_path') !~* 'pg_catalog'";

// One that is not there yet may bring event triggers.
bool creates_other_extension(std::string_view statement, const CatalogSnapshot& live) {
  const auto name = created_extension(statement);
  return name && *name != "plpgsql" &&
         std::ranges::find(live.extensions, *name, &Extension::name) == live.extensions.end();
}

constexpr auto name_of_table = [](const auto& table) { return QualifiedName{table.schema, table.name}; };

std::set<QualifiedName> names_of(const CatalogSnapshot& snapshot) {
  std::set<QualifiedName> names;
  const auto add = [&names](const auto& objects) {
    for (const auto& object : objects) names.insert({object.schema, object.name});
  };
  for (const auto& table : snapshot.tables) {
    for (auto& name : autogenerate::names_of(table)) names.insert({table.schema, std::move(name)});
  }
  for (const auto& view : snapshot.views) {
    for (const auto& index : view.indexes) names.insert({view.schema, index.name});
  }
  for (const auto& domain : snapshot.domains) {
    for (const auto& check : domain.checks) names.insert({domain.schema, check.name});
  }
  add(snapshot.views);
  add(snapshot.sequences);
  add(snapshot.enums);
  add(snapshot.domains);
  add(snapshot.composites);
  add(snapshot.ranges);
  return names;
}

}  // namespace

UnchangedTables UnchangedTables::find(Connection& connection, const std::vector<std::string_view>& statements,
                                      const CatalogSnapshot& live, const InspectOptions& options) {
  UnchangedTables unchanged;
  const auto rows = connection.query(std::string(circumstances));
  if (rows.empty() || !rows.front().at(0)) return unchanged;
  const auto& row = rows.front();
  TablePrediction prediction(row.at(0).value(), words_in(row.at(1).value()));
  for (std::size_t i = 0; i < statements.size(); ++i) {
    if (creates_other_extension(statements[i], live)) return unchanged;
    prediction.add(statements[i], i);
  }
  Access access;
  if (options.access == InspectOptions::AccessRights::read) access = {row.at(2).value(), {row.at(3).value()}};
  std::map<QualifiedName, const Table*> live_tables;
  for (const auto& table : live.tables) live_tables[name_of_table(table)] = &table;
  prediction.leave_out([&](const PredictedTable& predicted) {
    const auto found = live_tables.find(name_of_table(predicted.table));
    if (found == live_tables.end()) return true;
    auto wanted = predicted.table;
    wanted.access = found->second->access;
    return wanted != *found->second;
  });
  for (const auto& [name, predicted] : prediction.tables()) {
    unchanged.tables_.push_back(predicted.table);
    unchanged.tables_.back().access = access;
    unchanged.statements_.insert(predicted.statements.begin(), predicted.statements.end());
  }
  return unchanged;
}

std::optional<CatalogSnapshot> UnchangedTables::added_to(CatalogSnapshot built, const CatalogSnapshot& live) const {
  const auto taken = names_of(built);
  std::set<QualifiedName> own;
  for (const auto& table : tables_) {
    if (std::ranges::find(built.schemas, table.schema, &Schema::name) == built.schemas.end()) return std::nullopt;
    own.insert(name_of_table(table));
    for (auto& name : autogenerate::names_of(table)) {
      if (taken.contains({table.schema, std::move(name)})) return std::nullopt;
    }
  }
  std::ranges::copy(tables_, std::back_inserter(built.tables));
  std::ranges::sort(built.tables, {}, name_of_table);
  std::ranges::copy_if(live.dependencies, std::back_inserter(built.dependencies), [&](const Dependency& dependency) {
    const auto& object = dependency.object;
    if (object.kind == ObjectKind::table) return own.contains({object.schema, object.name});
    // Triggers and the like are among those that are built.
    const bool is_part =
        object.kind == ObjectKind::column || object.kind == ObjectKind::constraint || object.kind == ObjectKind::index;
    return is_part && own.contains({object.schema, object.table});
  });
  std::ranges::sort(built.dependencies);
  return built;
}

}  // namespace support::alembic::autogenerate
