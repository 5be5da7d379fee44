// That a plan for the pairs of schemas that Alembic was tried on leads there and back.
#include <gtest/gtest.h>

#include "app/alembic/autogenerate/wanted.hpp"

#include "tests/conformance/graph_cases.hpp"
#include "tests/support/planned_migration.hpp"
#include "tests/support/recognised_tables.hpp"
#include "tests/support/reused_database.hpp"

namespace support::tests {
namespace {

namespace json = boost::json;
using namespace alembic::autogenerate;

// Both sides have the schemas that some of the cases take for granted.
std::string with_schemas(const std::string& sql) {
  return "CREATE SCHEMA IF NOT EXISTS test_schema;\nCREATE SCHEMA IF NOT EXISTS app;\n" + sql;
}

InspectOptions inspecting(const json::object& options) {
  auto result = planning();
  if (const auto* name = options.if_contains("version_table"); name != nullptr) result.version_table = text(*name);
  return result;
}

struct Counts {
  int tried = 0;
  int with_steps = 0;
  std::size_t tables = 0;
  std::size_t recognised = 0;  // without building them
};

// What is wrong with the plan of a case; empty for nothing.
std::string problem_of(ReusedDatabase& database, const json::object& item, Counts& counts) {
  auto& connection = database.connection();
  const auto inspect_options = inspecting(item.at("options").as_object());
  database.clear();
  database.run(with_schemas(text(item.at("database_ddl"))));
  const auto before = inspect(connection, inspect_options);
  const auto after = wanted_from_sql(connection, with_schemas(text(item.at("metadata"))), {.inspect = inspect_options});
  const auto known = recognition(connection, with_schemas(text(item.at("metadata"))), read_all(connection));
  counts.tables += known.tables;
  counts.recognised += known.recognised;
  if (!known.problem.empty()) return known.problem;
  if (compare(before, after).empty()) return "";
  ++counts.with_steps;
  const auto dump_before = database.database().dump_schema();
  if (auto problem = unproven(connection, before, after, {}, inspect_options); !problem.empty()) return problem;
  // A column that was dropped comes back as the last one; everything else is as it was.
  const auto restored = inspect(connection, inspect_options);
  if (!compare(restored, before, {.compare_column_order = true}).empty()) return "";
  const auto dump_after = database.database().dump_schema();
  return dump_after == dump_before ? "" : "It was:\n" + dump_before + "and came back as:\n" + dump_after;
}

TEST(AutogeneratePlan, LeadsFromTheDatabaseToTheModelsAndBack) {
  if (!have_cases()) GTEST_SKIP() << "There are no cases beside the checkout.";
  ReusedDatabase database;
  Counts counts;
  for (const auto& item : read_lines("autogen.jsonl")) {
    ++counts.tried;
    try {
      EXPECT_EQ(problem_of(database, item, counts), "") << text(item.at("id"));
    } catch (const std::exception& error) {
      ADD_FAILURE() << text(item.at("id")) << ": " << error.what();
    }
  }
  std::cout << counts.tried << " pairs, " << counts.with_steps << " with something to do; " << counts.recognised
            << " of " << counts.tables << " tables known without building them\n";
  EXPECT_GT(counts.with_steps, counts.tried / 3);
  EXPECT_GT(counts.recognised, counts.tables / 4);
}

}  // namespace
}  // namespace support::tests
