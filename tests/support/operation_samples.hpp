#pragma once

#include <vector>

#include "app/alembic/operations/operation.hpp"

namespace support::tests {

// Operations of every kind, each of them at least once plain and once with whatever it can say, such that one
// migration can ask for all of them in a row.
std::vector<alembic::Operation> operation_samples();

// The alternatives of Operation that the samples leave out, by their place in it.
std::vector<std::size_t> missing_kinds(const std::vector<alembic::Operation>& samples);

}  // namespace support::tests
