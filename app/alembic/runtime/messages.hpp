#pragma once

#include <string>
#include <string_view>

#include "app/alembic/operations/operations.hpp"
#include "app/alembic/script/script_directory.hpp"

// What both contexts do and say the same way.
namespace support::alembic {

// A line of the logger alembic.runtime.migration, which scripts read.
void log_migration(std::string_view message);
void log_warnings(const Plan& plan);

// Runs the step's script into the sink; a stamp runs nothing.
void run_body(const ScriptDirectory& scripts, const MigrationStep& step, OperationSink& sink);

// The revision that the step applies or takes away.
std::string step_revision(const MigrationStep& step);

}  // namespace support::alembic
