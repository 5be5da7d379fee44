#include "app/cli/lint_command.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "app/alembic/command/read_rows.hpp"
#include "app/alembic/env.hpp"
#include "app/alembic/safety/history/snapshot.hpp"
#include "app/alembic/safety/linter.hpp"
#include "app/alembic/safety/revisions.hpp"
#include "app/alembic/safety/rule.hpp"
#include "app/cli/completion.hpp"
#include "app/cli/start_up.hpp"
#include "app/config/logging.hpp"
#include "app/database/models/base.hpp"

namespace support::cli {

namespace {

namespace safety = alembic::safety;
using alembic::CommandError;

bool names_file(const std::string& target) {
  return target == "-" || target.ends_with(".sql");
}

std::string read_file(const std::string& path) {
  if (path == "-") return {std::istreambuf_iterator<char>(std::cin), {}};
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) throw CommandError(fmt::format("{} can't be read; does it exist, and may you read it?", path));
  return text;
}

std::string file_name(const std::string& target) {
  return target == "-" ? "stdin" : target;
}

void lint_files(safety::Linter& linter, const std::vector<std::string>& files) {
  for (const auto& file : files) linter.lint(read_file(file), file_name(file));
}

alembic::RevisionIds applied_revisions(const alembic::ScriptDirectory& scripts,
                                       const alembic::Environment& environment) {
  std::ostream nowhere(nullptr);
  alembic::command::Context context{.scripts = scripts, .environment = environment, .out = nowhere, .sql = nowhere};
  return alembic::command::read_rows(context, alembic::command::VersionTableIfMissing::leave);
}

// What is applied is linted no more; that it was edited since is.
void lint_applied(safety::Linter& linter, const alembic::ScriptDirectory& scripts,
                  const alembic::Environment& environment) {
  if (environment.history_schema.empty()) return;
  safety::PresentMigrations present(scripts, safety::naming_convention_of(environment));
  try {
    for (const auto& finding : safety::verify(safety::read_history(environment), present)) {
      if (finding.kind != safety::HistoryFinding::Kind::edited) continue;
      const auto& script = scripts.script(scripts.map().node_of(finding.revision));
      const auto* rule = safety::find_rule("edited-migration");
      linter.add({.rule = rule->id,
                  .severity = rule->severity,
                  .file = script.path,
                  .line = std::max(script.lines.revision, 1U),
                  .message = finding.message});
    }
  } catch (const CommandError& error) {
    config::log_event(spdlog::level::warn, "alembic.history", error.what());
  }
}

void lint_revisions(safety::Linter& linter, const LintArguments& arguments, const MigrateArguments& migrate,
                    const config::Settings* settings) {
  const auto scripts = alembic::ScriptDirectory::open(alembic::parse_script_locations(migrate.script_location));
  alembic::RunContext context{.mode = alembic::Mode::offline, .x_arguments = migrate.x_arguments, .tag = migrate.tag};
  safety::RevisionRange range;
  if (!arguments.targets.empty()) {
    range = safety::parse_revision_range(arguments.targets.front());
  } else if (!arguments.all) {
    auto environment = alembic::make_environment(*settings, alembic::Mode::online);
    environment.target_metadata = &database::Base::metadata();
    range.from = applied_revisions(scripts, environment);
    lint_applied(linter, scripts, environment);
  }
  safety::lint_revisions(linter, scripts, range, context);
}

// Section F by its name, and rules by theirs.
void add_rules(const std::vector<std::string>& names, std::set<std::string>& rules) {
  for (const auto& name : names) {
    if (name == "style") {
      for (const auto& rule : safety::rules()) {
        if (rule.section == safety::Section::style) rules.emplace(rule.id);
      }
    } else if (safety::find_rule(name) != nullptr) {
      rules.insert(name);
    } else {
      throw CLI::ValidationError(
          fmt::format("there is no rule '{}'; support-agent migrate lint --rules lists them", name));
    }
  }
}

safety::LintReport lint(const LintArguments& arguments, const MigrateArguments& migrate,
                        const config::Settings* settings) {
  const auto are_files = std::ranges::all_of(arguments.targets, names_file) && !arguments.targets.empty();
  if (!are_files && arguments.targets.size() > 1) {
    throw CommandError("Several arguments must all be files that end in .sql; a range of revisions stands alone");
  }
  auto options = arguments.options;
  if (!are_files) options.timeouts = safety::Timeouts::by_engine;
  safety::Linter linter(std::move(options));
  for (const auto& schema : arguments.schemas) linter.assume(read_file(schema), file_name(schema));
  if (are_files) {
    lint_files(linter, arguments.targets);
  } else {
    lint_revisions(linter, arguments, migrate, settings);
  }
  return linter.take_report();
}

bool wants_colours() {
  const char* no_color = std::getenv("NO_COLOR");
  return ::isatty(STDOUT_FILENO) == 1 && (no_color == nullptr || *no_color == '\0');
}

template <class Value>
void add_choice(CLI::App& app, const std::string& name, std::map<std::string, Value> choices, const std::string& help,
                std::function<void(Value)> take) {
  std::vector<std::string> words;
  for (const auto& [word, _] : choices) words.push_back(word);
  app.add_option_function<std::string>(
         name, [choices, take](const std::string& word) { take(choices.at(word)); }, help)
      ->check(CLI::IsMember(words))
      ->type_name("WORD");
}

void add_report_options(CLI::App& app, LintArguments& arguments) {
  add_choice<safety::ReportFormat>(app, "--format",
                                   {{"text", safety::ReportFormat::text},
                                    {"json", safety::ReportFormat::json},
                                    {"sarif", safety::ReportFormat::sarif},
                                    {"github", safety::ReportFormat::github}},
                                   "text; json: a list of findings; sarif: 2.1.0; github: annotations",
                                   [&arguments](safety::ReportFormat format) {
                                     arguments.report.format = format;
                                     arguments.has_format = true;
                                   });
  add_choice<safety::Severity>(
      app, "--least",
      {{"info", safety::Severity::info}, {"warning", safety::Severity::warning}, {"error", safety::Severity::error}},
      "Leave out findings below this severity",
      [&arguments](safety::Severity least) { arguments.report.least = least; });
}

void add_rule_options(CLI::App& app, LintArguments& arguments) {
  app.add_option("--pg", arguments.options.server_version, "Major version of the server, 15 unless told otherwise")
      ->check(CLI::Range(10U, 19U))
      ->type_name("N");
  add_choice<safety::TransactionMode>(
      app, "--transaction",
      {{"auto", safety::TransactionMode::automatic},
       {"file", safety::TransactionMode::file},
       {"statement", safety::TransactionMode::statements}},
      "How files are run: each in one transaction (auto, unless it says otherwise; file), or statement by statement",
      [&arguments](safety::TransactionMode mode) { arguments.options.transaction = mode; });
  const auto add_list = [&app](const std::string& name, std::set<std::string>& rules, const std::string& help) {
    app.add_option_function<std::vector<std::string>>(
           name, [&rules](const std::vector<std::string>& names) { add_rules(names, rules); }, help)
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("RULE");
  };
  add_list("--enable", arguments.options.enabled, "A rule of section F, or `style` for all of it; may be given again");
  add_list("--disable", arguments.options.disabled, "A rule that is not wanted; may be given again");
  app.add_flag("--rules", arguments.list_rules, "Print the catalogue of rules as Markdown");
}

}  // namespace

bool needs_database(const LintArguments& arguments) {
  return arguments.targets.empty() && !arguments.all && !arguments.list_rules;
}

int run_lint(const LintArguments& arguments, const MigrateArguments& migrate, const config::Settings* settings,
             std::ostream& out, std::ostream& err) {
  if (arguments.list_rules) {
    out << safety::rules_markdown();
    return static_cast<int>(alembic::ExitCode::done);
  }
  try {
    const auto report = lint(arguments, migrate, settings);
    safety::write_report(report, arguments.report, out);
    return static_cast<int>(report.has_errors() ? alembic::ExitCode::found : alembic::ExitCode::done);
  } catch (const safety::ScriptError& error) {
    fmt::print(err, "{}\n", error.what());
    return static_cast<int>(alembic::ExitCode::request);
  } catch (const CommandError& error) {
    fmt::print(err, "FAILED: {}\n", error.what());
    return static_cast<int>(error.exit_code());
  }
}

void add_lint_command(CLI::App& migrate, const MigrateArguments& general, int& exit_code) {
  const auto arguments = std::make_shared<LintArguments>();
  auto* app = migrate.add_subcommand("lint", "Say what migrations would block, rewrite or lose before they run");
  app->fallthrough();
  app->footer(examples_footer("support-agent migrate",
                              {"lint", "lint --all", "lint ae10:head", "lint new.sql --schema schema.sql",
                               "lint *.sql --format sarif > lint.sarif"}));
  app->add_option("targets", arguments->targets, "Files that end in .sql, each one transaction; or revisions, FROM:TO")
      ->type_name(type_file);
  app->add_option("--schema", arguments->schemas,
                  "SQL of what exists before, such as a schema dump; may be given again")
      ->allow_extra_args(false)
      ->type_name(type_file);
  app->add_flag("--all", arguments->all, "Every revision, not only those that the database lacks");
  add_report_options(*app, *arguments);
  add_rule_options(*app, *arguments);
  app->callback([arguments, &general, &exit_code] {
    if (!arguments->has_format && general.format == alembic::command::OutputFormat::json) {
      arguments->report.format = safety::ReportFormat::json;
    }
    if (wants_colours()) arguments->report.colours = safety::Colours::yes;
    std::unique_ptr<StartUp> start_up;
    if (needs_database(*arguments))
      start_up = std::make_unique<StartUp>(config::TextStyle::alembic, DatabaseUse::required);
    exit_code = run_lint(*arguments, general, start_up ? &start_up->settings() : nullptr, std::cout, std::cerr);
    if (!std::cout.flush()) {
      std::cerr << "support-agent: not everything could be written to standard output\n";
      exit_code = static_cast<int>(alembic::ExitCode::request);
    }
  });
}

}  // namespace support::cli
