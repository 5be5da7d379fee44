#pragma once

#include <string>
#include <vector>

#include "app/alembic/operations/operation.hpp"
#include "app/schema/server_features.hpp"

namespace support::alembic {

// to_sql() of a new column and what it brings along, each a statement of its own: the check of its type, foreign key,
// unique constraint or index, comment.
std::vector<std::string> add_column_sql(const AddColumn& operation, const schema::ServerFeatures& server);

}  // namespace support::alembic
