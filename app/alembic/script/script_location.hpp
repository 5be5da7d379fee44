#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/alembic/script/script.hpp"

namespace support::alembic {

// A place that migrations come from: the program itself, or a folder of *.sql files.
struct ScriptLocation {
  enum class Kind { builtin, folder };

  Kind kind = Kind::builtin;
  std::string given = "builtin";  // as the command line names it
  std::string folder = {};        // of the files, absolute; empty for builtin
};

// What a folder that is not there means: a mistake, or that it is still to be made.
enum class MissingFolder { refuse, allow };

// `builtin` or a folder, or several of them between colons. A folder that `init` has made, or that has a folder
// `versions` and no migrations of its own, stands for the latter. Throws CommandError for an empty name, and for a
// folder that can't be read.
std::vector<ScriptLocation> parse_script_locations(std::string_view text,
                                                   MissingFolder missing = MissingFolder::refuse);

// The migrations of a folder, none when it is not there, in the order of the file names. Files that begin with a dot or
// do not end in .sql are none. Throws CommandError, naming the file, for one that can't be read or is malformed.
std::vector<Script> load_folder(const std::string& folder, std::vector<std::string>& warnings);

// The migrations that are compiled in, in the order of their file names. Throws CommandError, naming the file, for one
// that contradicts itself, and for an identifier that occurs twice.
std::vector<Script> load_builtin();

}  // namespace support::alembic
