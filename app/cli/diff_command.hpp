#pragma once

#include <iosfwd>

#include <CLI/CLI.hpp>

#include "app/alembic/command/comparison.hpp"
#include "app/cli/migrate_command.hpp"

namespace support::cli {

// What `support-agent migrate diff …` was asked for.
struct DiffArguments {
  alembic::command::ComparisonRequest request;
  alembic::command::OutputFormat format = alembic::command::OutputFormat::text;  // SQL
  bool has_format = false;
};

// SQL or the JSON document goes to `out`; why it can't be had, with SQL, to `err`, so that a pipe into psql gets SQL or
// nothing. The exit code: 1 when there is a difference.
int run_diff(const DiffArguments& arguments, const MigrateArguments& general, const config::Settings& settings,
             std::ostream& out, std::ostream& err);

// `migrate diff [--from SIDE] [--to SIDE] [--format sql|json]`; when a command line asks for it, `arguments` are filled
// and `run` is called.
void add_diff_command(CLI::App& migrate, DiffArguments& arguments, std::function<void()> run);

// The same, on the settings of the process, with the general options of `migrate`.
void add_diff_command(CLI::App& migrate, const MigrateArguments& general, int& exit_code);

}  // namespace support::cli
