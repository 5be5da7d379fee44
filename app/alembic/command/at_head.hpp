#pragma once

#include "app/alembic/command/command.hpp"

namespace support::alembic::command {

// Comparing starts from a database that has all revisions. Throws CommandError for any other.
void require_database_at_head(Context& context);

}  // namespace support::alembic::command
