#include "tests/support/planned_migration.hpp"

#include <fmt/format.h>

#include "app/alembic/operations/sql.hpp"
#include "app/alembic/runtime/server_features.hpp"

namespace support::tests {

using namespace alembic::autogenerate;
using alembic::Connection;

namespace {

constexpr std::size_t listed_differences = 12;

std::string text(const std::vector<Difference>& differences) {
  std::string lines;
  for (std::size_t i = 0; i < differences.size() && i < listed_differences; ++i) {
    lines += "  " + description(differences[i]) + '\n';
    for (const auto& change : differences[i].attributes) {
      lines += fmt::format("    {}: {} -> {}\n", change.attribute, change.before, change.after);
    }
  }
  if (differences.size() > listed_differences) {
    lines += fmt::format("  and {} more\n", differences.size() - listed_differences);
  }
  return lines;
}

bool is_outside(const PlannedStep& step) {
  return step.outside_transaction || alembic::needs_autocommit(step.operation);
}

// One way, and what is to be found at its end.
std::string walked(Connection& connection, std::string_view way, const Steps& steps, const CatalogSnapshot& goal,
                   const CompareOptions& options, const InspectOptions& inspecting) {
  const auto server = alembic::server_features(connection);
  if (const auto refusal = apply(connection, steps, server); !refusal.empty()) {
    return fmt::format("The {} fails: {}\nIts statements:\n{}", way, refusal, sql_text(steps, server));
  }
  const auto left = compare(inspect(connection, inspecting), goal, options);
  if (left.empty()) return "";
  return fmt::format("The {} leaves differences:\n{}Its statements:\n{}", way, text(left), sql_text(steps, server));
}

}  // namespace

InspectOptions planning() {
  return {.dependencies = InspectOptions::Dependencies::read};
}

std::string sql_text(const Steps& steps, const schema::ServerFeatures& server) {
  std::string text;
  for (const auto& step : steps) {
    if (is_outside(step)) text += "-- outside of the transaction:\n";
    for (const auto& statement : alembic::to_sql(step.operation, server)) text += statement + ";\n";
  }
  return text;
}

std::string apply(Connection& connection, const Steps& steps, const schema::ServerFeatures& server) {
  std::string current;
  try {
    connection.execute("BEGIN");
    for (const auto& step : steps) {
      if (is_outside(step)) connection.execute("COMMIT");
      for (const auto& statement : alembic::to_sql(step.operation, server)) {
        current = statement;
        connection.execute(statement);
      }
      if (is_outside(step)) connection.execute("BEGIN");
    }
    current = "COMMIT";
    connection.execute("COMMIT");
  } catch (const alembic::DatabaseError& error) {
    connection.execute("ROLLBACK");
    return fmt::format("{} ({}): {}", error.what(), error.report().detail, current);
  } catch (const std::exception& error) {
    connection.execute("ROLLBACK");
    return fmt::format("{}: {}", error.what(), current);
  }
  return "";
}

std::string unproven(Connection& connection, const CatalogSnapshot& before, const CatalogSnapshot& after,
                     const CompareOptions& options, const InspectOptions& inspecting) {
  Plan planned;
  try {
    planned = plan(before, after, options);
  } catch (const std::exception& error) {
    return fmt::format("There is no plan: {}\nfor\n{}", error.what(), text(compare(before, after, options)));
  }
  if (planned.upgrade.empty() != compare(before, after, options).empty()) {
    return "The plan is empty where there are differences, or not where there are none:\n" +
           text(compare(before, after, options));
  }
  auto problem = walked(connection, "upgrade", planned.upgrade, after, options, inspecting);
  if (problem.empty()) problem = walked(connection, "downgrade", planned.downgrade, before, options, inspecting);
  return problem;
}

}  // namespace support::tests
