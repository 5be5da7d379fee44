#pragma once

#include <CLI/CLI.hpp>

#include "app/cli/migrate_command.hpp"

namespace support::cli {

// `migrate verify`, `migrate repair` and `migrate status`, with the general options of `migrate`.
void add_history_commands(CLI::App& migrate, const MigrateArguments& general, int& exit_code);

}  // namespace support::cli
