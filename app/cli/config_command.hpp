#pragma once

#include <CLI/CLI.hpp>

namespace support::cli {

// `support-agent config show|check|url|reference`: what the process would run with. Results go to stdout, problems to
// stderr. Starts nothing and connects to nothing.
void add_config_command(CLI::App& program, int& exit_code);

}  // namespace support::cli
