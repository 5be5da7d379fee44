#pragma once

#include <vector>

#include "app/alembic/autogenerate/renames.hpp"
#include "app/alembic/autogenerate/wanted.hpp"

namespace support::alembic::autogenerate {

// What `before` is once the renames have run: PostgreSQL itself says, in a transaction that is rolled back, because
// expressions, views and foreign keys follow a new name, and names that were made of the old one stay. `before` is
// built there anew from its plan. Throws as wanted_from_sql() does.
CatalogSnapshot renamed_snapshot(Connection& scratch, const CatalogSnapshot& before, const std::vector<Rename>& renames,
                                 const InspectOptions& inspect = {});

}  // namespace support::alembic::autogenerate
