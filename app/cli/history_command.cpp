#include "app/cli/history_command.hpp"

#include <functional>
#include <iostream>
#include <memory>

#include "app/alembic/env.hpp"
#include "app/alembic/safety/history/commands.hpp"
#include "app/bridge/async_connection.hpp"
#include "app/cli/comparison_options.hpp"
#include "app/cli/completion.hpp"
#include "app/cli/start_up.hpp"
#include "app/cli/version.hpp"
#include "app/database/models/base.hpp"

namespace support::cli {

namespace {

namespace command = alembic::command;
namespace safety = alembic::safety;

using Work = std::function<alembic::ExitCode(command::Context& context)>;

int run(const MigrateArguments& general, const config::Settings& settings, const Work& work) {
  std::ostream nowhere(nullptr);
  alembic::ScriptDirectory scripts({});
  alembic::Environment environment;
  command::Context context{.scripts = scripts,
                           .environment = environment,
                           .out = general.quiet ? nowhere : std::cout,
                           .sql = std::cout,
                           .format = general.format};
  try {
    environment = alembic::make_environment(settings, alembic::Mode::online);
    environment.target_metadata = &database::Base::metadata();
    environment.run.x_arguments = general.x_arguments;
    if (general.driver == MigrateArguments::Driver::async) environment.connect = bridge::async_connector(settings);
    scripts = alembic::ScriptDirectory::open(alembic::parse_script_locations(general.script_location));
    return static_cast<int>(work(context));
  } catch (const alembic::CommandError& error) {
    return static_cast<int>(command::report_failure(context, error));
  }
}

int run_on_process(const MigrateArguments& general, const Work& work) {
  const StartUp start_up(config::TextStyle::alembic, DatabaseUse::required);
  const int exit_code = run(general, start_up.settings(), work);
  if (!std::cout.flush()) {
    std::cerr << "support-agent: not everything could be written to standard output\n";
    return static_cast<int>(alembic::ExitCode::request);
  }
  return exit_code;
}

CLI::App* add_command(CLI::App& migrate, const std::string& name, const std::string& help,
                      const std::vector<std::string>& examples) {
  auto* app = migrate.add_subcommand(name, help);
  app->fallthrough();
  app->footer(examples_footer("support-agent migrate", examples));
  return app;
}

void add_verify(CLI::App& migrate, const MigrateArguments& general, int& exit_code) {
  const auto options = std::make_shared<safety::VerifyOptions>();
  auto* app = add_command(migrate, "verify", "Tell whether applied migrations or their history were changed",
                          {"verify", "verify --strict", "verify --format json", "verify --head 3f2a9c1d7e4b"});
  app->add_flag("--strict", options->strict, "Exit with 1 on applied revisions without a record and the like, too");
  app->add_option("--head", options->head, "A chain that verify printed before: the history must have it still")
      ->type_name("HASH");
  app->callback([options, &general, &exit_code] {
    exit_code = run_on_process(general, [&](command::Context& context) { return safety::verify(context, *options); });
  });
}

void add_repair(CLI::App& migrate, const MigrateArguments& general, int& exit_code) {
  const auto options = std::make_shared<safety::RepairOptions>();
  auto* app = add_command(
      migrate, "repair", "Record that an applied migration is accepted as it is now",
      {"repair ae10 --reason 'typo in a comment on the table'", "repair --unrecorded --reason 'taken over from Python'",
       "repair --chain --reason 'restored from the backup of 1 May'"});
  app->add_option("revisions", options->revisions, "Applied revisions to accept as they are now")
      ->type_name(std::string(type_revision));
  app->add_flag("--unrecorded", options->unrecorded, "All applied revisions that have no record yet");
  app->add_flag("--chain", options->chain, "What was changed in the history itself until now");
  app->add_option("--reason", options->reason, "Why; the history keeps it")->required()->type_name("TEXT");
  app->callback([options, &general, &exit_code] {
    exit_code = run_on_process(general, [&](command::Context& context) {
      return safety::repair(context, *options, safety::author_of_process(std::string(version())));
    });
  });
}

void add_status(CLI::App& migrate, const MigrateArguments& general, int& exit_code) {
  const auto options = std::make_shared<safety::StatusOptions>();
  auto* app = add_command(migrate, "status", "Print one page on the state of the database's migrations",
                          {"status", "status --drift", "status --format json"});
  app->add_flag("--drift", options->drift, "Look for what somebody changed past the migrations, too; takes longer");
  app->add_option("--last", options->last, "How many records of the history to print, 5 unless told otherwise")
      ->type_name("N");
  add_building_options(*app, options->comparison);
  app->callback([options, &general, &exit_code] {
    exit_code = run_on_process(general, [&](command::Context& context) { return safety::status(context, *options); });
  });
}

}  // namespace

void add_history_commands(CLI::App& migrate, const MigrateArguments& general, int& exit_code) {
  add_verify(migrate, general, exit_code);
  add_repair(migrate, general, exit_code);
  add_status(migrate, general, exit_code);
}

}  // namespace support::cli
