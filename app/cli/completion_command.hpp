#pragma once

#include <CLI/CLI.hpp>

namespace support::cli {

// `completion bash|zsh`: prints the script that teaches the shell this command line.
void add_completion_command(CLI::App& program, int& exit_code);

}  // namespace support::cli
