// The description from the catalogs stands in for pg_dump on servers that have none: it must see what pg_dump sees.
#include <fstream>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "tests/support/test_cluster.hpp"

namespace support::tests {
namespace {

namespace json = boost::json;

std::vector<json::object> changes() {
  std::ifstream file(SUPPORT_SOURCE_DIR "/tests/data/schema_changes.jsonl");
  std::vector<json::object> all;
  for (std::string line; std::getline(file, line);) all.push_back(json::parse(line).as_object());
  return all;
}

bool is_possible(const json::object& change, const TestDatabase& database) {
  const auto* extension = change.if_contains("extension");
  if (extension == nullptr) return true;
  const std::string name(extension->as_string());
  return !database.sql("SELECT 1 FROM pg_available_extensions WHERE name = '" + name + "'").empty();
}

TEST(CatalogDump, DiffersAfterEachChangeOfASchema) {
  TestDatabase database;
  auto catalog = database.cluster().describe_catalog(database.name());
  auto dump = database.dump_schema();
  std::size_t count = 0;
  for (const auto& change : changes()) {
    if (!is_possible(change, database)) continue;
    const std::string statement(change.at("change").as_string());
    database.sql(statement);
    const auto catalog_after = database.cluster().describe_catalog(database.name());
    const auto dump_after = database.dump_schema();
    EXPECT_NE(catalog_after, catalog) << statement;
    EXPECT_NE(dump_after, dump) << statement;
    catalog = catalog_after;
    dump = dump_after;
    ++count;
  }
  EXPECT_GE(count, 60U);
}

TEST(CatalogDump, IsTheSameForTwoDatabasesWithTheSameHistoryAndKeepsNoTraceOfWhatIsGone) {
  TestDatabase first;
  TestDatabase second;
  for (const auto& change : changes()) {
    if (!is_possible(change, first)) continue;
    first.sql(std::string(change.at("change").as_string()));
    second.sql(std::string(change.at("change").as_string()));
  }
  const auto catalog = first.cluster().describe_catalog(first.name());
  EXPECT_EQ(second.cluster().describe_catalog(second.name()), catalog);
  second.sql("CREATE TABLE passing (id serial PRIMARY KEY); DROP TABLE passing");
  EXPECT_EQ(second.cluster().describe_catalog(second.name()), catalog);
  // A dropped column leaves a hole in the numbering, which nobody can see.
  second.sql("CREATE TABLE t (gone integer, a integer); ALTER TABLE t DROP COLUMN gone");
  first.sql("CREATE TABLE t (a integer)");
  EXPECT_EQ(second.cluster().describe_catalog(second.name()), first.cluster().describe_catalog(first.name()));
}

}  // namespace
}  // namespace support::tests
