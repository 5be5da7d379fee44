#include "app/cli/migrate_command.hpp"

#include <iostream>
#include <map>
#include <memory>

#include "app/alembic/env.hpp"
#include "app/bridge/async_connection.hpp"
#include "app/cli/start_up.hpp"

namespace support::cli {

namespace {

namespace command = alembic::command;
using Command = MigrateArguments::Command;

// What the parser fills, and what to do then.
struct Invocation {
  MigrateArguments& arguments;
  std::function<void()> run;
};

CLI::App* add_command(CLI::App& migrate, const Invocation& invocation, const std::string& name, const std::string& help,
                      Command which) {
  auto* app = migrate.add_subcommand(name, help);
  app->fallthrough();  // -x, -q and --format may come after the command as well
  app->callback([invocation, which] {
    invocation.arguments.command = which;
    invocation.run();
  });
  return app;
}

void add_revision(CLI::App& app, MigrateArguments& arguments) {
  app.add_option("revision", arguments.revisions,
                 "Identifier, part of one, symbol or relative step (head, ae10, +1, -1)")
      ->required()
      ->expected(1);
}

void add_sql(CLI::App& app, MigrateArguments& arguments) {
  app.add_flag("--sql", arguments.sql, "Print the SQL instead of running it; no database is contacted");
}

void add_tag(CLI::App& app, MigrateArguments& arguments) {
  app.add_option("--tag", arguments.tag, "A word of your own for the environment of the run");
}

void add_changing_commands(CLI::App& migrate, const Invocation& invocation) {
  auto& arguments = invocation.arguments;
  auto* upgrade = add_command(migrate, invocation, "upgrade", "Upgrade to a later revision", Command::upgrade);
  add_revision(*upgrade, arguments);
  add_sql(*upgrade, arguments);
  add_tag(*upgrade, arguments);

  auto* downgrade = add_command(migrate, invocation, "downgrade", "Revert to an earlier revision", Command::downgrade);
  add_revision(*downgrade, arguments);
  add_sql(*downgrade, arguments);
  add_tag(*downgrade, arguments);

  auto* stamp =
      add_command(migrate, invocation, "stamp", "Write the revision to the version table; run nothing", Command::stamp);
  stamp->add_option("revisions", arguments.revisions, "One or more revisions, heads, or base")->required();
  stamp->add_flag("--purge", arguments.purge, "Empty the version table first");
  add_sql(*stamp, arguments);
  add_tag(*stamp, arguments);

  auto* ensure = add_command(migrate, invocation, "ensure_version", "Create the version table if it is not there",
                             Command::ensure_version);
  add_sql(*ensure, arguments);
}

void add_reporting_commands(CLI::App& migrate, const Invocation& invocation) {
  auto& arguments = invocation.arguments;
  const auto add_verbose = [](CLI::App* app, bool& flag) { app->add_flag("-v,--verbose", flag, "Say more"); };

  auto* current = add_command(migrate, invocation, "current", "Show the revision of the database", Command::current);
  current->add_flag("-c,--check-heads", arguments.current.check_heads, "Exit with 1 unless it is at all heads");
  add_verbose(current, arguments.current.verbose);

  auto* history = add_command(migrate, invocation, "history", "List the revisions, newest first", Command::history);
  history->add_option("-r,--rev-range", arguments.history.range, "[start]:[end], where each end may be `current`");
  history->add_flag("-i,--indicate-current", arguments.history.indicate_current, "Mark what the database is at");
  add_verbose(history, arguments.history.verbose);

  auto* heads = add_command(migrate, invocation, "heads", "Show the newest revision of each branch", Command::heads);
  heads->add_flag("--resolve-dependencies", arguments.heads.resolve_dependencies,
                  "Leave out heads that other revisions depend on");
  add_verbose(heads, arguments.heads.verbose);

  auto* branches =
      add_command(migrate, invocation, "branches", "Show the revisions where branches begin", Command::branches);
  add_verbose(branches, arguments.branches.verbose);

  auto* show = add_command(migrate, invocation, "show", "Show one revision", Command::show);
  add_revision(*show, arguments);
}

int run_builtin(const MigrateArguments& arguments) {
  const StartUp start_up(config::TextStyle::alembic,
                         needs_database(arguments) ? DatabaseUse::required : DatabaseUse::none);
  int exit_code = 0;
  try {
    exit_code = run_migrate(start_up.settings(), arguments, alembic::ScriptDirectory::builtin(), std::cout);
  } catch (const alembic::CommandError& error) {
    // The compiled-in migrations make no graph.
    if (!arguments.quiet) std::cout << "FAILED: " << error.what() << '\n';
    exit_code = static_cast<int>(error.exit_code());
  }
  if (!std::cout.flush()) {
    std::cerr << "support-agent: not everything could be written to standard output\n";
    return static_cast<int>(alembic::ExitCode::request);
  }
  return exit_code;
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
  }
  return alembic::ExitCode::done;
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
      return true;
    case Command::history:
      return command::needs_database(arguments.history);
    case Command::show:
      return arguments.revisions.at(0) == "current";
    case Command::heads:
    case Command::branches:
      break;
  }
  return false;
}

int run_migrate(const config::Settings& settings, const MigrateArguments& arguments,
                const alembic::ScriptDirectory& scripts, std::ostream& out) {
  for (const auto& warning : scripts.map().warnings()) {
    config::log_event(spdlog::level::warn, "alembic.script", warning);
  }
  std::ostream nowhere(nullptr);
  alembic::Environment environment;
  command::Context context{.scripts = scripts,
                           .environment = environment,
                           .out = arguments.quiet ? nowhere : out,
                           .sql = out,
                           .format = arguments.format};
  try {
    const auto mode = needs_database(arguments) ? alembic::Mode::online : alembic::Mode::offline;
    environment = alembic::make_environment(settings, mode);
    environment.run.x_arguments = arguments.x_arguments;
    environment.run.tag = arguments.tag;
    if (arguments.transaction_per_migration) {
      environment.transaction_mode = alembic::TransactionMode::per_migration;
    }
    if (arguments.driver == MigrateArguments::Driver::async && environment.target) {
      environment.connect = bridge::async_connector(settings);
    }
    return static_cast<int>(dispatch(context, arguments));
  } catch (const alembic::CommandError& error) {
    return static_cast<int>(command::report_failure(context, error));
  }
}

void add_migrate_command(CLI::App& program, MigrateArguments& arguments, std::function<void()> run) {
  auto* migrate = program.add_subcommand("migrate", "Database migrations, with Alembic's commands");
  migrate->require_subcommand(1);
  migrate->add_option("-x", arguments.x_arguments, "key=value for the environment of the run; may be given again")
      ->allow_extra_args(false);
  migrate->add_flag("-q,--quiet", arguments.quiet, "Print no reports and no failures; SQL is printed still");
  const std::map<std::string, command::OutputFormat> formats{{"text", command::OutputFormat::text},
                                                             {"json", command::OutputFormat::json}};
  migrate->add_option("--format", arguments.format, "text, or json: one document on standard output")
      ->transform(CLI::CheckedTransformer(formats));
  migrate->add_flag("--transaction-per-migration", arguments.transaction_per_migration,
                    "Commit after each migration instead of once for all");
  const std::map<std::string, MigrateArguments::Driver> drivers{{"libpqxx", MigrateArguments::Driver::libpqxx},
                                                                {"async", MigrateArguments::Driver::async}};
  migrate->add_option("--driver", arguments.driver, "libpqxx, or async: the one of the service")
      ->transform(CLI::CheckedTransformer(drivers));
  const Invocation invocation{arguments, std::move(run)};
  add_changing_commands(*migrate, invocation);
  add_reporting_commands(*migrate, invocation);
}

void add_migrate_command(CLI::App& program, int& exit_code) {
  const auto arguments = std::make_shared<MigrateArguments>();
  add_migrate_command(program, *arguments, [arguments, &exit_code] { exit_code = run_builtin(*arguments); });
}

}  // namespace support::cli
