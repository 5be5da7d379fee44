#pragma once

#include "app/alembic/command/comparison.hpp"

namespace support::alembic::command {

// What turns the one side into the other: SQL, and nothing else, on the context's `sql`; or with OutputFormat::json one
// document on its `out`. What was found is logged. ExitCode::found when there is anything. Throws CommandError.
ExitCode diff(Context& context, const ComparisonRequest& request);

// Whether the database of DATABASE_URL, which must be at head, differs from the wanted side: one sentence and a line a
// difference, or a JSON document. ExitCode::found when it does. Throws CommandError.
ExitCode check(Context& context, const ComparisonRequest& request = {});

}  // namespace support::alembic::command
