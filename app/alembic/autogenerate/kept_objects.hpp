#pragma once

#include <vector>

#include "app/alembic/autogenerate/compare.hpp"

namespace support::alembic::autogenerate {

// `after`, and what `before` has that no difference takes away, because the comparison does not look at it: what the
// database holds when the differences are gone. The models know no views, but the views are there.
CatalogSnapshot with_kept_objects(const CatalogSnapshot& before, const CatalogSnapshot& after,
                                  const std::vector<Difference>& differences, const CompareOptions& options);

// Gives what both have the owners and grants of the first: what is not compared does not change.
void take_rights(const CatalogSnapshot& from, CatalogSnapshot& to);

}  // namespace support::alembic::autogenerate
