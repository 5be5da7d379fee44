#pragma once

#include <CLI/CLI.hpp>

namespace support::cli {

// `support-agent seed`: example customers, conversations and messages, once: where there is a customer already it
// changes nothing. Refused in production and staging.
void add_seed_command(CLI::App& program, int& exit_code);

}  // namespace support::cli
