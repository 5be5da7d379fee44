#pragma once

#include <string>
#include <vector>

#include "app/alembic/command/command.hpp"
#include "app/alembic/command/comparison.hpp"
#include "app/alembic/safety/history/author.hpp"

// `migrate verify`, `repair` and `status`, as the commands of app/alembic/command: what they report goes to the
// context's `out`, in its format. They throw CommandError.
namespace support::alembic::safety {

struct VerifyOptions {
  bool strict = false;    // what is no tampering, but was not recorded either, is found as well
  std::string head = {};  // a record chain noted earlier, or its beginning: it must be in the history still
};
// Changes nothing. ExitCode::found when an applied migration was edited or the history itself was changed; with
// `strict`, on anything but changed comments.
ExitCode verify(command::Context& context, const VerifyOptions& options);

struct RepairOptions {
  RevisionIds revisions = {};
  bool unrecorded = false;  // all that are applied and have no record
  bool chain = false;       // the history itself
  std::string reason = {};
};
// Adds a record for each revision, which must be applied: it is accepted as it is now. Waits for the migration lock.
ExitCode repair(command::Context& context, const RepairOptions& options, const Author& author);

struct StatusOptions {
  bool drift = false;  // compare the schema with what the applied revisions make, which takes a while
  unsigned last = 5;   // records
  command::ComparisonRequest comparison = {};
};
// One page. Changes nothing. ExitCode::found when revisions are pending, something was tampered with, or the schema has
// drifted.
ExitCode status(command::Context& context, const StatusOptions& options);

}  // namespace support::alembic::safety
