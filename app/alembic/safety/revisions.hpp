#pragma once

#include <string>

#include "app/alembic/operations/run_context.hpp"
#include "app/alembic/safety/linter.hpp"
#include "app/alembic/script/script_directory.hpp"

namespace support::alembic::safety {

// Which revisions: those that an upgrade from the rows `from` to `to` runs.
struct RevisionRange {
  RevisionIds from = {};  // none: from an empty database
  std::string to = "heads";
};

// "A:B", "A:", ":B"; B alone is an error. Throws CommandError.
RevisionRange parse_revision_range(const std::string& text);

// The revisions of the range, from base to head. Throws CommandError for an unknown one.
Nodes revisions_of(const ScriptDirectory& scripts, const RevisionRange& range);

// Lints these revisions; those that they stand on are replayed first. A downgrade is compared with what the upgrade
// found. Throws CommandError for an unknown revision and for one that can't be written as SQL without a database, and
// ScriptError for SQL that can't be parsed.
void lint_revisions(Linter& linter, const ScriptDirectory& scripts, const RevisionRange& range,
                    const RunContext& context);

}  // namespace support::alembic::safety
