#pragma once

#include <string>
#include <vector>

namespace support::cli {

// What a finished program left: its exit status (128 + signal when it was killed) and all it printed.
struct ProgramResult {
  int status = 0;
  std::string output;
};

// Runs a program to its end, stdin closed, stdout and stderr together in output. The program gets a process group of
// its own, so that a Ctrl-C on the terminal does not reach it. A daemon that it leaves behind does not keep the call
// waiting. Throws std::system_error when it can't be started at all.
ProgramResult run_program(const std::vector<std::string>& arguments);

}  // namespace support::cli
