#pragma once

#include <set>
#include <string>
#include <utility>

#include "app/alembic/runtime/connection.hpp"

namespace support::alembic::safety {

// Puts some rows into those of the tables (schema, name) that are empty, as well as the constraints let it: where
// nothing is in a table, an UPDATE reaches no foreign key, and a join does not read its second half. Values are made
// up, none comes from a live database; a table that takes none stays empty. Triggers of users do not fire. Throws
// ConnectionLost.
void make_up_rows(Connection& connection, const std::set<std::pair<std::string, std::string>>& tables);

}  // namespace support::alembic::safety
