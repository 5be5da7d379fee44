#include "app/alembic/autogenerate/renamed_snapshot.hpp"

#include "app/alembic/operations/sql.hpp"
#include "app/alembic/runtime/server_features.hpp"

namespace support::alembic::autogenerate {

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
  return wanted_from_sql(scratch, statements, {.inspect = inspect, .source = "The database with its renames"});
}

}  // namespace support::alembic::autogenerate
