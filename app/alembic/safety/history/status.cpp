// `migrate status`.
#include <algorithm>
#include <map>
#include <ranges>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "app/alembic/command/json_report.hpp"
#include "app/alembic/safety/history/commands.hpp"
#include "app/alembic/safety/history/finding_report.hpp"
#include "app/alembic/safety/linter.hpp"
#include "app/alembic/safety/revisions.hpp"

namespace support::alembic::safety {

namespace json = boost::json;

namespace {

// A revision that an upgrade would run, with what lint says of it.
struct Pending {
  alembic::Node node = 0;
  std::size_t errors = 0;
  std::size_t warnings = 0;
  std::string obstacle = {};  // why it can't be linted
};

std::string verdict(const Pending& pending) {
  if (!pending.obstacle.empty()) return pending.obstacle;
  if (pending.errors + pending.warnings == 0) return "lint finds nothing";
  return fmt::format("lint finds {} error{} and {} warning{}", pending.errors, pending.errors == 1 ? "" : "s",
                     pending.warnings, pending.warnings == 1 ? "" : "s");
}

std::vector<Pending> pending_of(const command::Context& context, const RevisionIds& rows) {
  const auto plan = context.scripts.upgrade_revs("heads", rows);
  std::vector<Pending> list;
  for (const auto& step : plan.steps) list.push_back({.node = step.node});
  if (list.empty()) return list;
  try {
    Linter linter({.timeouts = Timeouts::by_engine});
    lint_revisions(linter, context.scripts, {.from = rows}, {.mode = Mode::offline});
    std::map<std::string, std::pair<std::size_t, std::size_t>> counts;
    for (const auto& finding : linter.take_report().findings) {
      if (finding.severity == Severity::error) ++counts[finding.file].first;
      if (finding.severity == Severity::warning) ++counts[finding.file].second;
    }
    for (auto& pending : list)
      std::tie(pending.errors, pending.warnings) = counts[context.scripts.script(pending.node).path];
  } catch (const std::exception& error) {
    for (auto& pending : list) pending.obstacle = fmt::format("not linted: {}", error.what());
  }
  return list;
}

// Everything on the page.
struct Page {
  HistorySnapshot snapshot;
  std::vector<Pending> pending;
  std::vector<HistoryFinding> findings;
  std::optional<std::vector<std::string>> drift;  // absent: not looked for

  std::size_t tampering() const {
    return static_cast<std::size_t>(std::ranges::count_if(findings, &HistoryFinding::is_tampering));
  }
  bool is_clean() const { return pending.empty() && tampering() == 0 && (!drift || drift->empty()); }
};

std::string or_none(const RevisionIds& ids) {
  return ids.empty() ? "none" : comma_separated(ids);
}

json::value last_records(const Page& page, unsigned last) {
  json::array list;
  for (const auto& record : page.snapshot.history | std::views::reverse | std::views::take(last)) {
    list.push_back(to_json(record));
  }
  return list;
}

void print_json(command::Context& context, const Page& page, const StatusOptions& options) {
  json::array pending;
  for (const auto& revision : page.pending) {
    const auto& script = context.scripts.script(revision.node);
    pending.push_back(
        json::object{{"revision", script.declared.revision},
                     {"doc", script.doc()},
                     {"errors", revision.errors},
                     {"warnings", revision.warnings},
                     {"not_linted", revision.obstacle.empty() ? json::value() : json::value(revision.obstacle)}});
  }
  const auto& holder = page.snapshot.lock_holder;
  command::print(context, {{"database", context.environment.target->masked_url},
                           {"clean", page.is_clean()},
                           {"heads", json::value_from(context.scripts.get_heads())},
                           {"rows", json::value_from(page.snapshot.rows)},
                           {"pending", std::move(pending)},
                           {"lock_holder", holder.empty() ? json::value() : json::value(holder)},
                           {"history", page.snapshot.has_history},
                           {"records", page.snapshot.history.size()},
                           {"tampering", page.tampering()},
                           {"findings", to_json(page.findings)},
                           {"drift", page.drift ? json::value_from(*page.drift) : json::value()},
                           {"last", last_records(page, options.last)}});
}

void print_text(command::Context& context, const Page& page, const StatusOptions& options) {
  auto& out = context.out;
  const auto count = page.snapshot.history.size();
  const auto records = fmt::format("{} record{}", count, count == 1 ? "" : "s");
  out << fmt::format("database  {}\n", context.environment.target->masked_url);
  out << fmt::format("heads     {}\n", or_none(context.scripts.get_heads()));
  out << fmt::format("current   {}\n", or_none(page.snapshot.rows));
  out << fmt::format("pending   {}\n", page.pending.empty() ? "none" : std::to_string(page.pending.size()));
  for (const auto& revision : page.pending) {
    const auto& script = context.scripts.script(revision.node);
    out << fmt::format("          {}  {}: {}\n", script.declared.revision, script.doc(), verdict(revision));
  }
  const auto& holder = page.snapshot.lock_holder;
  out << fmt::format("lock      {}\n", holder.empty() ? "free" : "held by " + holder);
  out << fmt::format("history   {}\n", !page.snapshot.has_history ? "none is kept"
                                       : page.tampering() == 0    ? fmt::format("{}, no tampering", records)
                                                                  : fmt::format("{}, TAMPERED WITH", records));
  for (const auto& line : lines_of(page.findings)) out << "          " << line << '\n';
  out << fmt::format("drift     {}\n", !page.drift           ? "not looked for (--drift)"
                                       : page.drift->empty() ? "none"
                                                             : std::to_string(page.drift->size()));
  if (page.drift) {
    for (const auto& line : *page.drift) out << "          " << line << '\n';
  }
  if (page.snapshot.history.empty()) return;
  out << "last\n";
  for (const auto& record : page.snapshot.history | std::views::reverse | std::views::take(options.last)) {
    out << "          " << line_of(record) << '\n';
  }
}

}  // namespace

ExitCode status(command::Context& context, const StatusOptions& options) {
  context.has_run_environment = true;
  Page page{.snapshot = read_history(context.environment)};
  PresentMigrations present(context.scripts, naming_convention_of(context.environment));
  page.findings = verify(page.snapshot, present);
  page.pending = pending_of(context, page.snapshot.rows);
  if (options.drift) {
    page.drift = command::descriptions(
        command::compare_sides(context, options.comparison, command::Side::of_revisions(page.snapshot.rows), {}));
  }
  if (context.format == command::OutputFormat::json) {
    print_json(context, page, options);
  } else {
    print_text(context, page, options);
  }
  return page.is_clean() ? ExitCode::done : ExitCode::found;
}

}  // namespace support::alembic::safety
