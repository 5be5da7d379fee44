#pragma once

#include <string>
#include <vector>

#include "app/alembic/safety/model/relation.hpp"

namespace support::alembic::safety {

// What to make of a constraint that was validated while the chain does not hold its text: a guess by its name, or
// nothing.
enum class Unseen { trusted, ignored };

// Whether something that holds for all rows keeps the column from being NULL, so that the server need not look.
// `dropped`: constraints that do not count.
bool is_proven_not_null(const Relation* relation, const std::string& column, unsigned server_version, Unseen unseen,
                        const std::vector<std::string>& dropped = {});

}  // namespace support::alembic::safety
