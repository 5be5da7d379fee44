// The commands that only look: current, history, heads, branches, show.
#include <algorithm>

#include <fmt/format.h>

#include "app/alembic/command/command.hpp"
#include "app/alembic/command/json_report.hpp"
#include "app/alembic/command/read_rows.hpp"
#include "app/alembic/runtime/online_context.hpp"
#include "app/config/logging.hpp"

namespace support::alembic::command {

namespace json = boost::json;

namespace {

constexpr auto not_on_heads = "Database is not on all head revisions";

json::array revisions_json(const Context& context, const Nodes& nodes, const RevisionIds* rows = nullptr) {
  json::array list;
  for (const auto node : nodes) list.push_back(revision_json(context.scripts, node, rows));
  return list;
}

// "", which stands for the other end of everything.
bool is_open(const std::string& end) {
  return end.empty();
}

std::pair<std::string, std::string> split_history_range(const HistoryOptions& options) {
  if (!options.range) return {};
  const auto& text = *options.range;
  const auto colon = text.find(':');
  if (colon == std::string::npos || text.find(':', colon + 1) != std::string::npos) {
    throw CommandError("History range requires [start]:[end], [start]:, or :[end]");
  }
  return {text.substr(0, colon), text.substr(colon + 1)};
}

}  // namespace

RevisionIds read_rows(Context& context, VersionTableIfMissing if_missing) {
  context.has_run_environment = true;
  OnlineContext online(context.scripts, context.environment);
  auto rows = online.get_current_heads();
  if (rows.empty() && if_missing == VersionTableIfMissing::create) online.create_version_table_for_report();
  return rows;
}

ExitCode current(Context& context, CurrentOptions options) {
  const auto rows = read_rows(context, VersionTableIfMissing::leave);
  const auto heads = context.scripts.get_heads();
  const bool is_at_heads = std::ranges::is_permutation(rows, heads);
  const bool is_found = options.check_heads && !is_at_heads;
  if (context.format == OutputFormat::json) {
    print(context, {{"database", context.environment.target->masked_url},
                    {"rows", json::value_from(rows)},
                    {"at_heads", is_at_heads},
                    {"revisions", revisions_json(context, context.scripts.get_all_current(rows), &rows)}});
    if (is_found) config::log_event(spdlog::level::err, "alembic.util.messaging", not_on_heads);
    return is_found ? ExitCode::found : ExitCode::done;
  }
  if (is_found) throw CommandError(not_on_heads, ExitCode::found);
  if (options.verbose) context.out << "Current revision(s) for " << context.environment.target->masked_url << ":\n";
  for (const auto node : context.scripts.get_all_current(rows)) {
    context.out << cmd_format(context.scripts, node, {.verbose = options.verbose}) << '\n';
  }
  return ExitCode::done;
}

bool needs_database(const HistoryOptions& options) {
  if (options.indicate_current) return true;
  if (!options.range) return false;
  const auto& text = *options.range;
  return text.starts_with("current:") || text.ends_with(":current");
}

void history(Context& context, const HistoryOptions& options) {
  const auto [start, end] = split_history_range(options);
  Target base = is_open(start) ? "base" : start;
  Target head = is_open(end) ? "heads" : end;
  RevisionIds rows;
  if (needs_database(options)) {
    rows = read_rows(context, VersionTableIfMissing::create);
    // An empty database has no revision to start or end at: the range is then open at that end.
    if (end == "current") {
      head = rows.empty() ? Target("heads") : Target(rows);
    } else if (start == "current") {
      base = rows.empty() ? Target("base") : Target(rows);
    }
  }
  const auto nodes = context.scripts.walk_revisions(base, head);
  if (context.format == OutputFormat::json) {
    print(context, {{"revisions", revisions_json(context, nodes, options.indicate_current ? &rows : nullptr)}});
    return;
  }
  for (const auto node : nodes) {
    const bool is_current =
        options.indicate_current && std::ranges::find(rows, context.scripts.map().id(node)) != rows.end();
    context.out << cmd_format(context.scripts, node,
                              {.verbose = options.verbose,
                               .include_branches = true,
                               .include_doc = true,
                               .include_parents = true,
                               .is_current = is_current})
                << '\n';
  }
}

void heads(Context& context, HeadsOptions options) {
  const auto& map = context.scripts.map();
  const auto& nodes = options.resolve_dependencies ? map.real_heads() : map.heads();
  if (context.format == OutputFormat::json) {
    print(context, {{"heads", revisions_json(context, nodes)}});
    return;
  }
  for (const auto node : nodes) {
    context.out << cmd_format(context.scripts, node,
                              {.verbose = options.verbose, .include_branches = true, .tree_indicators = false})
                << '\n';
  }
}

void branches(Context& context, BranchesOptions options) {
  const auto& map = context.scripts.map();
  auto nodes = context.scripts.walk_revisions();
  std::erase_if(nodes, [&](Node node) { return !map.is_branch_point(node); });
  if (context.format == OutputFormat::json) {
    json::array list;
    for (const auto node : nodes) {
      auto branch = revision_json(context.scripts, node);
      branch["branches"] = revisions_json(context, map.next(node));
      list.push_back(std::move(branch));
    }
    print(context, {{"branches", std::move(list)}});
    return;
  }
  for (const auto node : nodes) {
    context.out << cmd_format(context.scripts, node, {.verbose = options.verbose, .include_branches = true}) << '\n';
    const std::string indent(map.id(node).size(), ' ');
    for (const auto child : map.next(node)) {
      context.out << indent << " -> "
                  << cmd_format(context.scripts, child, {.include_branches = true, .include_doc = options.verbose})
                  << '\n';
    }
    context.out << '\n';
  }
}

void show(Context& context, const std::string& revision) {
  Target target = revision;
  if (revision == "current") target = read_rows(context, VersionTableIfMissing::create);
  const auto nodes = context.scripts.get_revisions(target);
  if (context.format == OutputFormat::json) {
    print(context, {{"revisions", revisions_json(context, nodes)}});
    return;
  }
  for (const auto node : nodes) context.out << log_entry(context.scripts, node) << '\n';
}

ExitCode report_failure(const Context& context, const CommandError& error) {
  if (context.has_run_environment) config::log_event(spdlog::level::err, "alembic.util.messaging", error.what());
  if (context.format == OutputFormat::json) {
    const json::object document{
        {"error", {{"message", error.what()}, {"exit_code", static_cast<int>(error.exit_code())}}}};
    context.out << json::serialize(document) << '\n';
  } else {
    context.out << "FAILED: " << error.what() << '\n';
  }
  return error.exit_code();
}

}  // namespace support::alembic::command
