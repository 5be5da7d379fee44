#pragma once

#include <CLI/CLI.hpp>

namespace support::cli {

// `support-agent serve`: the HTTP service, until SIGTERM.
void add_serve_command(CLI::App& program, int& exit_code);

}  // namespace support::cli
