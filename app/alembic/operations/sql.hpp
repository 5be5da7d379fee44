#pragma once

#include <string>
#include <vector>

#include "app/alembic/operations/operation.hpp"
#include "app/schema/server_features.hpp"

namespace support::alembic {

// The statements that carry the operation out, without the closing semicolon, in the words and the white space of
// Alembic's offline mode. Empty when nothing is to be done on this server. Throws std::invalid_argument when the
// operation asks for what PostgreSQL does not have; the sentence names the value and the remedy.
std::vector<std::string> to_sql(const Operation& operation, const schema::ServerFeatures& server);

// Whether PostgreSQL refuses the operation inside a transaction block (… CONCURRENTLY).
bool needs_autocommit(const Operation& operation);

}  // namespace support::alembic
