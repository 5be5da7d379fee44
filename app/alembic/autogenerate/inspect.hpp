#pragma once

#include <string>
#include <vector>

#include "app/alembic/autogenerate/catalog.hpp"
#include "app/alembic/runtime/connection.hpp"

namespace support::alembic::autogenerate {

struct InspectOptions {
  // The schemas to read; empty: all but those of PostgreSQL itself and of extensions.
  std::vector<std::string> schemas = {};
  // Left out: the migration tool's own table. An empty schema is the one that new tables go to.
  std::string version_table = "alembic_version";
  std::string version_table_schema = {};
  // Whether Access and Column::grants are filled.
  enum class AccessRights { skip, read } access = AccessRights::skip;
  // Whether CatalogSnapshot::dependencies is filled: for plan().
  enum class Dependencies { skip, read } dependencies = Dependencies::skip;
};

// Reads the catalogs in a few statements, whatever the number of tables, in a read-only transaction of its own, so the
// connection must not be in one. Objects of extensions, temporary ones and PostgreSQL's own are left out. Takes no lock
// that keeps anybody from reading or writing. Works on PostgreSQL 15 to 18. Throws DatabaseError or ConnectionLost.
CatalogSnapshot inspect(Connection& connection, const InspectOptions& options = {});

}  // namespace support::alembic::autogenerate
