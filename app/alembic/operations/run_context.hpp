#pragma once

#include <optional>
#include <string>
#include <vector>

namespace support::alembic {

// Online: on the database. Offline (`--sql`): as SQL text, and no database is contacted.
enum class Mode { online, offline };

// What a migration may know of the run that it is part of.
struct RunContext {
  Mode mode = Mode::online;
  std::vector<std::string> x_arguments = {};  // -x, as given
  std::string tag = {};                       // --tag

  bool is_offline() const { return mode == Mode::offline; }
  // `-x key=value`: the value; the last one of a name wins, a name without "=" has the value "".
  std::optional<std::string> x_argument(const std::string& key) const;
};

}  // namespace support::alembic
