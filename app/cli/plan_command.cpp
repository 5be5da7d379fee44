#include "app/cli/plan_command.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "app/alembic/env.hpp"
#include "app/cli/completion.hpp"
#include "app/cli/start_up.hpp"
#include "app/database/models/base.hpp"

namespace support::cli {

namespace {

namespace safety = alembic::safety;
using alembic::CommandError;

bool names_file(const std::string& target) {
  return target == "-" || target.ends_with(".sql");
}

safety::SqlFile read_file(const std::string& path) {
  if (path == "-") return {.name = "stdin", .text = {std::istreambuf_iterator<char>(std::cin), {}}};
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) throw CommandError(fmt::format("{} can't be read; does it exist, and may you read it?", path));
  return {.name = path, .text = std::move(text)};
}

safety::Throughput throughput(const PlanArguments& arguments) {
  constexpr double megabyte = 1024 * 1024;
  safety::Throughput rates;
  if (arguments.scan_rate > 0) rates.scanned = arguments.scan_rate * megabyte;
  if (arguments.write_rate > 0) {
    rates.indexed *= arguments.write_rate * megabyte / rates.rewritten;
    rates.rewritten = arguments.write_rate * megabyte;
  }
  return rates;
}

bool wants_colours() {
  const char* no_color = std::getenv("NO_COLOR");
  return ::isatty(STDOUT_FILENO) == 1 && (no_color == nullptr || *no_color == '\0');
}

int fail(const CommandError& error, std::ostream& err) {
  fmt::print(err, "FAILED: {}\n", error.what());
  return static_cast<int>(error.exit_code());
}

int run_on_process(const PlanArguments& arguments, const MigrateArguments& general) {
  try {
    const auto request = plan_request(arguments);
    const StartUp start_up(config::TextStyle::alembic,
                           safety::needs_database(request) ? DatabaseUse::required : DatabaseUse::none);
    return run_plan(arguments, request, general, start_up.settings(), std::cout, std::cerr);
  } catch (const CommandError& error) {
    return fail(error, std::cerr);
  }
}

void add_options(CLI::App& app, PlanArguments& arguments) {
  app.add_option("targets", arguments.targets, "Files that end in .sql, each one transaction; or revisions, FROM:TO")
      ->type_name(type_file);
  app.add_option("--schema", arguments.schemas,
                 "SQL of what exists before, such as a dump, instead of the database's schema; may be given again")
      ->allow_extra_args(false)
      ->type_name(type_file);
  app.add_option("--against", arguments.against,
                 "The database whose sizes, rates and sessions count; it is only read. DATABASE_URL's unless given")
      ->type_name("URL");
  app.add_option("--dev-url", arguments.dev_url,
                 "A database on the server that the scratch database is made on; DATABASE_URL's server unless given")
      ->type_name("URL");
  app.add_option("--scan-rate", arguments.scan_rate, "Megabytes a second that the server reads, for the estimates")
      ->check(CLI::PositiveNumber)
      ->type_name("MB");
  app.add_option("--write-rate", arguments.write_rate, "Megabytes a second that it rewrites, for the estimates")
      ->check(CLI::PositiveNumber)
      ->type_name("MB");
  app.add_option_function<std::string>(
         "--format",
         [&arguments](const std::string& word) {
           arguments.has_format = true;
           arguments.format =
               word == "json" ? alembic::command::OutputFormat::json : alembic::command::OutputFormat::text;
         },
         "text; json: a list of statements")
      ->check(CLI::IsMember({"text", "json"}))
      ->type_name("WORD");
}

}  // namespace

safety::PlanRequest plan_request(const PlanArguments& arguments) {
  safety::PlanRequest request{.files = {},
                              .range = {},
                              .schemas = {},
                              .against = arguments.against,
                              .dev_url = arguments.dev_url,
                              .throughput = throughput(arguments)};
  const auto& targets = arguments.targets;
  if (!targets.empty() && std::ranges::all_of(targets, names_file)) {
    for (const auto& target : targets) request.files.push_back(read_file(target));
  } else if (targets.size() > 1) {
    throw CommandError("Several arguments must all be files that end in .sql; a range of revisions stands alone");
  } else if (!targets.empty()) {
    request.range = targets.front();
  }
  for (const auto& schema : arguments.schemas) request.schemas.push_back(read_file(schema));
  return request;
}

int run_plan(const PlanArguments& arguments, const safety::PlanRequest& request, const MigrateArguments& migrate,
             const config::Settings& settings, std::ostream& out, std::ostream& err) {
  try {
    const bool has_database = settings.has_database_url();
    auto environment =
        alembic::make_environment(settings, has_database ? alembic::Mode::online : alembic::Mode::offline);
    environment.run = {.mode = alembic::Mode::online, .x_arguments = migrate.x_arguments, .tag = migrate.tag};
    environment.target_metadata = &database::Base::metadata();
    if (migrate.transaction_per_migration) {
      environment.transaction_mode = alembic::TransactionMode::per_migration;
    }
    const auto report = safety::make_plan(request, environment, [&] {
      return alembic::ScriptDirectory::open(alembic::parse_script_locations(migrate.script_location));
    });
    if (arguments.format == alembic::command::OutputFormat::json) {
      safety::write_plan_json(report, out);
    } else {
      safety::write_plan_text(report, arguments.colours, out);
    }
    return static_cast<int>(alembic::ExitCode::done);
  } catch (const CommandError& error) {
    return fail(error, err);
  }
}

void add_plan_command(CLI::App& migrate, const MigrateArguments& general, int& exit_code) {
  const auto arguments = std::make_shared<PlanArguments>();
  auto* app = migrate.add_subcommand("plan", "Measure on a scratch copy what migrations lock, rewrite and read");
  app->fallthrough();
  app->footer(examples_footer("support-agent migrate",
                              {"plan", "plan ae10:head", "plan new.sql", "plan new.sql --schema schema.sql",
                               "plan --against postgresql://host/production", "plan --format json"}));
  add_options(*app, *arguments);
  app->callback([arguments, &general, &exit_code] {
    if (!arguments->has_format) arguments->format = general.format;
    if (wants_colours()) arguments->colours = safety::Colours::yes;
    exit_code = run_on_process(*arguments, general);
    if (!std::cout.flush()) {
      std::cerr << "support-agent: not everything could be written to standard output\n";
      exit_code = static_cast<int>(alembic::ExitCode::request);
    }
  });
}

}  // namespace support::cli
