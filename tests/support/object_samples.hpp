#pragma once

#include <vector>

#include "app/alembic/operations/operation.hpp"

namespace support::tests {

// The part of operation_samples() that is about types, schemas, sequences, views, routines and what hangs on tables.
void add_object_samples(std::vector<alembic::Operation>& to);

}  // namespace support::tests
