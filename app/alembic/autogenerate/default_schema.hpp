#pragma once

#include <string_view>

#include "app/alembic/autogenerate/plan.hpp"

namespace support::alembic::autogenerate {

// The steps without the name of the schema that unqualified names mean anyway, as people write migrations. Texts of the
// server (expressions, bodies, definitions) keep it.
Steps without_schema(Steps steps, std::string_view default_schema);

}  // namespace support::alembic::autogenerate
