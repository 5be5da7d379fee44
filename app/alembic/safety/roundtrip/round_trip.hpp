#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/alembic/autogenerate/difference.hpp"
#include "app/alembic/env.hpp"
#include "app/alembic/errors.hpp"
#include "app/alembic/safety/revisions.hpp"
#include "app/alembic/safety/roundtrip/contents.hpp"
#include "app/alembic/safety/roundtrip/grade.hpp"
#include "app/alembic/safety/roundtrip/row_seeder.hpp"
#include "app/alembic/script/script_directory.hpp"

namespace support::alembic::safety {

// How a test of a revision ended; the worst that was found.
enum class Outcome {
  passed,
  irreversible,  // declared, and so no fault
  lossy,         // rows or values of before did not come back, and nothing says so
  asymmetric,    // the catalog is another one after a way
  failed,        // a way was refused
  not_tested,    // it stands on a revision whose upgrade fails
};
std::string_view outcome_name(Outcome outcome);

// What upgrading, downgrading and upgrading again found out about one revision.
struct RevisionResult {
  alembic::Node node = 0;
  Outcome outcome = Outcome::passed;
  std::optional<Grade> grade;  // absent: not tested
  std::chrono::milliseconds took{};

  std::string failure;                                        // what was refused, and by whom
  std::vector<autogenerate::Difference> after_downgrade;      // from the schema before it to the one that came back
  std::vector<autogenerate::Difference> after_upgrade_again;  // from the first upgrade's schema to the second one's
  std::vector<Loss> lost;                                     // of the rows of before
  std::vector<Taken> taken;                                   // by the downgrade, of what was written since
  std::vector<Loss> lost_since;                               // of it, as measured, where `taken` does not say so
  std::string refused_since;                                  // why the downgrade refuses rows written since
  std::vector<std::string> notes;
  std::vector<EmptyTable> empty_tables;  // whose rows could not be watched

  bool is_fault() const { return outcome >= Outcome::lossy; }
};

struct RoundTripReport {
  std::vector<RevisionResult> results;  // in the order of an upgrade
  std::string default_schema;           // its names need no qualification
};

// Tests the revisions of a range on a scratch database on `server`, made like the database of `environment` where that
// has one. Every way runs as `migrate upgrade` and `migrate downgrade` run it. `on_result` is told of each revision
// when it is done. Throws CommandError: what the ScriptDirectory or the scratch database refuse, and exit code 4 when a
// revision below the range fails.
RoundTripReport run_round_trips(
    const ScriptDirectory& scripts, const Environment& environment, const ConnectionTarget& server,
    const RevisionRange& range,
    const std::function<void(const RevisionResult&, const std::string& default_schema)>& on_result);

// 4 when a way failed, 1 for another fault.
ExitCode exit_code_of(const RoundTripReport& report);

}  // namespace support::alembic::safety
