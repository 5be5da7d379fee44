#pragma once

#include <boost/json.hpp>

#include "app/alembic/script/script_directory.hpp"

namespace support::alembic::command {

// What `--format json` says of a revision. `rows`: those of the version table, where they were read.
boost::json::object revision_json(const ScriptDirectory& scripts, Node node, const RevisionIds* rows = nullptr);

}  // namespace support::alembic::command
