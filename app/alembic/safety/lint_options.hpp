#pragma once

#include <chrono>
#include <set>
#include <string>

namespace support::alembic::safety {

// How the statements of a file reach the server.
enum class TransactionMode {
  automatic,   // one transaction a file; each statement by itself where the file says so or could not run otherwise
  file,        // one transaction a file, whatever is in it
  statements,  // each statement by itself, as psql sends it
};

// Who sets lock_timeout and its kin.
enum class Timeouts {
  by_script,  // the statements must
  by_engine,  // `migrate upgrade` does
};

struct LintOptions {
  unsigned server_version = 15;
  TransactionMode transaction = TransactionMode::automatic;
  Timeouts timeouts = Timeouts::by_script;
  // A session's TimeZone decides whether timestamp → timestamptz rewrites.
  std::chrono::milliseconds longest_lock_timeout{10'000};
  std::set<std::string> enabled;   // rules of section F that are wanted
  std::set<std::string> disabled;  // rules that are not
};

}  // namespace support::alembic::safety
