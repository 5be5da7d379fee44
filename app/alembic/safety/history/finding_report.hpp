#pragma once

#include <string>
#include <vector>

#include <boost/json.hpp>

#include "app/alembic/safety/history/snapshot.hpp"

namespace support::alembic::safety {

boost::json::array to_json(const std::vector<HistoryFinding>& findings);
boost::json::object to_json(const Record& record);

// One line each, "edited: …"; those that say the same of several revisions are one.
std::vector<std::string> lines_of(const std::vector<HistoryFinding>& findings);
// "2026-01-18 03:38:38 UTC  upgrade r1  done  0.012 s  app by deploy on host-1".
std::string line_of(const Record& record);

// Where the history ends: to be noted elsewhere, because nothing in the table itself can tell that its last records
// were removed.
std::string head_of(const HistorySnapshot& snapshot);

}  // namespace support::alembic::safety
