#pragma once

#include <string>

#include "app/alembic/env.hpp"
#include "app/alembic/safety/trace/tracer.hpp"
#include "app/alembic/script/script_directory.hpp"

namespace support::alembic::safety {

// Runs the steps as `upgrade` would, in the transactions of Environment::transaction_mode and of the scripts. Throws
// CommandError: exit code 4 for a statement that fails, naming it and its place.
void trace_revisions(Tracer& tracer, const ScriptDirectory& scripts, const std::vector<MigrationStep>& steps,
                     const Environment& environment);

// Runs an SQL file as one transaction, and what can't be in it by itself; the whole file statement by statement where
// it says `-- transactional: false`. Throws CommandError.
void trace_file(Tracer& tracer, const std::string& text, const std::string& file);

}  // namespace support::alembic::safety
