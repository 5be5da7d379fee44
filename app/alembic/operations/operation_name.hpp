#pragma once

#include <string>

#include "app/alembic/operations/operation.hpp"

namespace support::alembic {

// The directive that makes the operation, as a migration calls it: "create_table"; of a custom operation its own name.
std::string operation_name(const Operation& operation);

}  // namespace support::alembic
