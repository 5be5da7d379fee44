#pragma once

#include <boost/json.hpp>

#include "app/alembic/command/command.hpp"

namespace support::alembic::command {

// What `--format json` says of a revision. `rows`: those of the version table, where they were read.
boost::json::object revision_json(const ScriptDirectory& scripts, Node node, const RevisionIds* rows = nullptr);

// One document, on a line of its own.
void print(Context& context, const boost::json::object& document);

// A line of text; nothing where a JSON document is wanted.
void say(Context& context, std::string_view line);

}  // namespace support::alembic::command
