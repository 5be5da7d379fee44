#pragma once

#include "app/alembic/operations/operation.hpp"

namespace support::alembic {

// reverse() of an AlterColumn: each part that changes goes back to its `existing_…`. Throws std::invalid_argument when
// one of these is missing.
AlterColumn reverse_alter_column(const AlterColumn& operation);

}  // namespace support::alembic
