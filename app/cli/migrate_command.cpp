#include "app/cli/migrate_command.hpp"

#include <algorithm>
#include <iostream>
#include <memory>

#include "app/alembic/command/diff.hpp"
#include "app/alembic/command/drift.hpp"
#include "app/alembic/env.hpp"
#include "app/alembic/runtime/early_connection.hpp"
#include "app/alembic/safety/guard/guarded_run.hpp"
#include "app/alembic/safety/history/recorder.hpp"
#include "app/alembic/safety/history/snapshot.hpp"
#include "app/alembic/safety/signoff/signoff_guard.hpp"
#include "app/bridge/async_connection.hpp"
#include "app/cli/diff_command.hpp"
#include "app/cli/history_command.hpp"
#include "app/cli/lint_command.hpp"
#include "app/cli/plan_command.hpp"
#include "app/cli/roundtrip_command.hpp"
#include "app/cli/signoff_command.hpp"
#include "app/cli/start_up.hpp"
#include "app/cli/version.hpp"
#include "app/database/models/base.hpp"

namespace support::cli {

namespace {

namespace command = alembic::command;
using Command = MigrateArguments::Command;

bool needs_scripts(Command which) {
  return which != Command::init && which != Command::list_templates;
}

bool takes_steps(Command which) {
  return which == Command::upgrade || which == Command::downgrade || which == Command::stamp;
}

// `revision` may be the first to write into a folder.
alembic::MissingFolder if_missing(Command which) {
  return which == Command::revision ? alembic::MissingFolder::allow : alembic::MissingFolder::refuse;
}

bool runs_migrations(Command which) {
  return which == Command::upgrade || which == Command::downgrade;
}

void warn(std::string_view sentence) {
  config::log_event(spdlog::level::warn, "alembic.script", sentence);
}

void warn_of_old_program(const std::vector<alembic::ScriptLocation>& locations) {
  const auto is_builtin = [](const auto& location) { return location.kind == alembic::ScriptLocation::Kind::builtin; };
  if (std::ranges::none_of(locations, is_builtin)) return;
  const auto sources = alembic::SourceTree::find();
  if (!sources) return;
  const auto stale = alembic::find_stale_migrations(*sources);
  if (!stale.empty()) warn(alembic::rebuild_sentence(stale));
}

alembic::ExitCode dispatch(command::Context& context, const MigrateArguments& arguments) {
  switch (arguments.command) {
    case Command::current:
      return command::current(context, arguments.current);
    case Command::upgrade:
      command::upgrade(context, arguments.revisions.at(0));
      break;
    case Command::downgrade:
      command::downgrade(context, arguments.revisions.at(0));
      break;
    case Command::stamp:
      command::stamp(context, arguments.revisions, {.purge = arguments.purge});
      break;
    case Command::ensure_version:
      command::ensure_version(context);
      break;
    case Command::history:
      command::history(context, arguments.history);
      break;
    case Command::heads:
      command::heads(context, arguments.heads);
      break;
    case Command::branches:
      command::branches(context, arguments.branches);
      break;
    case Command::show:
      command::show(context, arguments.revisions.at(0));
      break;
    case Command::revision:
      command::revision(context, arguments.revision, arguments.comparison);
      break;
    case Command::merge:
      command::merge(context, arguments.revisions, arguments.revision);
      break;
    case Command::check:
      return command::check(context, arguments.comparison);
    case Command::drift:
      return command::drift(context, arguments.comparison);
    case Command::edit:
      command::edit(context, arguments.revisions.at(0));
      break;
    case Command::init:
      command::init(context, arguments.init);
      break;
    case Command::list_templates:
      command::list_templates(context);
      break;
  }
  return alembic::ExitCode::done;
}

int run_on_process(const MigrateArguments& arguments) {
  const StartUp start_up(config::TextStyle::alembic,
                         needs_database(arguments) ? DatabaseUse::required : DatabaseUse::none);
  const int exit_code = load_and_run_migrate(start_up.settings(), arguments, std::cout);
  if (!std::cout.flush()) {
    std::cerr << "support-agent: not everything could be written to standard output\n";
    return static_cast<int>(alembic::ExitCode::request);
  }
  return exit_code;
}

}  // namespace

bool needs_database(const MigrateArguments& arguments) {
  switch (arguments.command) {
    case Command::upgrade:
    case Command::downgrade:
    case Command::stamp:
    case Command::ensure_version:
      return !arguments.sql;
    case Command::current:
    case Command::check:
    case Command::drift:
      return true;
    case Command::history:
      return command::needs_database(arguments.history);
    case Command::show:
    case Command::edit:
      return arguments.revisions.at(0) == "current";
    case Command::revision:
      return arguments.revision.autogenerate && !arguments.revision.sql;
    case Command::heads:
    case Command::branches:
    case Command::merge:
    case Command::init:
    case Command::list_templates:
      break;
  }
  return false;
}

int run_migrate(const config::Settings& settings, const MigrateArguments& arguments,
                const alembic::ScriptDirectory& scripts, std::ostream& out, const alembic::Connector& connect) {
  for (const auto& warning : scripts.warnings()) warn(warning);
  std::ostream nowhere(nullptr);
  alembic::Environment environment;
  command::Context context{.scripts = scripts,
                           .environment = environment,
                           .out = arguments.quiet ? nowhere : out,
                           .sql = out,
                           .format = arguments.format,
                           .sources = alembic::SourceTree::find()};
  try {
    const auto mode = needs_database(arguments) ? alembic::Mode::online : alembic::Mode::offline;
    environment = alembic::make_environment(settings, mode);
    environment.target_metadata = &database::Base::metadata();
    environment.run.x_arguments = arguments.x_arguments;
    environment.run.tag = arguments.tag;
    if (arguments.transaction_per_migration) {
      environment.transaction_mode = alembic::TransactionMode::per_migration;
    }
    if (settings->migration_guards && runs_migrations(arguments.command)) {
      environment.guard =
          std::make_shared<alembic::safety::GuardedRun>(alembic::safety::guard_limits(settings.values()));
    }
    if (runs_migrations(arguments.command)) {
      environment.guard = std::make_shared<alembic::safety::SignoffGuard>(
          alembic::safety::signoff_limits(settings.values()),
          alembic::safety::Rendering{.context = environment.run,
                                     .naming_convention = &environment.target_metadata->naming_convention},
          environment.guard);
    }
    if (connect) environment.connect = connect;
    if (arguments.driver == MigrateArguments::Driver::async && environment.target) {
      environment.connect = bridge::async_connector(settings);
    }
    std::optional<alembic::safety::HistoryRecorder> history;
    if (takes_steps(arguments.command) && environment.target && !environment.history_schema.empty()) {
      history.emplace(alembic::safety::history_table_of(environment),
                      alembic::safety::author_of_process(std::string(version())),
                      alembic::safety::naming_convention_of(environment));
      environment.history = &*history;
    }
    return static_cast<int>(dispatch(context, arguments));
  } catch (const alembic::CommandError& error) {
    return static_cast<int>(command::report_failure(context, error));
  }
}

int load_and_run_migrate(const config::Settings& settings, const MigrateArguments& arguments, std::ostream& out) {
  std::optional<alembic::EarlyConnection> early;
  alembic::ScriptDirectory scripts({});
  try {
    if (needs_database(arguments) && arguments.driver != MigrateArguments::Driver::async) {
      const auto environment = alembic::make_environment(settings, alembic::Mode::online);
      early.emplace(environment.connect, *environment.target);
    }
    if (needs_scripts(arguments.command)) {
      auto locations = alembic::parse_script_locations(arguments.script_location, if_missing(arguments.command));
      warn_of_old_program(locations);
      scripts = alembic::ScriptDirectory::open(std::move(locations));
    }
  } catch (const alembic::CommandError& error) {
    std::ostream nowhere(nullptr);
    const alembic::Environment environment;
    const command::Context context{.scripts = scripts,
                                   .environment = environment,
                                   .out = arguments.quiet ? nowhere : out,
                                   .sql = out,
                                   .format = arguments.format};
    return static_cast<int>(command::report_failure(context, error));
  }
  return run_migrate(settings, arguments, scripts, out, early ? early->connector() : alembic::Connector());
}

void add_migrate_command(CLI::App& program, int& exit_code) {
  const auto arguments = std::make_shared<MigrateArguments>();
  add_migrate_command(program, *arguments, [arguments, &exit_code] { exit_code = run_on_process(*arguments); });
  auto& migrate = *program.get_subcommand("migrate");
  add_diff_command(migrate, *arguments, exit_code);
  add_lint_command(migrate, *arguments, exit_code);
  add_history_commands(migrate, *arguments, exit_code);
  add_signoff_command(migrate, *arguments, exit_code);
  add_plan_command(migrate, *arguments, exit_code);
  add_roundtrip_command(migrate, *arguments, exit_code);
}

}  // namespace support::cli
