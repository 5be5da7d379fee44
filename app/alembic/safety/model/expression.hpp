#pragma once

#include <string>
#include <vector>

#include "app/alembic/safety/model/schema_model.hpp"

namespace support::alembic::safety {

// The first function in the expression that may give another value for each row; "" when there is none. A function that
// neither PostgreSQL nor the chain knows is taken to be volatile.
std::string volatile_call(const Node& expression, const SchemaModel& model);

std::vector<std::string> mentioned_columns(const Node& expression);

// The columns that a CHECK of this expression keeps from being NULL: those of `c IS NOT NULL` joined by AND. (A CHECK
// also passes when it is NULL, so `c > 0` proves nothing.)
std::vector<std::string> proven_not_null(const Node& expression);

// The comparisons with constants that a CHECK of this expression joins by AND.
std::vector<Comparison> comparisons(const Node& expression);

// Whether a condition holds for every row: true, 1 = 1, 'a' = 'a', and OR with one of them.
bool is_always_true(const Node& condition);

// The last part of a FuncCall's name, in small letters.
std::string function_name(const Node& call);

}  // namespace support::alembic::safety
