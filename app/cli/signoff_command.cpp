#include "app/cli/signoff_command.hpp"

#include <algorithm>
#include <ctime>
#include <iostream>
#include <memory>

#include <boost/json.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ostream.h>

#include "app/alembic/errors.hpp"
#include "app/alembic/safety/signoff/signoff_gate.hpp"
#include "app/alembic/safety/signoff/signoff_guard.hpp"
#include "app/alembic/safety/signoff/signoff_places.hpp"
#include "app/cli/comparison_options.hpp"
#include "app/cli/completion.hpp"
#include "app/cli/size_source.hpp"
#include "app/cli/start_up.hpp"

namespace support::cli {

namespace {

namespace json = boost::json;
namespace safety = alembic::safety;
using alembic::CommandError;

// The statement on one line, all of it.
std::string on_one_line(const std::string& sql) {
  std::string line;
  for (const char letter : sql) {
    const bool is_blank = letter == ' ' || letter == '\n' || letter == '\t' || letter == '\r';
    if (!is_blank) line += letter;
    if (is_blank && !line.empty() && line.back() != ' ') line += ' ';
  }
  return line;
}

std::string now() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

struct Review {
  std::vector<safety::NeededSignoff> needed;
  bool is_complete = true;  // false: the revision asks the database what to do
};

Review review(const SignoffArguments& arguments, const alembic::ScriptDirectory& scripts, alembic::Node node,
              safety::SignoffGate& gate, const safety::Rendering& rendering) {
  Review result;
  const auto& script = scripts.script(node);
  safety::assume_below(gate, std::span(&node, 1), scripts, rendering);
  gate.begin_pending();
  if (!arguments.sql.empty()) {
    const auto statement = safety::pending_statement(script.declared.revision, script.path, 0, arguments.sql);
    result.needed = safety::examine_all(gate, std::span(&statement, 1));
    return result;
  }
  const auto up = safety::pending_script(script, safety::Direction::upgrade, rendering);
  result.needed = safety::examine_all(gate, up.statements);
  // The way back begins where the way there ends, on tables that are there by then.
  gate.begin_way_back();
  const auto down = safety::pending_script(script, safety::Direction::downgrade, rendering);
  for (auto& needed : safety::examine_all(gate, down.statements)) result.needed.push_back(std::move(needed));
  result.is_complete = up.is_complete && down.is_complete;
  return result;
}

void print(const safety::NeededSignoff& needed, std::ostream& out) {
  fmt::print(out, "\n{}\n  {}\n", needed.statement.place(), on_one_line(needed.statement.sql));
  for (const auto& big : needed.work) fmt::print(out, "  {}\n", big.text());
  for (const auto& lock : needed.locks) {
    const auto blocked = safety::blocked_by(lock.mode);
    fmt::print(out, "  locks {} in {} mode{}\n", lock.relation.text(), safety::lock_name(lock.mode),
               blocked.empty() ? std::string() : fmt::format(", which blocks {}", blocked));
  }
  fmt::print(out, "  sha256 {}{}\n", needed.sha256, needed.is_signed ? ", signed off already" : "");
}

json::object as_json(const safety::NeededSignoff& needed) {
  json::array tables;
  for (const auto& big : needed.work) {
    tables.push_back(json::object{{"relation", big.table.table},
                                  {"rows", big.table.rows},
                                  {"bytes", big.table.bytes},
                                  {"work", big.is_known ? std::string(safety::work_name(big.work)) : "unknown"},
                                  {"why", big.why}});
  }
  json::array locks;
  for (const auto& lock : needed.locks) {
    locks.push_back(
        json::object{{"relation", lock.relation.text()}, {"mode", std::string(safety::lock_name(lock.mode))}});
  }
  return {{"file", needed.statement.path}, {"line", needed.statement.line}, {"statement", needed.statement.sql},
          {"sha256", needed.sha256},       {"signed", needed.is_signed},    {"tables", std::move(tables)},
          {"locks", std::move(locks)}};
}

void print(const std::string& revision, const SizeSource& source, const Review& review, std::ostream& out) {
  fmt::print(out, "Revision {}, by the sizes of {}: {} to big tables\n", revision, source.description,
             review.needed.size() == 1 ? "1 statement does something"
                                       : fmt::format("{} statements do something", review.needed.size()));
  for (const auto& needed : review.needed) print(needed, out);
  if (!review.needed.empty()) fmt::print(out, "\nThis is read from the statements; nothing was measured.\n");
  if (!review.is_complete) {
    fmt::print(
        out,
        "The revision asks the database what to do, so there may be more: `upgrade` refuses such a statement when "
        "it comes, and --sql 'STATEMENT' signs it off.\n");
  }
}

// Who and why, from the options or from whoever sits at the terminal.
void complete(SignoffArguments& arguments, const SignoffDialog& dialog) {
  const bool asks = static_cast<bool>(dialog.ask) && static_cast<bool>(dialog.confirm);
  if (asks && arguments.by.empty()) arguments.by = dialog.ask("Reviewed by:");
  if (asks && arguments.reason.empty()) arguments.reason = dialog.ask("Why may it run, and when?");
  for (const auto& [value, option] : {std::pair(&arguments.by, "--by NAME"), {&arguments.reason, "--reason TEXT"}}) {
    if (value->find_first_not_of(" \t") == std::string::npos) {
      throw CommandError(fmt::format("A sign-off says who reviewed it and why; give {}", option));
    }
  }
}

std::vector<safety::Signoff> entries_for(const SignoffArguments& arguments,
                                         const std::vector<safety::NeededSignoff>& needed) {
  std::vector<safety::Signoff> entries;
  std::vector<std::string> digests;
  const auto at = now();
  for (const auto& one : needed) {
    if (one.is_signed || std::ranges::find(digests, one.sha256) != digests.end()) continue;
    digests.push_back(one.sha256);
    entries.push_back({.sha256 = one.sha256,
                       .revision = one.statement.revision,
                       .statement = on_one_line(one.statement.sql),
                       .relation = one.relations(),
                       .by = arguments.by,
                       .at = at,
                       .reason = arguments.reason});
  }
  return entries;
}

alembic::ExitCode signoff(SignoffArguments arguments, const MigrateArguments& general, const config::Settings& settings,
                          const SignoffDialog& dialog, std::ostream& out) {
  const auto scripts = alembic::ScriptDirectory::open(alembic::parse_script_locations(general.script_location));
  const auto node = scripts.get_revision(arguments.revision);
  if (!node) throw CommandError(fmt::format("'{}' names no revision; history lists them", arguments.revision));
  const auto file = safety::load_signoffs(scripts);
  const auto source = open_size_source(arguments.against, settings, general, file);
  safety::SignoffGate gate(file, *source.sizes, safety::signoff_limits(settings.values()), source.options);
  const auto found = review(arguments, scripts, *node, gate, source.rendering);
  const bool is_json = general.format == alembic::command::OutputFormat::json;
  const auto& revision = scripts.map().id(*node);
  if (!is_json) print(revision, source, found, out);
  const bool is_open = std::ranges::any_of(found.needed, [](const auto& needed) { return !needed.is_signed; });
  std::string path;
  if (is_open) {
    if (dialog.confirm && !is_json && (arguments.by.empty() || arguments.reason.empty()) &&
        !dialog.confirm("Sign this off?")) {
      throw CommandError("Nothing was signed off");
    }
    complete(arguments, dialog);
    path = safety::signoff_path(scripts, scripts.script(*node));
    safety::write_signoffs(path, entries_for(arguments, found.needed));
  }
  if (is_json) {
    json::array statements;
    for (const auto& needed : found.needed) statements.push_back(as_json(needed));
    const json::object document{{"revision", revision},
                                {"sizes_of", source.description},
                                {"complete", found.is_complete},
                                {"statements", std::move(statements)},
                                {"written", path.empty() ? json::value(nullptr) : json::value(path)}};
    out << json::serialize(document) << '\n';
  } else if (path.empty()) {
    fmt::print(out, "Nothing is left to sign off.\n");
  } else {
    fmt::print(out, "Signed off by {}, in {}; commit the file, and build and deploy with it.\n", arguments.by, path);
  }
  return alembic::ExitCode::done;
}

std::string ask_on_terminal(const std::string& question) {
  fmt::print(std::cerr, "{} ", question);
  std::cerr.flush();
  std::string answer;
  std::getline(std::cin, answer);
  return answer;
}

}  // namespace

int run_signoff(const SignoffArguments& arguments, const MigrateArguments& general, const config::Settings& settings,
                const SignoffDialog& dialog, std::ostream& out, std::ostream& err) {
  const auto fail = [&](const std::string& message, alembic::ExitCode exit_code) {
    fmt::print(err, "FAILED: {}\n", message);
    return static_cast<int>(exit_code);
  };
  try {
    return static_cast<int>(signoff(arguments, general, settings, dialog, out));
  } catch (const CommandError& error) {
    return fail(error.what(), error.exit_code());
  } catch (const alembic::DatabaseError& error) {
    return fail(fmt::format("The sizes can't be read: {}", error.explanation()), alembic::ExitCode::request);
  } catch (const alembic::ConnectionLost& error) {
    return fail(fmt::format("The connection was lost: {}", error.what()), alembic::ExitCode::unreachable);
  }
}

void add_signoff_command(CLI::App& migrate, const MigrateArguments& general, int& exit_code) {
  const auto arguments = std::make_shared<SignoffArguments>();
  auto* app = migrate.add_subcommand("signoff", "Record that what a revision does to big tables was reviewed");
  app->fallthrough();
  app->footer(examples_footer(
      "support-agent migrate",
      {"signoff ae10", "signoff ae10 --by 'A. Reviewer' --reason 'index build, Sunday 02:00, replicas watched'",
       "signoff ae10 --against postgresql://reader@host/live"}));
  app->add_option("revision", arguments->revision, "The revision, or a part of its identifier")
      ->required()
      ->type_name(type_revision);
  app->add_option("--by", arguments->by, "Who reviewed it; asked for on a terminal")->type_name("NAME");
  app->add_option("--reason", arguments->reason, "Why it may run; asked for on a terminal")->type_name("TEXT");
  app->add_option("--against", arguments->against,
                  "The database whose sizes count, which is only read; DATABASE_URL's unless given")
      ->type_name("URL");
  app->add_option("--sql", arguments->sql, "Sign off this statement of the revision, which it makes only when it runs")
      ->type_name("TEXT");
  app->callback([arguments, &general, &exit_code] {
    const StartUp start_up(config::TextStyle::alembic, DatabaseUse::none);
    const auto confirm = confirm_on_terminal();
    const SignoffDialog dialog{.confirm = confirm, .ask = confirm ? ask_on_terminal : decltype(SignoffDialog::ask)()};
    exit_code = run_signoff(*arguments, general, start_up.settings(), dialog, std::cout, std::cerr);
    if (!std::cout.flush()) {
      std::cerr << "support-agent: not everything could be written to standard output\n";
      exit_code = static_cast<int>(alembic::ExitCode::request);
    }
  });
}

}  // namespace support::cli
