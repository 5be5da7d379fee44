#pragma once

#include "app/alembic/command/command.hpp"

namespace support::alembic::command {

enum class VersionTableIfMissing { leave, create };

// The rows of the version table, read from the database that the context names.
RevisionIds read_rows(Context& context, VersionTableIfMissing if_missing);

}  // namespace support::alembic::command
