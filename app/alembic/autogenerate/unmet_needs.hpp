#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/alembic/autogenerate/compare.hpp"

namespace support::alembic::autogenerate {

// A sentence each about what the differences ask for and can't be had, because something that it needs is left out of
// the comparison: an object to be made or changed over one that is not there, and one to be dropped below one that
// stays. `before` and `after` have been read with InspectOptions::dependencies. Names in `default_schema` come without
// it.
std::vector<std::string> unmet_needs(const CatalogSnapshot& before, const CatalogSnapshot& after,
                                     const std::vector<Difference>& differences, const CompareOptions& options,
                                     std::string_view default_schema = "public");

}  // namespace support::alembic::autogenerate
