#pragma once

#include <string>

#include "app/alembic/safety/signoff/signoff_file.hpp"
#include "app/alembic/script/script_directory.hpp"

namespace support::alembic::safety {

// Where the sign-offs of migrations are kept: in the program for those that are compiled in, DIR/signoffs.toml for
// those of `--script-location DIR`. All of these together; a file that is not there holds none. Throws CommandError.
SignoffFile load_signoffs(const ScriptDirectory& scripts);

// The file that a new sign-off of the script belongs into. Throws CommandError for a migration that is compiled in
// where the sources are not at hand.
std::string signoff_path(const ScriptDirectory& scripts, const alembic::Script& script);

// Adds the entries to the file at `path`, which is made if it is not there: all of them, or nothing. Throws
// CommandError, for a file that is malformed, too.
void write_signoffs(const std::string& path, const std::vector<Signoff>& entries);

}  // namespace support::alembic::safety
