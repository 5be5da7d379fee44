#pragma once

#include "app/alembic/operations/operation.hpp"

namespace support::alembic {

// The operation that undoes this one, once it has run on a database as the operation expects it. Data that the
// operation took away does not come back. Throws std::invalid_argument, with what is missing, when the operation does
// not say enough (a drop without `existing`), or when there is nothing that undoes it (an added enum value, SQL of
// one's own).
Operation reverse(const Operation& operation);

}  // namespace support::alembic
