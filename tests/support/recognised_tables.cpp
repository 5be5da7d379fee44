#include "tests/support/recognised_tables.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/alembic/autogenerate/compare.hpp"
#include "app/alembic/autogenerate/table_prediction.hpp"
#include "app/alembic/autogenerate/unchanged_tables.hpp"
#include "app/alembic/autogenerate/wanted.hpp"
#include "app/alembic/script/sql_split.hpp"

namespace support::tests {
namespace {

using namespace alembic::autogenerate;

InspectOptions everything() {
  return {.access = InspectOptions::AccessRights::read, .dependencies = InspectOptions::Dependencies::read};
}

std::vector<std::string> differences(const CatalogSnapshot& before, const CatalogSnapshot& after) {
  std::vector<std::string> lines;
  for (const auto& difference :
       compare(before, after, {.compare_column_order = true, .compare_access = true, .compare_not_null_names = true})) {
    lines.push_back(description(difference));
  }
  for (const auto& dependency : before.dependencies) {
    if (!std::ranges::binary_search(after.dependencies, dependency)) {
      lines.push_back(fmt::format("{} {} no longer needs {}", to_string(dependency.object.kind), dependency.object.name,
                                  dependency.on.name));
    }
  }
  return lines;
}

std::string unlike(std::string_view what, const CatalogSnapshot& built, const CatalogSnapshot& beside) {
  if (built == beside) return "";
  return fmt::format("{} is not what the server builds: {}; and the other way: {}\n", what,
                     fmt::join(differences(built, beside), ", "), fmt::join(differences(beside, built), ", "));
}

// Of tables that are not predicted: where the server makes a name up, it avoids those that are there.
std::set<QualifiedName> names_of_others(const CatalogSnapshot& built, const TablePrediction& prediction) {
  std::set<QualifiedName> names;
  for (const auto& table : built.tables) {
    if (prediction.tables().contains({table.schema, table.name})) continue;
    for (const auto& name : names_of(table)) names.insert({table.schema, name});
  }
  return names;
}

}  // namespace

Recognition recognition(alembic::Connection& connection, std::string_view script, const CatalogSnapshot& live) {
  Recognition result;
  const auto built = wanted_from_sql(connection, script, {.inspect = everything()});
  result.tables = built.tables.size();

  std::vector<std::string_view> statements;
  for (const auto& statement : alembic::split_sql(script)) statements.push_back(statement.text);
  const auto schema = connection.scalar("SELECT current_schema()");
  TablePrediction prediction(schema, words_in("public"));
  for (std::size_t i = 0; i < statements.size(); ++i) prediction.add(statements[i], i);
  prediction.leave_out([](const PredictedTable&) { return false; });
  const auto taken = names_of_others(built, prediction);
  for (const auto& [name, predicted] : prediction.tables()) {
    const auto is_taken = [&](const std::string& part) { return taken.contains({name.schema, part}); };
    if (std::ranges::any_of(names_of(predicted.table), is_taken)) continue;
    ++result.predicted;
    const auto found = std::ranges::find_if(
        built.tables, [&](const Table& table) { return table.schema == name.schema && table.name == name.name; });
    if (found == built.tables.end()) {
      result.problem += fmt::format("{}.{} is predicted and not there\n", name.schema, name.name);
      continue;
    }
    auto table = predicted.table;
    table.access = found->access;
    if (table != *found) {
      CatalogSnapshot one{.tables = {*found}};
      CatalogSnapshot other{.tables = {table}};
      result.problem += unlike(fmt::format("{}.{}", name.schema, name.name), one, other);
    }
  }

  result.recognised = UnchangedTables::find(connection, statements, built, everything()).tables().size();
  result.problem += unlike("what is built beside itself", built,
                           wanted_from_sql(connection, script, {.inspect = everything(), .live = &built}));
  result.problem += unlike("what is built beside the database", built,
                           wanted_from_sql(connection, script, {.inspect = everything(), .live = &live}));
  return result;
}

CatalogSnapshot read_all(alembic::Connection& connection) {
  return inspect(connection, everything());
}

}  // namespace support::tests
