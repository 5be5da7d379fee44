#pragma once

#include <string>
#include <vector>

#include "app/alembic/operations/operation.hpp"
#include "app/schema/server_features.hpp"

namespace support::alembic {

// to_sql() of the one operation that is many: type, nullability, default or identity, comment, and the name last, each
// a statement of its own; before them the CHECK of the old type goes, after them that of the new one comes.
std::vector<std::string> alter_column_sql(const AlterColumn& operation, const schema::ServerFeatures& server);

}  // namespace support::alembic
