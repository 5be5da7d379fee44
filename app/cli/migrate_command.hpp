#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "app/alembic/command/command.hpp"
#include "app/alembic/command/comparison.hpp"
#include "app/config/settings.hpp"

namespace support::cli {

// What `support-agent migrate …` was asked for.
struct MigrateArguments {
  enum class Driver { libpqxx, async };
  enum class Command {
    upgrade,
    downgrade,
    current,
    history,
    heads,
    branches,
    show,
    stamp,
    ensure_version,
    revision,
    merge,
    check,
    drift,
    edit,
    init,
    list_templates
  };

  Command command = Command::current;
  std::vector<std::string> revisions;  // upgrade, downgrade, show, edit: one; stamp, merge: any number
  bool sql = false;
  std::string tag;
  bool purge = false;
  alembic::command::CurrentOptions current;
  alembic::command::HistoryOptions history;
  alembic::command::HeadsOptions heads;
  alembic::command::BranchesOptions branches;
  alembic::command::RevisionOptions revision;  // merge: those that both have
  alembic::command::InitOptions init;
  alembic::command::ComparisonRequest comparison;  // check, revision

  std::string script_location = "builtin";
  std::vector<std::string> x_arguments;
  bool quiet = false;
  Driver driver = Driver::libpqxx;
  bool transaction_per_migration = false;
  alembic::command::OutputFormat format = alembic::command::OutputFormat::text;
};

// Whether the command talks to a database; the others must not start or contact one.
bool needs_database(const MigrateArguments& arguments);

// Runs the command on `scripts`; reports, SQL and failures go to `out`. The process's exit code. Without `connect` the
// usual driver opens the session.
int run_migrate(const config::Settings& settings, const MigrateArguments& arguments,
                const alembic::ScriptDirectory& scripts, std::ostream& out, const alembic::Connector& connect = {});

// The same, on the migrations of arguments.script_location; that they can't be loaded is a failure like others.
int load_and_run_migrate(const config::Settings& settings, const MigrateArguments& arguments, std::ostream& out);

// `migrate [-x k=v]… [-q] [--format text|json] [--script-location …] COMMAND …`: when a command line asks for one of
// its commands, `arguments` are filled and `run` is called. Both live at least as long as `program` parses.
void add_migrate_command(CLI::App& program, MigrateArguments& arguments, std::function<void()> run);

// The same, on the settings of the process.
void add_migrate_command(CLI::App& program, int& exit_code);

}  // namespace support::cli
