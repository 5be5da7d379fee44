#pragma once

#include "app/alembic/command/comparison.hpp"

namespace support::alembic::command {

// Whether the database of DATABASE_URL differs from what the revisions that are applied to it make of an empty one:
// what somebody changed past them. One sentence and a line a change, or a JSON document as diff() writes it, with the
// sentence as "message": its "upgrade" is what was done, its "downgrade" what takes it back. ExitCode::found when there
// is any. The request's sides are not looked at. Throws CommandError.
ExitCode drift(Context& context, const ComparisonRequest& request = {});

}  // namespace support::alembic::command
