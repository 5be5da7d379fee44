#pragma once

#include <ostream>

#include "app/alembic/safety/roundtrip/round_trip.hpp"

namespace support::alembic::safety {

// A revision as text: its grade, identifier, message and time on a line, below it what was found, indented.
void write_result(const RevisionResult& result, const ScriptDirectory& scripts, const std::string& default_schema,
                  std::ostream& out);
// The last lines: how many of each, and the tables that no rows could be made up for.
void write_summary(const RoundTripReport& report, std::ostream& out);

// One list, of an object a revision, as docs/testing-migrations.md says.
void write_json(const RoundTripReport& report, const ScriptDirectory& scripts, std::ostream& out);

}  // namespace support::alembic::safety
