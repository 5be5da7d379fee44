// What the reporting commands print of a revision, in Alembic's words.
#include <ranges>

#include <fmt/format.h>

#include "app/alembic/script/script_directory.hpp"

namespace support::alembic {

namespace {

std::string parents(const RevisionMap& map, Node node) {
  return map.is_base(node) ? "<base>" : comma_separated(map.ids(map.down(node)));
}

std::string_view if_so(bool condition, std::string_view text) {
  return condition ? text : std::string_view();
}

}  // namespace

std::string log_entry(const ScriptDirectory& scripts, Node node, bool is_current) {
  const auto& map = scripts.map();
  const auto& script = scripts.script(node);
  std::string entry = fmt::format("Rev: {}{}{}{}{}\n", map.id(node), if_so(map.is_head(node), " (head)"),
                                  if_so(map.is_branch_point(node), " (branchpoint)"),
                                  if_so(map.is_merge_point(node), " (mergepoint)"), if_so(is_current, " (current)"));
  entry += fmt::format("{}: {}\n", map.is_merge_point(node) ? "Merges" : "Parent", parents(map, node));
  const auto& depends_on = map.revision(node).depends_on;
  if (!depends_on.empty()) entry += fmt::format("Also depends on: {}\n", comma_separated(depends_on));
  if (map.is_branch_point(node)) {
    entry += fmt::format("Branches into: {}\n", comma_separated(map.ids(map.next(node))));
  }
  if (const auto& labels = map.branch_labels(node); !labels.empty()) {
    entry += fmt::format("Branch names: {}\n", comma_separated(labels));
  }
  entry += fmt::format("Path: {}\n\n", script.path);
  for (const auto line : std::views::split(script.longdoc, '\n')) {
    entry += fmt::format("    {}\n", std::string_view(line.begin(), line.end()));
  }
  return entry;
}

std::string cmd_format(const ScriptDirectory& scripts, Node node, const Format& format) {
  if (format.verbose) return log_entry(scripts, node, format.is_current);
  const auto& map = scripts.map();
  std::string text = map.id(node);
  if (format.include_parents) {
    const auto& depends_on = map.revision(node).depends_on;
    const auto dependencies = depends_on.empty() ? "" : fmt::format(" ({})", comma_separated(depends_on));
    text = fmt::format("{}{} -> {}", parents(map, node), dependencies, text);
  }
  const auto& labels = map.branch_labels(node);
  if (format.include_branches && !labels.empty()) text += fmt::format(" ({})", comma_separated(labels));
  text += if_so(map.is_real_head(node), " (head)");
  text += if_so(map.is_head(node) && !map.is_real_head(node), " (effective head)");
  text += if_so(format.is_current, " (current)");
  if (format.tree_indicators) {
    text += if_so(map.is_branch_point(node), " (branchpoint)");
    text += if_so(map.is_merge_point(node), " (mergepoint)");
  }
  if (format.include_doc) text += fmt::format(", {}", scripts.script(node).doc());
  return text;
}

}  // namespace support::alembic
