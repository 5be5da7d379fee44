#pragma once

#include <string>

#include "app/alembic/operations/source_line.hpp"
#include "app/alembic/script/migration_step.hpp"

// What a failing step leaves behind, in words.
namespace support::alembic {

// How far a run and its present step have come, as the server would tell it.
struct Progress {
  RevisionIds rows;                // of the version table, committed
  bool steps_are_kept = false;     // the run has committed something before
  std::size_t in_transaction = 0;  // statements of the present step that a rollback takes back
  std::size_t kept = 0;            // statements of the present step that have taken effect for good
  bool outside = false;            // the step failed outside of a transaction
  bool resumes = false;            // the next run goes on behind what was kept
  bool refused = false;            // by a guard, not by the server
};

// "Revision r2 (upgrade r1 -> r2) failed, and everything of this run was rolled back: …"
std::string step_failure(const MigrationStep& step, const Progress& progress, const std::string& why);

// "path:line" for people. A line of C++ is where the operation stands, a line of an SQL file is exact: `first_line` is
// where the statement begins within the SQL of the operation, `line` where the server stumbled within the statement
// (both from 1; 0: not known). Empty without a place.
std::string place_text(const SourceLine& at, const std::string& script_path, unsigned first_line, unsigned line);

}  // namespace support::alembic
