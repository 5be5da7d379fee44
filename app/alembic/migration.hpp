#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/alembic/operations/operations.hpp"

// What a file under versions/ includes. Such a file reads:
//
//   // Message of the migration
//   //
//   // Revision ID: 3f2a9c1d7e4b
//   // Revises: f57c936ded09
//   // Create Date: 2026-01-18 03:38:38.172294
//
//   #include "app/alembic/migration.hpp"
//
//   namespace support::alembic {
//   namespace {
//
//   constexpr std::string_view revision = "3f2a9c1d7e4b";
//   const Revisions down_revision = {"f57c936ded09"};
//   const Labels branch_labels = {};
//   const Revisions depends_on = {};
//   // Where there is no way back: constexpr std::string_view irreversible = "why";
//   // Where the way back does not bring all data: constexpr std::string_view loses = "what, and why";
//
//   void upgrade(Operations& op) { … }
//   void downgrade(Operations& op) { … }
//
//   SUPPORT_MIGRATION;
//
//   }  // namespace
//   }  // namespace support::alembic
//
// The leading comment is embedded into the program by cmake/EmbedMigrations.cmake. A comment that contradicts the
// identifiers is an error that names the file, when the migrations are loaded.
namespace support::alembic {

using Revisions = std::vector<std::string>;
using Labels = std::vector<std::string>;

// One migration that is compiled in, as its file declares it.
struct CompiledMigration {
  std::string_view revision;
  Revisions down_revision;
  Labels branch_labels;
  Revisions depends_on;
  void (*upgrade)(Operations&);
  void (*downgrade)(Operations&);
  std::string_view irreversible;  // why there is no way back; empty: there is one
  std::string_view loses;         // what of the time before does not come back with it; empty: nothing
  std::string_view file;          // __FILE__ of the migration
};

// What a migration is that does not declare one of its own.
inline constexpr std::string_view irreversible;
inline constexpr std::string_view loses;

// The compiled-in migrations in the order of static initialisation, which means nothing: ScriptDirectory sorts them.
const std::vector<CompiledMigration>& compiled_migrations();

// Adds a migration to compiled_migrations() before main() runs.
class MigrationRegistrar {
 public:
  explicit MigrationRegistrar(CompiledMigration migration);
};

}  // namespace support::alembic

// Closes a migration file: registers the identifiers and the two functions declared above it.
#define SUPPORT_MIGRATION                                                                                     \
  [[maybe_unused]] const ::support::alembic::MigrationRegistrar migration_registrar {                         \
    ::support::alembic::CompiledMigration {                                                                   \
      revision, down_revision, branch_labels, depends_on, &upgrade, &downgrade, irreversible, loses, __FILE__ \
    }                                                                                                         \
  }
