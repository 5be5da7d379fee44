#include "app/alembic/safety/roundtrip/row_seeder.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include <fmt/format.h>

#include "app/alembic/runtime/transaction.hpp"
#include "app/alembic/safety/roundtrip/table_seeder.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic::safety {
namespace {

using autogenerate::CatalogSnapshot;
using autogenerate::Constraint;
using autogenerate::ConstraintKind;
using autogenerate::QualifiedName;
using autogenerate::Table;

std::string sql_name(const QualifiedName& table) {
  return schema::qualified_name(table.name, table.schema);
}

QualifiedName name_of(const Table& table) {
  return {table.schema, table.name};
}

// Tables behind those that they refer to; the root of a partition stands for all of them. Circles end with what is left
// of them, in the order of the names.
std::vector<const Table*> in_order_of_references(const CatalogSnapshot& schema) {
  std::vector<const Table*> left;
  for (const auto& table : schema.tables) left.push_back(&table);
  std::vector<const Table*> sorted;
  std::set<QualifiedName> waiting;
  for (const auto* table : left) waiting.insert(name_of(*table));
  const auto waits = [&](const Table& table) {
    const bool for_key = std::ranges::any_of(table.constraints, [&](const Constraint& key) {
      return key.kind == ConstraintKind::foreign_key && !refers_to_itself(table, key) &&
             waiting.contains({key.referent.schema, key.referent.table});
    });
    // A root is filled when its partitions are.
    return for_key || (table.kind == autogenerate::TableKind::partitioned &&
                       std::ranges::any_of(schema.tables, [&](const Table& part) {
                         return waiting.contains(name_of(part)) &&
                                std::ranges::find(part.parents, name_of(table)) != part.parents.end();
                       }));
  };
  while (!left.empty()) {
    std::vector<const Table*> ready;
    std::ranges::copy_if(left, std::back_inserter(ready), [&](const Table* table) { return !waits(*table); });
    if (ready.empty()) ready = {left.front()};
    for (const auto* table : ready) {
      sorted.push_back(table);
      waiting.erase(name_of(*table));
      std::erase(left, table);
    }
  }
  return sorted;
}

// What a partition takes, by its name.
std::map<QualifiedName, std::string> read_partition_conditions(Connection& connection) {
  std::map<QualifiedName, std::string> conditions;
  for (const auto& row : connection.query(
           "SELECT n.nspname, c.relname, pg_get_partition_constraintdef(c.oid) FROM pg_class c JOIN pg_namespace n ON "
           "n.oid = c.relnamespace WHERE c.relispartition AND c.relkind = 'r'")) {
    if (row.at(2)) conditions.emplace(QualifiedName{row.at(0).value(), row.at(1).value()}, *row.at(2));
  }
  return conditions;
}

}  // namespace

RowSeeder::RowSeeder(Connection& connection) : connection_(connection) {}

std::vector<EmptyTable> RowSeeder::seed(const CatalogSnapshot& schema, const std::vector<SeedRequest>& requests,
                                        SeedRows rows, const CatalogSnapshot* earlier) {
  if (requests.empty()) return {};
  std::map<QualifiedName, std::size_t> wanted;
  for (const auto& request : requests) wanted.emplace(request.table, request.rows);
  const MadeUpValues values(schema, earlier);
  Transaction transaction(connection_);
  connection_.execute("SET LOCAL statement_timeout = '10s'");
  const auto partitions = read_partition_conditions(connection_);
  const SeedingContext context{connection_, values, next_, spellings_, rows};
  std::vector<EmptyTable> failed;
  for (const auto* table : in_order_of_references(schema)) {
    const auto request = wanted.find(name_of(*table));
    if (request == wanted.end() || table->kind != autogenerate::TableKind::ordinary) continue;
    std::vector<std::string> conditions;
    if (const auto found = partitions.find(name_of(*table)); found != partitions.end()) {
      conditions.push_back(found->second);
    }
    if (auto why = seed_table(context, *table, conditions, request->second))
      failed.push_back({name_of(*table), std::move(*why)});
  }
  std::erase_if(failed, [&](const EmptyTable& empty) {
    return connection_.scalar(fmt::format("SELECT EXISTS (SELECT FROM ONLY {})", sql_name(empty.table))) == "t";
  });
  transaction.commit();
  return failed;
}

}  // namespace support::alembic::safety
