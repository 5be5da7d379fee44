#pragma once

#include <string>

#include "app/alembic/autogenerate/predicted_type.hpp"
#include "app/alembic/autogenerate/sql_cursor.hpp"

namespace support::alembic::autogenerate {

// Reads what follows DEFAULT and returns it as the server's pg_get_expr() will spell it for a column of that type:
// constants whose type's input can't change them, and the server's own functions of the time and for UUIDs. Throws
// NotPredictable for every other expression.
std::string read_default(SqlCursor& cursor, const PredictedType& type);

}  // namespace support::alembic::autogenerate
