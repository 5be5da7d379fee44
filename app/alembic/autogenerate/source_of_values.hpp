#pragma once

#include "app/alembic/autogenerate/source_node.hpp"
#include "app/alembic/operations/value.hpp"

namespace support::alembic::autogenerate {

// The constant of a row as a C++ expression.
SourceNode source_of(const Value& value);

}  // namespace support::alembic::autogenerate
