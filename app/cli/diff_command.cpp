#include "app/cli/diff_command.hpp"

#include <iostream>
#include <memory>

#include "app/alembic/command/diff.hpp"
#include "app/alembic/env.hpp"
#include "app/bridge/async_connection.hpp"
#include "app/cli/comparison_options.hpp"
#include "app/cli/completion.hpp"
#include "app/cli/start_up.hpp"
#include "app/database/models/base.hpp"

namespace support::cli {

namespace {

namespace command = alembic::command;

int fail(const alembic::CommandError& error, command::OutputFormat format, std::ostream& out, std::ostream& err) {
  const alembic::ScriptDirectory scripts({});
  const alembic::Environment environment;
  auto& stream = format == command::OutputFormat::json ? out : err;
  const command::Context context{
      .scripts = scripts, .environment = environment, .out = stream, .sql = stream, .format = format};
  return static_cast<int>(command::report_failure(context, error));
}

int run_on_process(const DiffArguments& arguments, const MigrateArguments& general) {
  try {
    const bool needs_database = command::needs_database(arguments.request);
    const StartUp start_up(config::TextStyle::alembic, needs_database ? DatabaseUse::required : DatabaseUse::none);
    return run_diff(arguments, general, start_up.settings(), std::cout, std::cerr);
  } catch (const alembic::CommandError& error) {
    return fail(error, arguments.format, std::cout, std::cerr);
  }
}

}  // namespace

int run_diff(const DiffArguments& arguments, const MigrateArguments& general, const config::Settings& settings,
             std::ostream& out, std::ostream& err) {
  try {
    const alembic::ScriptDirectory scripts({});
    const auto mode = command::needs_database(arguments.request) ? alembic::Mode::online : alembic::Mode::offline;
    auto environment = alembic::make_environment(settings, mode);
    environment.target_metadata = &database::Base::metadata();
    environment.run.x_arguments = general.x_arguments;
    environment.run.tag = general.tag;
    if (general.driver == MigrateArguments::Driver::async && environment.target) {
      environment.connect = bridge::async_connector(settings);
    }
    command::Context context{
        .scripts = scripts, .environment = environment, .out = out, .sql = out, .format = arguments.format};
    return static_cast<int>(command::diff(context, arguments.request));
  } catch (const alembic::CommandError& error) {
    return fail(error, arguments.format, out, err);
  }
}

void add_diff_command(CLI::App& migrate, DiffArguments& arguments, std::function<void()> run) {
  auto* app = migrate.add_subcommand("diff", "Print the SQL that turns one schema into another");
  app->fallthrough();
  app->footer(examples_footer(
      "support-agent migrate",
      {"diff", "diff --to schema.sql", "diff --to schema.sql --format json", "diff --from ./migrations --to schema.sql",
       "diff --from builtin", "diff --from postgresql://host/staging --to postgresql://host/live",
       "diff --to schema.sql --rename users:people --exclude-name 'tmp_*'",
       "diff --to schema.sql | psql -X -v ON_ERROR_STOP=1 mydatabase"}));
  add_side(*app, "--from", arguments.request.from,
           "What is there: a database, SQL (- for standard input), migrations, or metadata: the models; DATABASE_URL's "
           "database unless given");
  add_side(*app, "--to", arguments.request.to, "What it shall become: one of the same; the models unless given");
  app->add_option_function<std::string>(
         "--format",
         [&arguments](const std::string& word) {
           arguments.format = word == "json" ? command::OutputFormat::json : command::OutputFormat::text;
           arguments.has_format = true;
         },
         "sql (the default), or json: the differences and the statements as one document")
      ->check(CLI::IsMember({"sql", "json", "text"}))
      ->type_name("WORD");
  add_comparison_options(*app, arguments.request);
  app->callback(std::move(run));
}

void add_diff_command(CLI::App& migrate, const MigrateArguments& general, int& exit_code) {
  const auto arguments = std::make_shared<DiffArguments>();
  add_diff_command(migrate, *arguments, [arguments, &general, &exit_code] {
    if (!arguments->has_format) arguments->format = general.format;
    const bool reads_standard_input = arguments->request.from == "-" || arguments->request.to == "-";
    if (!reads_standard_input) arguments->request.confirm = confirm_on_terminal();
    exit_code = run_on_process(*arguments, general);
    if (!std::cout.flush()) {
      std::cerr << "support-agent: not everything could be written to standard output\n";
      exit_code = static_cast<int>(alembic::ExitCode::request);
    }
  });
}

}  // namespace support::cli
