#pragma once

#include <string>
#include <vector>

#include "app/alembic/autogenerate/inspect.hpp"
#include "app/alembic/autogenerate/plan.hpp"
#include "app/alembic/runtime/connection.hpp"
#include "app/schema/server_features.hpp"

namespace support::tests {

// InspectOptions with all that plan() needs.
alembic::autogenerate::InspectOptions planning();

// The statements of the steps, one a line with its semicolon, for messages of tests.
std::string sql_text(const alembic::autogenerate::Steps& steps, const schema::ServerFeatures& server);

// Carries the steps out: in one transaction, but that it is committed before and behind each step that has to be
// outside of one. Empty when all went well; otherwise what the server said, and of which statement. Then nothing is
// left open.
std::string apply(alembic::Connection& connection, const alembic::autogenerate::Steps& steps,
                  const schema::ServerFeatures& server);

// What a planned migration has to prove: that its upgrade leads to `after` and its downgrade back to `before`, where
// the database is like `before` at first. Empty, or the first thing that is wrong with the statements around it.
std::string unproven(alembic::Connection& connection, const alembic::autogenerate::CatalogSnapshot& before,
                     const alembic::autogenerate::CatalogSnapshot& after,
                     const alembic::autogenerate::CompareOptions& options = {},
                     const alembic::autogenerate::InspectOptions& inspecting = planning());

}  // namespace support::tests
