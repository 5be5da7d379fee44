#include "app/alembic/autogenerate/inspect.hpp"

#include "app/alembic/autogenerate/catalog_reader.hpp"

namespace support::alembic::autogenerate {
namespace {

// REPEATABLE READ, so that all statements see the same catalogs.
class ReadTransaction {
 public:
  explicit ReadTransaction(Connection& connection) : connection_(connection) {
    connection_.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  }
  ~ReadTransaction() {
    try {
      connection_.execute("ROLLBACK");
    } catch (const std::exception&) {
      // The session is gone, and its transaction with it.
    }
  }
  ReadTransaction(const ReadTransaction&) = delete;
  ReadTransaction& operator=(const ReadTransaction&) = delete;

 private:
  Connection& connection_;
};

}  // namespace

void begin_reading(Connection& connection) {
  connection.execute(
      "SET LOCAL search_path TO pg_catalog; SET LOCAL quote_all_identifiers TO off; SET LOCAL DateStyle TO 'ISO, MDY'; "
      "SET LOCAL IntervalStyle TO postgres; SET LOCAL TimeZone TO 'UTC'; SET LOCAL bytea_output TO hex; "
      "SET LOCAL extra_float_digits TO 1; SET LOCAL xmlbinary TO base64");
}

std::string current_schema(Connection& connection) {
  return connection.scalar("SELECT current_schema()");
}

CatalogSnapshot inspect(Connection& connection, const InspectOptions& options) {
  const ReadTransaction transaction(connection);
  InspectOptions resolved = options;
  if (resolved.version_table_schema.empty()) resolved.version_table_schema = current_schema(connection);
  begin_reading(connection);
  return CatalogReader(connection, std::move(resolved)).read();
}

}  // namespace support::alembic::autogenerate
