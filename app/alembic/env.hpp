#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "app/config/settings.hpp"

namespace support::alembic {

// Online: on the database. Offline (`--sql`): as SQL text, and no database is contacted.
enum class Mode { online, offline };

// Where the migration engine connects to. Made by make_environment() alone.
struct ConnectionTarget {
  std::string conninfo;     // for libpqxx, password included: never print it
  std::string password;     // to strike out of what the server or libpq says
  std::string masked_url;   // for people
  std::string description;  // "database support on host db.internal, port 5432"
};

// What a run of the engine knows of the world around it.
struct Environment {
  Mode mode = Mode::online;
  std::optional<ConnectionTarget> target;    // online only
  std::chrono::milliseconds lock_timeout{};  // MIGRATION_LOCK_TIMEOUT
  bool echo = false;                         // DATABASE_ECHO: log each statement
  std::vector<std::string> x_arguments;      // -x, as given
  std::string tag;                           // --tag

  // `-x key=value`: the value; the last one of a name wins, a name without "=" has the value "".
  std::optional<std::string> x_argument(const std::string& key) const;
};

// The one place where the driver is swapped: here, and nowhere else in the engine, is Settings::database_url_sync()
// read. Throws CommandError when an online run has no database to go to.
Environment make_environment(const config::Settings& settings, Mode mode);

}  // namespace support::alembic
