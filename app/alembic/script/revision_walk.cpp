// RevisionMap: from where to where, and in which order.
#include <algorithm>
#include <ranges>

#include <fmt/format.h>

#include "app/alembic/script/relative_target.hpp"
#include "app/alembic/script/revision_map.hpp"
#include "app/alembic/script/revision_order.hpp"

namespace support::alembic {

namespace {

RevisionError too_few(const RelativeTarget& relative) {
  return RevisionError(fmt::format("Relative revision {} didn't produce {} migrations", relative.sign_and_digits,
                                   relative.steps < 0 ? -relative.steps : relative.steps));
}

RevisionIds as_ids(const Target& target) {
  if (const auto* identifier = std::get_if<std::string>(&target)) return {*identifier};
  return std::get<RevisionIds>(target);
}

std::string as_text(const Target& target) {
  return comma_separated(as_ids(target));
}

}  // namespace

Nodes RevisionMap::iterate(const Target& upper, const Target& lower, const Iteration& how) const {
  auto selection = how.for_downgrade ? select_downgrade(upper, lower, how) : select_upgrade(upper, lower, how);
  return topological_order(*this, std::move(selection.wanted), std::move(selection.heads));
}

Nodes RevisionMap::children_on_branch(std::optional<Node> start, const std::optional<std::string>& branch_label) const {
  const auto& children = start ? entries_[*start].next : bases_;
  return branch_label ? filter_for_lineage(children, *branch_label) : children;
}

RevisionMap::Stop RevisionMap::walk(std::optional<Node> start, long steps,
                                    const std::optional<std::string>& branch_label, bool assert_relative_length) const {
  Stop stop = start ? Stop{Stop::Kind::revision, *start} : Stop{Stop::Kind::base};
  for (; steps != 0; steps += steps > 0 ? -1 : 1) {
    const bool at_base = stop.kind == Stop::Kind::base;
    Nodes further;
    if (steps > 0) {
      further = children_on_branch(at_base ? std::nullopt : std::optional(stop.node), branch_label);
    } else if (!at_base) {
      further = entries_[stop.node].down;
      if (further.empty()) {
        stop = {Stop::Kind::base};
        continue;
      }
    }
    if (further.empty()) return assert_relative_length ? Stop{} : stop;
    if (further.size() > 1) throw RevisionError("Ambiguous walk");
    stop = {Stop::Kind::revision, further.front()};
  }
  return stop;
}

// Where "+N" starts: the one current revision, or with a label the tip of what is applied of that branch.
std::optional<Node> RevisionMap::upgrade_start(const RevisionIds& current,
                                               const std::optional<std::string>& branch_label) const {
  const RevisionError ambiguous("Ambiguous upgrade from multiple current revisions");
  if (!branch_label) {
    if (current.size() > 1) throw ambiguous;
    return current.empty() ? std::nullopt : get_revision(current.front());
  }
  const auto rows = get_revisions(Target(current));
  auto starts = filter_for_lineage(rows, *branch_label);
  if (starts.empty()) {
    starts = filter_for_lineage(ancestors(rows), *branch_label);
    std::vector<bool> has_child(entries_.size());
    for (const auto node : starts) {
      for (const auto below : entries_[node].normalized_down) has_child[below] = true;
    }
    std::erase_if(starts, [&](Node node) { return has_child[node]; });
  }
  if (starts.size() > 1) throw ambiguous;
  return starts.empty() ? std::nullopt : std::optional(starts.front());
}

Nodes RevisionMap::upgrade_targets(const RevisionIds& current, const Target& target,
                                   bool assert_relative_length) const {
  const auto* text = std::get_if<std::string>(&target);
  const auto relative = text != nullptr ? parse_relative(*text) : std::nullopt;
  if (!relative) return get_revisions(target);
  if (relative->steps <= 0 && !relative->symbol) throw too_few(*relative);

  Stop stop;
  if (relative->steps > 0) {
    const auto start =
        relative->symbol ? get_revision(*relative->symbol) : upgrade_start(current, relative->branch_label);
    stop = walk(start, relative->steps, relative->branch_label, assert_relative_length);
  } else {
    const auto start = on_branch(relative->branch_label, *relative->symbol);
    if (start) stop = walk(start, relative->steps, std::nullopt, assert_relative_length);
  }
  if (stop.kind == Stop::Kind::nowhere) throw too_few(*relative);
  if (stop.kind == Stop::Kind::base) return {};
  return {stop.node};
}

// The row of the version table that "-N" walks down from.
std::string RevisionMap::downgrade_start(const RevisionIds& current, const std::optional<std::string>& branch_label,
                                         std::string_view target) const {
  if (!branch_label) return current.front();
  auto starts = filter_for_lineage(get_revisions(Target(current)), *branch_label);
  // The branch may be applied without a row of its own: another branch depends on it.
  if (starts.empty()) starts = filter_for_lineage(all_current(current), *branch_label);
  if (starts.size() == 1) return id(starts.front());
  if (starts.empty()) {
    throw RevisionError(fmt::format("Relative revision {} can't be resolved: no revision of branch '{}' is applied",
                                    target, *branch_label));
  }
  throw RevisionError(
      fmt::format("Relative revision {} is ambiguous: branch '{}' is applied at several revisions ({}); "
                  "please specify the revision to downgrade to",
                  target, *branch_label, comma_separated(ids(starts))));
}

RevisionMap::DowngradeTarget RevisionMap::downgrade_target(const RevisionIds& current, std::string_view target,
                                                           bool assert_relative_length) const {
  const auto relative = parse_relative(target);
  if (!relative) {
    const auto at = target.rfind('@');
    DowngradeTarget result;
    if (at != std::string_view::npos && at > 0) result.branch_label = target.substr(0, at);
    const auto node = get_revision(at == std::string_view::npos ? target : target.substr(at + 1));
    result.stop = node ? Stop{Stop::Kind::revision, *node} : Stop{Stop::Kind::base};
    return result;
  }

  auto branch_label = relative->branch_label;
  Stop stop;
  if (relative->steps >= 0) {
    if (!relative->symbol) throw too_few(*relative);
    stop = walk(get_revision(*relative->symbol), relative->steps, branch_label, assert_relative_length);
  } else if (relative->symbol) {
    const auto start = on_branch(branch_label, *relative->symbol);
    if (start) stop = walk(start, relative->steps, std::nullopt, assert_relative_length);
  } else {
    if (current.empty()) throw too_few(*relative);
    const auto start = downgrade_start(current, branch_label, target);
    // Only the branch of the row that was picked is walked down.
    if (!branch_label) branch_label = start;
    stop = walk(on_branch(branch_label, start), relative->steps, std::nullopt, assert_relative_length);
    if (stop.kind == Stop::Kind::nowhere) throw too_few(*relative);
  }
  if (stop.kind == Stop::Kind::nowhere) throw RevisionError("Walked too far");
  return {branch_label, stop};
}

// With a lower end such as "lib@base", only targets on the branch lib are meant.
Nodes RevisionMap::on_branch_of(const Nodes& targets, const std::string& lower) const {
  const auto at = lower.find('@');
  if (at == std::string::npos) return targets;
  const auto branch = lower.substr(0, at);
  const auto node = get_revision(branch);
  if (node && id(*node) == branch && entries_[*node].labels.size() != 1) return filter_for_lineage(targets, branch);
  const auto& label = node && id(*node) == branch ? entries_[*node].labels.front() : branch;
  Nodes result;
  std::ranges::copy_if(targets, std::back_inserter(result), [&](Node target) {
    return std::ranges::find(entries_[target].labels, label) != entries_[target].labels.end();
  });
  return result;
}

RevisionMap::Selection RevisionMap::select_upgrade(const Target& upper, const Target& lower,
                                                   const Iteration& how) const {
  auto targets = upgrade_targets(as_ids(lower), upper, how.assert_relative_length);
  if (const auto* text = std::get_if<std::string>(&lower)) targets = on_branch_of(targets, *text);
  auto wanted = mark(ancestors_of_distinct(targets));

  auto current = stops(lower);
  const bool has_base = std::ranges::any_of(current, [](const Stop& stop) { return stop.kind == Stop::Kind::base; });
  const bool has_stranger = std::ranges::any_of(
      current, [&](const Stop& stop) { return stop.kind == Stop::Kind::revision && !wanted[stop.node]; });
  if (!how.implicit_base && (has_base || has_stranger)) throw RangeNotAncestorError(as_text(lower), as_text(upper));
  if (!current.empty() && current.front().kind == Stop::Kind::nowhere) {
    // A relative lower end that runs off below every head counts from the upper end instead.
    current = {downgrade_target(as_ids(upper), as_text(lower), how.assert_relative_length).stop};
  }
  Nodes lower_nodes;
  for (const auto& stop : current) {
    if (stop.kind == Stop::Kind::revision) lower_nodes.push_back(stop.node);
  }

  for (const auto node : ancestors_of_distinct(lower_nodes)) wanted[node] = false;
  if (how.inclusive) {
    for (const auto node : lower_nodes) wanted[node] = true;
  }
  if (!lower_nodes.empty() && !how.implicit_base) {
    const auto above = mark(descendants(lower_nodes, Dependencies::ignore));
    for (Node node = 0; node < wanted.size(); ++node) wanted[node] = wanted[node] && above[node];
  }
  return {std::move(wanted), std::move(targets)};
}

Nodes RevisionMap::downgrade_roots(const DowngradeTarget& target, bool inclusive) const {
  Nodes roots = bases_;
  if (target.stop.kind == Stop::Kind::revision) {
    roots = inclusive ? Nodes{target.stop.node} : entries_[target.stop.node].next;
  }
  if (!target.branch_label || roots.size() < 2) return roots;
  const auto branch = resolve_branch(*target.branch_label);
  const auto on_branch = mark(ancestors(std::span(&branch, 1), Dependencies::ignore));
  std::erase_if(roots, [&](Node root) { return !on_branch[root]; });
  if (roots.empty()) throw RevisionError("Not a valid downgrade target from current heads");
  return roots;
}

RevisionMap::Selection RevisionMap::select_downgrade(const Target& upper, const Target& lower,
                                                     const Iteration& how) const {
  const auto current = as_ids(upper);
  DowngradeTarget target{std::nullopt, {Stop::Kind::base}};
  if (const auto lower_ids = as_ids(lower); !lower_ids.empty()) {
    target = downgrade_target(current, lower_ids.front(), how.assert_relative_length);
  }
  const auto roots = downgrade_roots(target, how.inclusive);
  const auto heads = get_revisions(upper);
  const auto active = mark(ancestors(heads));

  auto wanted = mark(descendants(roots));
  for (Node node = 0; node < wanted.size(); ++node) wanted[node] = wanted[node] && active[node];
  if (how.implicit_base) {
    const auto below = mark(ancestors(roots));
    for (Node node = 0; node < wanted.size(); ++node) wanted[node] = wanted[node] || (active[node] && !below[node]);
  }
  const bool nothing = std::ranges::find(wanted, true) == wanted.end();
  if (target.stop.kind == Stop::Kind::revision && nothing &&
      std::ranges::find(heads, target.stop.node) == heads.end()) {
    throw RangeNotAncestorError("Nothing to drop", as_text(upper));
  }
  return {std::move(wanted), heads};
}

}  // namespace support::alembic
