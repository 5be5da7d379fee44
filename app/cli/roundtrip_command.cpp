#include "app/cli/roundtrip_command.hpp"

#include <algorithm>
#include <iostream>
#include <memory>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "app/alembic/env.hpp"
#include "app/alembic/safety/roundtrip/report.hpp"
#include "app/alembic/safety/roundtrip/round_trip.hpp"
#include "app/cli/completion.hpp"
#include "app/cli/start_up.hpp"
#include "app/database/models/base.hpp"

namespace support::cli {

namespace {

namespace command = alembic::command;
namespace safety = alembic::safety;
using alembic::CommandError;
using command::OutputFormat;

// The engine tells of every run, and here there are five of them a revision; LOG_LEVEL=debug has them all.
class QuietEngine {
 public:
  QuietEngine() : level_(spdlog::get_level()) {
    if (level_ == spdlog::level::info) spdlog::set_level(spdlog::level::warn);
  }
  ~QuietEngine() { spdlog::set_level(level_); }
  QuietEngine(const QuietEngine&) = delete;
  QuietEngine& operator=(const QuietEngine&) = delete;

 private:
  spdlog::level::level_enum level_;
};

OutputFormat format_of(const RoundTripArguments& arguments, const MigrateArguments& general) {
  return arguments.format.value_or(general.format);
}

safety::RevisionRange range_of(const std::string& text) {
  if (text.empty()) return {};
  if (std::ranges::count(text, ':') != 1) {
    throw CommandError(fmt::format("'{}' is no range of revisions; write FROM:TO, FROM: or :TO", text));
  }
  return safety::parse_revision_range(text);
}

alembic::ConnectionTarget server_of(const RoundTripArguments& arguments, const alembic::Environment& environment) {
  if (arguments.dev_url.empty()) return *environment.target;
  if (arguments.dev_url.find("://") == std::string::npos) {
    throw CommandError(fmt::format("--dev-url {}: this is no URL; write one such as postgresql://user@host/database",
                                   arguments.dev_url));
  }
  try {
    return alembic::make_target(config::DatabaseUrl::parse(arguments.dev_url), environment.connect_timeout,
                                "--dev-url");
  } catch (const config::DatabaseUrlError& error) {
    throw CommandError(fmt::format("--dev-url: {}", error.what()));
  }
}

alembic::Environment environment_of(const RoundTripArguments& arguments, const MigrateArguments& general,
                                    const config::Settings& settings) {
  const auto mode = needs_database(arguments) ? alembic::Mode::online : alembic::Mode::offline;
  auto environment = alembic::make_environment(settings, mode);
  environment.target_metadata = &database::Base::metadata();
  environment.run.x_arguments = general.x_arguments;
  environment.run.tag = general.tag;
  if (general.transaction_per_migration) environment.transaction_mode = alembic::TransactionMode::per_migration;
  return environment;
}

int run_on_process(const RoundTripArguments& arguments, const MigrateArguments& general) {
  const StartUp start_up(config::TextStyle::alembic,
                         needs_database(arguments) ? DatabaseUse::required : DatabaseUse::none);
  const int exit_code = run_round_trips(arguments, general, start_up.settings(), std::cout);
  if (std::cout.flush()) return exit_code;
  std::cerr << "support-agent: not everything could be written to standard output\n";
  return static_cast<int>(alembic::ExitCode::request);
}

}  // namespace

bool needs_database(const RoundTripArguments& arguments) {
  return arguments.dev_url.empty();
}

int run_round_trips(const RoundTripArguments& arguments, const MigrateArguments& general,
                    const config::Settings& settings, std::ostream& out) {
  const QuietEngine quiet;
  std::ostream nowhere(nullptr);
  auto& reports = general.quiet ? nowhere : out;
  const auto format = format_of(arguments, general);
  try {
    const auto scripts = alembic::ScriptDirectory::open(alembic::parse_script_locations(general.script_location));
    const auto environment = environment_of(arguments, general, settings);
    const auto on_result = [&](const safety::RevisionResult& result, const std::string& default_schema) {
      if (format == OutputFormat::json) return;
      safety::write_result(result, scripts, default_schema, reports);
      reports.flush();
    };
    const auto report = safety::run_round_trips(scripts, environment, server_of(arguments, environment),
                                                range_of(arguments.range), on_result);
    if (format == OutputFormat::json) {
      safety::write_json(report, scripts, reports);
    } else {
      safety::write_summary(report, reports);
    }
    return static_cast<int>(safety::exit_code_of(report));
  } catch (const CommandError& error) {
    const alembic::ScriptDirectory none({});
    const alembic::Environment environment;
    const command::Context context{
        .scripts = none, .environment = environment, .out = reports, .sql = reports, .format = format};
    return static_cast<int>(command::report_failure(context, error));
  }
}

void add_roundtrip_command(CLI::App& migrate, const MigrateArguments& general, int& exit_code) {
  const auto arguments = std::make_shared<RoundTripArguments>();
  auto* app =
      migrate.add_subcommand("test", "Take every revision there and back on a scratch database, with rows in it");
  app->fallthrough();
  app->footer(examples_footer("support-agent migrate",
                              {"test", "test ae10:head", "test --format json", "--script-location ./migrations test",
                               "test --dev-url postgresql://localhost/postgres"}));
  app->add_option("revisions", arguments->range, "FROM:TO, FROM: or :TO; every revision unless given")
      ->type_name(type_revision);
  app->add_option_function<std::string>(
         "--format",
         [arguments](const std::string& word) {
           arguments->format = word == "json" ? OutputFormat::json : OutputFormat::text;
         },
         "text, or json: a list with an object a revision")
      ->check(CLI::IsMember({"text", "json"}))
      ->type_name("WORD");
  app->add_option("--dev-url", arguments->dev_url,
                  "A database on a server where the scratch database may be made; DATABASE_URL's unless given")
      ->type_name("URL");
  app->callback([arguments, &general, &exit_code] { exit_code = run_on_process(*arguments, general); });
}

}  // namespace support::cli
