// RevisionMap: building the graph.
#include <algorithm>
#include <ranges>
#include <utility>

#include <fmt/format.h>

#include "app/alembic/script/revision_map.hpp"

namespace support::alembic {

namespace {

constexpr std::string_view illegal_in_ids = "+-:@";

void check_declaration(const Revision& declared) {
  const auto& id = declared.revision;
  if (std::ranges::find(declared.down_revisions, id) != declared.down_revisions.end()) {
    throw CycleDetected({id}, "Self-loop");
  }
  if (std::ranges::find(declared.depends_on, id) != declared.depends_on.end()) {
    throw DependencyCycleDetected({id}, "Dependency self-loop");
  }
  if (id.empty()) throw RevisionError("A revision identifier must not be empty");
  std::vector<std::string> found;
  for (const char c : illegal_in_ids) {
    if (id.find(c) != std::string::npos) found.emplace_back(1, c);
  }
  if (!found.empty()) {
    throw RevisionError(
        fmt::format("Character(s) '{}' not allowed in revision identifier '{}'", comma_separated(found), id));
  }
}

void append_unique(auto& list, const auto& value) {
  if (std::ranges::find(list, value) == list.end()) list.push_back(value);
}

}  // namespace

RevisionMap::RevisionMap(std::vector<Revision> revisions) {
  entries_.reserve(revisions.size());
  for (auto& revision : revisions) add(std::move(revision));
  map_branch_labels();
  link();
  normalize_dependencies();
  detect_cycles();
  spread_branch_labels();
}

void RevisionMap::add(Revision revision) {
  check_declaration(revision);
  const auto [place, is_new] = by_key_.try_emplace(revision.revision, static_cast<Node>(entries_.size()));
  if (is_new) {
    entries_.emplace_back();
  } else {
    warnings_.push_back(fmt::format("Revision {} is present more than once", revision.revision));
  }
  entries_[place->second].declared = std::move(revision);
}

void RevisionMap::map_branch_labels() {
  for (Node node = 0; node < entries_.size(); ++node) {
    auto& entry = entries_[node];
    for (const auto& label : entry.declared.branch_labels) {
      const auto [place, is_new] = by_key_.try_emplace(label, node);
      if (!is_new) {
        throw RevisionError(fmt::format("Branch name '{}' in revision {} already used by revision {}", label,
                                        entry.declared.revision, id(place->second)));
      }
      label_keys_.push_back(label);
    }
    entry.labels = entry.declared.branch_labels;
  }
}

Node RevisionMap::required(const std::string& key, const Entry& by) const {
  if (const auto* node = find(key)) return *node;
  throw MissingRevision(key, by.declared.revision);
}

void RevisionMap::link() {
  for (Node node = 0; node < entries_.size(); ++node) {
    auto& entry = entries_[node];
    for (const auto& parent : entry.declared.down_revisions) {
      const auto below = required(parent, entry);
      if (id(below) != parent) {
        throw RevisionError(fmt::format(
            "Revision {} names the branch label '{}' as its down_revision; write the revision identifier {} instead",
            entry.declared.revision, parent, id(below)));
      }
      append_unique(entry.down, below);
    }
    entry.all_down = entry.down;
    for (const auto& dependency : entry.declared.depends_on) {
      const auto below = required(dependency, entry);
      append_unique(entry.dependencies, below);
      append_unique(entry.all_down, below);
    }
    for (const auto below : entry.down) entries_[below].next.push_back(node);
    for (const auto below : entry.all_down) entries_[below].all_next.push_back(node);
  }
  for (Node node = 0; node < entries_.size(); ++node) {
    if (is_head(node)) heads_.push_back(node);
    if (is_real_head(node)) real_heads_.push_back(node);
    if (is_base(node)) bases_.push_back(node);
    if (entries_[node].all_down.empty()) real_bases_.push_back(node);
  }
}

void RevisionMap::normalize_dependencies() {
  std::vector<std::uint32_t> dependents(entries_.size());
  for (const auto& entry : entries_) {
    for (const auto below : entry.dependencies) ++dependents[below];
  }
  std::vector<Node> visited_for(entries_.size(), static_cast<Node>(entries_.size()));
  for (Node node = 0; node < entries_.size(); ++node) {
    auto& entry = entries_[node];
    // Only a dependency that another revision has as well can be implied; it is looked for until all are found.
    Nodes implied;
    Nodes open;
    std::ranges::copy_if(entry.dependencies, std::back_inserter(open),
                         [&](Node below) { return dependents[below] > 1; });
    Nodes todo = open.empty() ? Nodes{} : entry.down;
    while (!todo.empty() && !open.empty()) {
      const auto below = todo.back();
      todo.pop_back();
      if (below == node || std::exchange(visited_for[below], node) == node) continue;
      for (const auto known : entries_[below].dependencies) {
        if (std::erase(open, known) > 0) implied.push_back(known);
      }
      todo.insert(todo.end(), entries_[below].down.begin(), entries_[below].down.end());
    }
    entry.normalized_down = entry.down;
    for (const auto dependency : entry.dependencies) {
      if (std::ranges::find(implied, dependency) == implied.end()) append_unique(entry.normalized_down, dependency);
    }
  }
}

void RevisionMap::detect_cycles() const {
  if (entries_.empty()) return;
  const auto outside = [this](const Nodes& tops, Edges down, const Nodes& bottoms, Edges up) {
    const auto from_above = mark(related(tops, down));
    const auto from_below = mark(related(bottoms, up));
    RevisionIds missed;
    for (Node node = 0; node < entries_.size(); ++node) {
      if (!from_above[node] || !from_below[node]) missed.push_back(id(node));
    }
    // Nothing is reachable at all: the whole graph, in load order, as it is; otherwise sorted.
    if (!tops.empty() && !bottoms.empty()) std::ranges::sort(missed);
    return missed;
  };
  if (const auto missed = outside(heads_, &Entry::down, bases_, &Entry::next); !missed.empty()) {
    throw CycleDetected(missed);
  }
  if (const auto missed = outside(real_heads_, &Entry::all_down, real_bases_, &Entry::all_next); !missed.empty()) {
    throw DependencyCycleDetected(missed);
  }
}

// A label holds for all descendants; it also holds for ancestors as long as the line from the tip of the branch down
// to them has no branch point (dependents count) and no merge point.
void RevisionMap::spread_branch_labels() {
  for (Node node = 0; node < entries_.size(); ++node) {
    if (!entries_[node].declared.branch_labels.empty()) spread(entries_[node].declared.branch_labels, node);
  }
}

void RevisionMap::spread(const std::vector<std::string>& labels, Node start) {
  const auto give = [&](Node node) {
    for (const auto& label : labels) append_unique(entries_[node].labels, label);
  };
  const auto reached = related(std::span(&start, 1), &Entry::next);
  for (const auto node : reached) give(node);
  auto node = reached.back();
  while (entries_[node].all_next.size() <= 1 && !is_merge_point(node)) {
    give(node);
    if (is_base(node)) return;
    node = entries_[node].down.front();
  }
}

}  // namespace support::alembic
