#pragma once

#include <string>

#include "app/alembic/autogenerate/predicted_table.hpp"
#include "app/alembic/autogenerate/sql_cursor.hpp"

namespace support::alembic::autogenerate {

// Reads what follows CHECK: comparisons of one column with constants, joined by AND, and IN for texts. An empty name is
// made up. `own` is the column that the words belong to, null for those of the table. Throws NotPredictable for every
// other expression.
void read_check(SqlCursor& cursor, std::string name, PredictedTable& predicted, const Column* own);

}  // namespace support::alembic::autogenerate
