#pragma once

#include <string>

#include "app/alembic/autogenerate/plan.hpp"
#include "app/schema/server_features.hpp"

// The steps of a plan as source text: what stands in a migration that is generated.
namespace support::alembic::autogenerate {

// The body of `void upgrade(Operations& op)`: statements for it, each line indented by two blanks and ending in a line
// end, laid out as clang-format lays out the project's sources. Compiled, they call `op` with operations equal to those
// of the steps. Notes are comments above their statements. Empty for no steps.
std::string render_cpp(const Steps& steps);

// The same as a section of an SQL migration or as a script: statements with their semicolons, an empty line between
// two. Any statement survives split_sql().
std::string render_sql(const Steps& steps, const schema::ServerFeatures& server);

// Whether an SQL migration with these steps must say `-- transactional: false`.
bool needs_autocommit(const Steps& steps);

}  // namespace support::alembic::autogenerate
