#pragma once

namespace support::cli {

// The whole program: parses the command line, runs the subcommand, returns the exit code. Never throws.
int run_program_line(int argc, char** argv);

}  // namespace support::cli
