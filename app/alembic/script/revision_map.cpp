#include "app/alembic/script/revision_map.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include <fmt/format.h>

namespace support::alembic {

namespace {

// "-2", as Python's int() would read it; empty for anything that is not a negative number.
std::optional<long> negative_number(std::string_view text) {
  long value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range && text.starts_with('-')) return std::numeric_limits<int>::min();
  if (error != std::errc() || end != text.data() + text.size() || value >= 0) return std::nullopt;
  return value;
}

}  // namespace

RevisionIds RevisionMap::ids(std::span<const Node> nodes) const {
  RevisionIds result;
  result.reserve(nodes.size());
  for (const auto node : nodes) result.push_back(id(node));
  return result;
}

std::vector<bool> RevisionMap::mark(std::span<const Node> nodes) const {
  std::vector<bool> marks(entries_.size());
  for (const auto node : nodes) marks[node] = true;
  return marks;
}

const Node* RevisionMap::find(const std::string& key) const {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? nullptr : &found->second;
}

bool RevisionMap::has(const std::string& id) const {
  const auto* node = find(id);
  return node != nullptr && entries_[*node].declared.revision == id;
}

Nodes RevisionMap::related(std::span<const Node> targets, Edges edges) const {
  std::vector<bool> seen(entries_.size());
  Nodes result;
  Nodes todo;
  for (const auto target : targets) {
    todo.push_back(target);
    while (!todo.empty()) {
      const auto node = todo.back();
      todo.pop_back();
      if (seen[node]) continue;
      seen[node] = true;
      result.push_back(node);
      const auto& further = entries_[node].*edges;
      todo.insert(todo.end(), further.begin(), further.end());
    }
  }
  return result;
}

Nodes RevisionMap::ancestors(std::span<const Node> targets, Dependencies dependencies) const {
  return related(targets, dependencies == Dependencies::follow ? &Entry::normalized_down : &Entry::down);
}

Nodes RevisionMap::descendants(std::span<const Node> targets, Dependencies dependencies) const {
  return related(targets, dependencies == Dependencies::follow ? &Entry::all_next : &Entry::next);
}

Nodes RevisionMap::ancestors_of_distinct(std::span<const Node> targets) const {
  const auto is_target = mark(targets);
  auto result = ancestors(targets);
  if (targets.size() < 2) return result;
  // A target below another one is reached over an edge that starts at an ancestor of the other.
  const bool overlapping = std::ranges::any_of(result, [&](Node node) {
    return std::ranges::any_of(entries_[node].normalized_down, [&](Node below) { return is_target[below]; });
  });
  if (!overlapping) return result;
  for (const auto target : targets) {
    const auto covered = mark(ancestors(std::span(&target, 1)));
    RevisionIds overlaps;
    for (Node other = 0; other < covered.size(); ++other) {
      if (other != target && covered[other] && is_target[other]) overlaps.push_back(id(other));
    }
    if (overlaps.empty()) continue;
    throw RevisionError(fmt::format("Requested revision {} overlaps with other requested revisions {}", id(target),
                                    comma_separated(overlaps)));
  }
  return result;
}

std::optional<Node> RevisionMap::get_current_head(const std::optional<std::string>& branch_label) const {
  const auto candidates = branch_label ? filter_for_lineage(heads_, *branch_label) : heads_;
  if (candidates.size() > 1) {
    throw MultipleHeads(ids(candidates), branch_label ? *branch_label + "@head" : "head");
  }
  if (candidates.empty()) return std::nullopt;
  return candidates.front();
}

RevisionMap::Resolved RevisionMap::resolve(std::string_view identifier) const {
  Resolved result;
  if (const auto at = identifier.find('@'); at != std::string_view::npos) {
    result.branch_label = identifier.substr(0, at);
    identifier.remove_prefix(at + 1);
  }
  if (identifier == "heads") {
    result.ids = ids(result.branch_label ? filter_for_lineage(heads_, *result.branch_label) : real_heads_);
  } else if (identifier == "head") {
    if (const auto head = get_current_head(result.branch_label)) result.ids = {id(*head)};
  } else if (identifier != "base") {
    result.ids = {std::string(identifier)};
  }
  return result;
}

Node RevisionMap::resolve_branch(const std::string& branch_label) const {
  if (const auto* node = find(branch_label)) return *node;
  try {
    return revision_for_ident(branch_label, std::nullopt);
  } catch (const ResolutionError&) {
    throw ResolutionError(fmt::format("No such branch: '{}'", branch_label), branch_label);
  }
}

std::vector<std::string_view> RevisionMap::keys_starting_with(std::string_view prefix) const {
  std::vector<std::string_view> keys;
  if (prefix.empty()) return keys;
  const auto consider = [&](std::string_view key) {
    if (key.size() > 3 && key.starts_with(prefix)) keys.push_back(key);
  };
  for (const auto& entry : entries_) consider(entry.declared.revision);
  for (const auto& label : label_keys_) consider(label);
  return keys;
}

Node RevisionMap::revision_for_ident(const std::string& ident, const std::optional<std::string>& check_branch) const {
  std::optional<std::vector<bool>> members;
  if (check_branch) {
    const auto branch = resolve_branch(*check_branch);
    members = lineage(std::span(&branch, 1), Dependencies::ignore);
  }
  const auto* found = find(ident);
  if (found == nullptr) {
    auto keys = keys_starting_with(ident);
    if (members) std::erase_if(keys, [&](auto key) { return !(*members)[by_key_.at(std::string(key))]; });
    if (keys.empty()) {
      throw ResolutionError(
          fmt::format("No such revision or branch '{}'{}", ident,
                      ident.size() < 4 ? "; please ensure at least four characters are present for partial revision "
                                         "identifier matches"
                                       : ""),
          ident);
    }
    if (keys.size() > 1) {
      keys.resize(std::min<std::size_t>(keys.size(), 3));
      throw ResolutionError(fmt::format("Multiple revisions start with '{}': '{}'...", ident, fmt::join(keys, "', '")),
                            ident);
    }
    found = find(std::string(keys.front()));
  }
  if (members && !(*members)[*found]) {
    throw ResolutionError(fmt::format("Revision {} is not a member of branch '{}'", id(*found), *check_branch), ident);
  }
  return *found;
}

std::optional<Node> RevisionMap::get_revision(std::string_view identifier) const {
  const auto resolved = resolve(identifier);
  if (resolved.ids.size() > 1) throw MultipleHeads(resolved.ids, std::string(identifier));
  if (resolved.ids.empty()) {
    if (resolved.branch_label) resolve_branch(*resolved.branch_label);
    return std::nullopt;
  }
  return revision_for_ident(resolved.ids.front(), resolved.branch_label);
}

std::optional<Node> RevisionMap::on_branch(const std::optional<std::string>& branch_label,
                                           std::string_view symbol) const {
  return get_revision(branch_label ? fmt::format("{}@{}", *branch_label, symbol) : std::string(symbol));
}

std::vector<RevisionMap::Stop> RevisionMap::stops(std::string_view identifier) const {
  const auto resolved = resolve(identifier);
  std::vector<Stop> result;
  if (resolved.ids.size() == 1) {
    if (const auto steps = negative_number(resolved.ids.front())) {
      // -N and label@-N: below each head of what is there, not below the database's rows.
      for (const auto head : real_heads_) {
        const auto& labels = entries_[head].labels;
        const auto& wanted = resolved.branch_label;
        if (wanted && std::ranges::find(labels, *wanted) == labels.end()) continue;
        result.push_back(walk(head, *steps, std::nullopt, true));
      }
      return result;
    }
  }
  for (const auto& ident : resolved.ids) {
    result.push_back({Stop::Kind::revision, revision_for_ident(ident, resolved.branch_label)});
  }
  return result;
}

std::vector<RevisionMap::Stop> RevisionMap::stops(const Target& target) const {
  if (const auto* identifier = std::get_if<std::string>(&target)) return stops(std::string_view(*identifier));
  std::vector<Stop> result;
  for (const auto& identifier : std::get<RevisionIds>(target)) {
    for (const auto& stop : stops(std::string_view(identifier))) result.push_back(stop);
  }
  return result;
}

Nodes RevisionMap::get_revisions(const Target& target) const {
  Nodes result;
  for (const auto& stop : stops(target)) {
    if (stop.kind == Stop::Kind::nowhere) throw RevisionError("Walked too far");
    if (stop.kind == Stop::Kind::revision) result.push_back(stop.node);
  }
  return result;
}

std::vector<bool> RevisionMap::lineage(std::span<const Node> nodes, Dependencies dependencies) const {
  auto marks = mark(ancestors(nodes, dependencies));
  for (const auto node : descendants(nodes, dependencies)) marks[node] = true;
  return marks;
}

Nodes RevisionMap::filter_for_lineage(std::span<const Node> targets, std::string_view identifier,
                                      Dependencies dependencies) const {
  const auto resolved = resolve(identifier);
  Nodes result(targets.begin(), targets.end());
  if (result.empty() || (resolved.ids.empty() && !resolved.branch_label)) return result;
  Nodes shares;
  if (resolved.branch_label) shares.push_back(revision_for_ident(*resolved.branch_label, std::nullopt));
  for (const auto& ident : resolved.ids) shares.push_back(revision_for_ident(ident, std::nullopt));
  const auto members = lineage(shares, dependencies);
  std::erase_if(result, [&](Node node) { return !members[node]; });
  return result;
}

Nodes RevisionMap::all_current(const RevisionIds& rows) const {
  const auto active = ancestors(get_revisions(Target(rows)));
  const auto is_active = mark(active);
  Nodes tips;
  for (Node node = 0; node < entries_.size(); ++node) {
    if (!is_active[node]) continue;
    // A tip of its branch has no active descendant; every revision between two active ones is active as well.
    const auto& next = entries_[node].next;
    if (std::ranges::none_of(next, [&](Node above) { return is_active[above]; })) tips.push_back(node);
  }
  return tips;
}

}  // namespace support::alembic
