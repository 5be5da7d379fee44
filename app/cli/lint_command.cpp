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
#include "app/alembic/runtime/pqxx_connection.hpp"
#include "app/alembic/safety/history/snapshot.hpp"
#include "app/alembic/safety/linter.hpp"
#include "app/alembic/safety/revisions.hpp"
#include "app/alembic/safety/rule.hpp"
#include "app/alembic/safety/signoff/signoff_gate.hpp"
#include "app/alembic/safety/signoff/signoff_guard.hpp"
#include "app/alembic/safety/signoff/signoff_places.hpp"
#include "app/cli/completion.hpp"
#include "app/cli/size_source.hpp"
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

// The database that says what is applied: DATABASE_URL's, or the one of --against.
alembic::Environment asked_environment(const config::Settings& settings, const std::string& against) {
  auto environment =
      alembic::make_environment(settings, against.empty() ? alembic::Mode::online : alembic::Mode::offline);
  if (!against.empty()) {
    environment.run.mode = alembic::Mode::online;
    environment.target = size_target(against, settings);
    environment.connect = alembic::connect_pqxx;
  }
  environment.target_metadata = &database::Base::metadata();
  return environment;
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

safety::RevisionRange wanted_range(safety::Linter& linter, const alembic::ScriptDirectory& scripts,
                                   const LintArguments& arguments, const config::Settings* settings) {
  if (!arguments.targets.empty()) return safety::parse_revision_range(arguments.targets.front());
  safety::RevisionRange range;
  // In CI there may be no database, and then nothing is known to be applied.
  const bool asks = !arguments.all && (!arguments.ci || names_database(arguments.against, *settings));
  if (!asks) return range;
  const auto environment = asked_environment(*settings, arguments.against);
  range.from = applied_revisions(scripts, environment);
  lint_applied(linter, scripts, environment);
  return range;
}

void add_missing_signoff(safety::Linter& linter, const safety::NeededSignoff& needed, const std::string& command) {
  const auto* rule = safety::find_rule("missing-signoff");
  std::string message;
  auto held = safety::Held::scan;
  for (const auto& big : needed.work) {
    message += fmt::format("It {}. ", big.text());
    if (big.work == safety::Work::rewrite) held = safety::Held::rewrite;
  }
  auto lock = safety::LockMode::none;
  for (const auto& taken : needed.locks) lock = std::max(lock, taken.mode);
  linter.add({.rule = rule->id,
              .severity = rule->severity,
              .file = needed.statement.path,
              .line = std::max(needed.statement.line, 1U),
              .statement = needed.statement.sql,
              .message = message + fmt::format("Nobody has signed it off (sha256 {}).", needed.sha256),
              .relation = needed.work.front().table.table,
              .lock = lock,
              .held = held,
              .safer = "-- review it, then: " + command});
}

void add_missing_signoffs(safety::Linter& linter, const std::vector<safety::NeededSignoff>& found,
                          const alembic::ScriptDirectory& scripts) {
  for (const auto& needed : found) {
    if (needed.is_signed) continue;
    const auto& revision = needed.statement.revision;
    add_missing_signoff(linter, needed, safety::signoff_command(scripts, revision.empty() ? "REVISION" : revision));
  }
}

void check_signoffs_of_files(safety::Linter& linter, safety::SignoffGate& gate, const LintArguments& arguments,
                             const alembic::ScriptDirectory& scripts) {
  const auto statements = [](const std::string& target) {
    std::vector<safety::PendingStatement> result;
    for (auto& statement : safety::read_script(read_file(target), file_name(target)).statements) {
      result.push_back(
          {.path = file_name(target), .line = statement.line, .sql = statement.sql, .tree = statement.tree});
    }
    return result;
  };
  for (const auto& schema : arguments.schemas) {
    for (const auto& statement : statements(schema)) gate.assume(statement);
  }
  for (const auto& target : arguments.targets) {
    gate.begin_pending();
    add_missing_signoffs(linter, safety::examine_all(gate, statements(target)), scripts);
  }
}

// The way back counts as well: who needs it is in no position to wait for a review.
void check_signoffs_of_revisions(safety::Linter& linter, safety::SignoffGate& gate, const safety::RevisionRange& range,
                                 const alembic::ScriptDirectory& scripts, const safety::Rendering& rendering) {
  const auto nodes = safety::revisions_of(scripts, range);
  safety::assume_below(gate, nodes, scripts, rendering);
  gate.begin_pending();
  for (const auto node : nodes) {
    const auto& script = scripts.script(node);
    const auto up = safety::pending_script(script, safety::Direction::upgrade, rendering);
    add_missing_signoffs(linter, safety::examine_all(gate, up.statements), scripts);
    auto back = gate;
    back.begin_way_back();
    const auto down = safety::pending_script(script, safety::Direction::downgrade, rendering);
    add_missing_signoffs(linter, safety::examine_all(back, down.statements), scripts);
  }
}

// `range`: nothing when files are linted.
void check_signoffs(safety::Linter& linter, const LintArguments& arguments, const MigrateArguments& migrate,
                    const config::Settings& settings, const std::optional<safety::RevisionRange>& range) {
  const auto scripts = alembic::ScriptDirectory::open(alembic::parse_script_locations(migrate.script_location));
  const auto file = safety::load_signoffs(scripts);
  const auto source = open_size_source(arguments.against, settings, migrate, file);
  safety::SignoffGate gate(file, *source.sizes, safety::signoff_limits(settings.values()), source.options);
  if (range) {
    check_signoffs_of_revisions(linter, gate, *range, scripts, source.rendering);
  } else {
    check_signoffs_of_files(linter, gate, arguments, scripts);
  }
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
  std::optional<safety::RevisionRange> range;
  if (are_files) {
    lint_files(linter, arguments.targets);
  } else {
    const auto scripts = alembic::ScriptDirectory::open(alembic::parse_script_locations(migrate.script_location));
    range = wanted_range(linter, scripts, arguments, settings);
    safety::lint_revisions(linter, scripts, *range,
                           {.mode = alembic::Mode::offline, .x_arguments = migrate.x_arguments, .tag = migrate.tag});
  }
  if (arguments.ci) check_signoffs(linter, arguments, migrate, *settings, range);
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
  return arguments.targets.empty() && !arguments.all && !arguments.list_rules && !arguments.ci;
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
  } catch (const alembic::DatabaseError& error) {
    fmt::print(err, "FAILED: The sizes can't be read: {}\n", error.explanation());
    return static_cast<int>(alembic::ExitCode::request);
  } catch (const alembic::ConnectionLost& error) {
    fmt::print(err, "FAILED: The connection was lost: {}\n", error.what());
    return static_cast<int>(alembic::ExitCode::unreachable);
  }
}

void add_lint_command(CLI::App& migrate, const MigrateArguments& general, int& exit_code) {
  const auto arguments = std::make_shared<LintArguments>();
  auto* app = migrate.add_subcommand("lint", "Say what migrations would block, rewrite or lose before they run");
  app->fallthrough();
  app->footer(
      examples_footer("support-agent migrate",
                      {"lint", "lint --all", "lint ae10:head", "lint new.sql --schema schema.sql",
                       "lint *.sql --format sarif > lint.sarif", "lint --ci --against postgresql://reader@host/live"}));
  app->add_option("targets", arguments->targets, "Files that end in .sql, each one transaction; or revisions, FROM:TO")
      ->type_name(type_file);
  app->add_option("--schema", arguments->schemas,
                  "SQL of what exists before, such as a schema dump; may be given again")
      ->allow_extra_args(false)
      ->type_name(type_file);
  app->add_flag(
      "--ci", arguments->ci,
      "A statement that reads or writes all of a big table is an error without a sign-off; how big tables are, "
      "--against, DATABASE_URL or the [tables] of signoffs.toml say");
  app->add_option("--against", arguments->against,
                  "With --ci: the database that says how big tables are, and what is applied; it is only read")
      ->type_name("URL")
      ->needs("--ci");
  app->add_flag("--all", arguments->all, "Every revision, not only those that the database lacks");
  add_report_options(*app, *arguments);
  add_rule_options(*app, *arguments);
  app->callback([arguments, &general, &exit_code] {
    if (!arguments->has_format && general.format == alembic::command::OutputFormat::json) {
      arguments->report.format = safety::ReportFormat::json;
    }
    if (wants_colours()) arguments->report.colours = safety::Colours::yes;
    std::unique_ptr<StartUp> start_up;
    if (needs_database(*arguments) || arguments->ci) {
      start_up = std::make_unique<StartUp>(config::TextStyle::alembic,
                                           needs_database(*arguments) ? DatabaseUse::required : DatabaseUse::none);
    }
    exit_code = run_lint(*arguments, general, start_up ? &start_up->settings() : nullptr, std::cout, std::cerr);
    if (!std::cout.flush()) {
      std::cerr << "support-agent: not everything could be written to standard output\n";
      exit_code = static_cast<int>(alembic::ExitCode::request);
    }
  });
}

}  // namespace support::cli
