#pragma once

#include "app/alembic/autogenerate/plan.hpp"

namespace support::alembic::autogenerate {

// The steps without those that set or drop the default of a column to no effect: what a step finds done already, and a
// default that is set only to be replaced or taken away by a later step. A default that an old one gives way to stays
// away in between, which harms nothing: rows are written by nobody meanwhile.
Steps without_redundant_defaults(Steps steps);

}  // namespace support::alembic::autogenerate
