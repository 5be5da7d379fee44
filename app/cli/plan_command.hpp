#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "app/alembic/safety/command/plan.hpp"
#include "app/cli/migrate_command.hpp"

namespace support::cli {

// What `support-agent migrate plan …` was asked for.
struct PlanArguments {
  std::vector<std::string> targets;  // files that end in .sql, "-" for standard input, or one range of revisions
  std::vector<std::string> schemas;  // what exists before
  std::string against;
  std::string dev_url;
  double scan_rate = 0;   // MB a second; 0: the usual ones
  double write_rate = 0;  // likewise, of tables; indexes in proportion
  alembic::command::OutputFormat format = alembic::command::OutputFormat::text;
  bool has_format = false;
  alembic::safety::Colours colours = alembic::safety::Colours::no;
};

// The exit code: 4 when a statement fails on the scratch copy, 2 when something can't be read or made, 3 without a
// connection; the reason goes to `err`.
int run_plan(const PlanArguments& arguments, const alembic::safety::PlanRequest& request,
             const MigrateArguments& migrate, const config::Settings& settings, std::ostream& out, std::ostream& err);

// What the arguments ask for; reads the files. Throws CommandError.
alembic::safety::PlanRequest plan_request(const PlanArguments& arguments);

// `migrate plan [REV:REV | FILE.sql …]`, with the general options of `migrate`.
void add_plan_command(CLI::App& migrate, const MigrateArguments& general, int& exit_code);

}  // namespace support::cli
