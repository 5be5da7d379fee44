#pragma once

#include <string>

#include "app/alembic/runtime/connection.hpp"

namespace support::alembic::safety {

// Makes the schema of one database in another, empty one, without rows, owners and rights. The first is only read. Does
// not copy what the inspector does not read (foreign servers, event triggers, operators, casts), but for publications.
// Throws CommandError when the second refuses it.
void copy_schema(Connection& from, Connection& to);

// Runs SQL that makes a schema, such as a dump of pg_dump; what runs outside of a transaction there does so here.
// Throws CommandError, naming `file` and the line.
void run_schema_script(Connection& connection, const std::string& text, const std::string& file);

}  // namespace support::alembic::safety
