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
  connection.query(
      "SELECT set_config(name, value, true) FROM (VALUES ('search_path', 'pg_catalog'), ('quote_all_identifiers', "
      "'off'), "
      "('DateStyle', 'ISO, MDY'), ('IntervalStyle', 'postgres'), ('TimeZone', 'UTC'), ('bytea_output', 'hex'), "
      "('extra_float_digits', '1'), ('xmlbinary', 'base64')) AS settings (name, value)");
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
