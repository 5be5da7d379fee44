#pragma once

#include <stdexcept>
#include <string>

namespace support::alembic {

// How a command ends, as the shell sees it (docs/migrations.md).
enum class ExitCode : int {
  done = 0,
  found = 1,        // the check found something
  request = 2,      // the request can't be carried out as asked: usage, configuration, unknown revision, several heads
  unreachable = 3,  // no connection to the database
  rolled_back = 4,  // a migration failed; the run was rolled back
  refused = 5,      // a guard said no: lock wait, event loop, pooler
};

// A command can't be carried out. what() is a sentence for the operator, never with a password in it.
class CommandError : public std::runtime_error {
 public:
  explicit CommandError(const std::string& message, ExitCode exit_code = ExitCode::request)
      : std::runtime_error(message), exit_code_(exit_code) {}

  ExitCode exit_code() const { return exit_code_; }

 private:
  ExitCode exit_code_;
};

}  // namespace support::alembic
