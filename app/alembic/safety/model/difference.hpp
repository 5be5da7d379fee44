#pragma once

#include <string>
#include <vector>

#include "app/alembic/safety/model/schema_model.hpp"

namespace support::alembic::safety {

// What the second model has that the first has not, lacks, or has otherwise: relations, columns, constraints, indexes
// and types, a phrase each. What only a server would know is not compared.
std::vector<std::string> differences(const SchemaModel& before, const SchemaModel& after);

}  // namespace support::alembic::safety
