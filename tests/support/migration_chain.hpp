#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "app/alembic/migration.hpp"

#include "tests/support/recording_sink.hpp"
#include "tests/support/test_cluster.hpp"

// The compiled-in migrations without the engine that runs them; for executables that link alembic_versions.
namespace support::tests {

// From base to head. Throws std::runtime_error when the history is not a line.
inline std::vector<alembic::CompiledMigration> migration_chain() {
  std::vector<alembic::CompiledMigration> chain;
  const auto& all = alembic::compiled_migrations();
  while (chain.size() < all.size()) {
    const alembic::Revisions parents =
        chain.empty() ? alembic::Revisions{} : alembic::Revisions{std::string(chain.back().revision)};
    const auto next =
        std::find_if(all.begin(), all.end(), [&](const auto& migration) { return migration.down_revision == parents; });
    if (next == all.end()) throw std::runtime_error("The compiled-in migrations are not one line of revisions.");
    chain.push_back(*next);
  }
  return chain;
}

inline std::vector<std::string> upgrade_sql(const alembic::CompiledMigration& migration,
                                            schema::ServerFeatures server) {
  return sql_of(migration.upgrade, server);
}

inline std::vector<std::string> downgrade_sql(const alembic::CompiledMigration& migration,
                                              schema::ServerFeatures server) {
  return sql_of(migration.downgrade, server);
}

inline schema::ServerFeatures server_of(const TestDatabase& database) {
  schema::ServerFeatures::Extensions extensions;
  for (const auto& row : database.sql("SELECT name FROM pg_available_extensions")) extensions.insert(row.at(0));
  return {.extensions = std::move(extensions)};
}

}  // namespace support::tests
