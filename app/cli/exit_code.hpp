#pragma once

namespace support::cli {

// What scripts may rely on (docs/exit-codes.md).
enum ExitCode : int {
  exit_done = 0,
  exit_found = 1,           // a check found something
  exit_bad_request = 2,     // usage, configuration, unknown or ambiguous revision, several heads
  exit_unreachable = 3,     // the database can't be reached
  exit_rolled_back = 4,     // a migration failed and was rolled back
  exit_refused = 5,         // a guard said no
  exit_internal_error = 70  // a fault of the program itself (sysexits.h: EX_SOFTWARE)
};

}  // namespace support::cli
