#pragma once

#include <memory>
#include <string>

#include "app/alembic/env.hpp"
#include "app/alembic/runtime/connection.hpp"
#include "app/alembic/safety/signoff/pending_statements.hpp"
#include "app/alembic/safety/signoff/table_sizes.hpp"
#include "app/cli/migrate_command.hpp"

namespace support::cli {

// Who says how big tables are: a database, which is only read, or the [tables] of signoffs.toml.
struct SizeSource {
  std::unique_ptr<alembic::Connection> connection;  // null without a database
  std::unique_ptr<alembic::safety::TableSizes> sizes;
  alembic::safety::WorkOptions options;
  alembic::safety::Rendering rendering;
  std::string description;  // "database support on host db.internal, port 5432", "the [tables] of signoffs.toml"
};

// Whether there is a database to ask: `against`, the value of --against, or DATABASE_URL's.
bool names_database(const std::string& against, const config::Settings& settings);
// That database. Throws CommandError for a URL that is none.
alembic::ConnectionTarget size_target(const std::string& against, const config::Settings& settings);

// `file` outlives the result. Throws CommandError: when nothing says how big tables are; exit code 3 when the database
// can't be reached.
SizeSource open_size_source(const std::string& against, const config::Settings& settings,
                            const MigrateArguments& general, const alembic::safety::SignoffFile& file);

}  // namespace support::cli
