#pragma once

#include <vector>

#include "app/alembic/operations/operation.hpp"

namespace support::alembic {

// The operation that undoes this one, once it has run on a database as the operation expects it. Data that the
// operation took away does not come back; a column comes back as the last one; and what hangs on a dropped object
// without being part of `existing` (grants, the triggers of a table, the indexes of a materialized view) is gone unless
// operations of its own drop it before. Throws std::invalid_argument, with what is missing, when the operation does not
// say enough (a drop without `existing`, or with cascade), and when there is nothing that undoes it (an added enum
// value, SQL of one's own).
Operation reverse(const Operation& operation);

// The operations that undo these, beginning with the last one.
std::vector<Operation> reverse(const std::vector<Operation>& operations);

}  // namespace support::alembic
