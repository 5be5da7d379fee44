#pragma once

#include <CLI/CLI.hpp>

namespace support::cli {

// `support-agent cluster run -- COMMAND…`: runs a command with the embedded private PostgreSQL cluster up and
// DATABASE_URL set to it. Where DATABASE_URL is configured, that is used and nothing is started. Exits with the
// command's exit code.
void add_cluster_command(CLI::App& program, int& exit_code);

}  // namespace support::cli
