#pragma once

#include <string>
#include <string_view>

#include "app/alembic/env.hpp"
#include "app/alembic/operations/operations.hpp"
#include "app/alembic/script/script_directory.hpp"

// What both contexts do and say the same way.
namespace support::alembic {

// A line of the logger alembic.runtime.migration, which scripts read.
void log_migration(std::string_view message);
void log_warnings(const Plan& plan);

// An operation that comes to nothing on this server.
void log_left_out(const Operation& operation);

// Throws std::runtime_error when a statement of the SQL would begin or end a transaction; for within the run's.
void refuse_transaction_control(const std::string& sql);

// The `op` of a run, with the naming convention of its metadata.
Operations make_operations(OperationSink& sink, const Environment& environment);

// Runs the step's script; a stamp runs nothing.
void run_body(const ScriptDirectory& scripts, const MigrationStep& step, Operations op);

// What the hooks are told of a step that leads to the rows `heads`.
VersionApply version_apply(const MigrationStep& step, const RevisionIds& heads);

// The revision that the step applies or takes away.
std::string step_revision(const MigrationStep& step);

}  // namespace support::alembic
