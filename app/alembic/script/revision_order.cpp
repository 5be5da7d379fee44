#include "app/alembic/script/revision_order.hpp"

#include <algorithm>
#include <optional>

namespace support::alembic {

namespace {

class Ordering {
 public:
  Ordering(const RevisionMap& map, std::vector<bool> wanted, const Nodes& starts)
      : map_(map),
        todo_(std::move(wanted)),
        emitted_(map.size()),
        children_(map.size()),
        settled_(map.size()),
        is_line_(map.size()) {
    auto involved = starts;
    for (Node node = 0; node < todo_.size(); ++node) {
      if (!todo_[node]) continue;
      ++remaining_;
      involved.push_back(node);
    }
    // Only what lies at or below the range can hold a line back. In load order, as the lines are: the search for a line
    // above finds the first one at once.
    auto below_range = map_.ancestors(involved);
    std::ranges::sort(below_range);
    for (const auto node : below_range) {
      for (const auto below : map_.normalized_down(node)) children_[below].push_back(node);
    }
  }

  Nodes run(Nodes starts) {
    add(std::move(starts));
    while (remaining_ > 0) {
      while (!lines_.empty()) step();
      // The ends of the range may not reach all of it (a range across a dependency): go on with its topmost part.
      if (remaining_ > 0) add(tops());
    }
    return std::move(output_);
  }

 private:
  void add(Nodes starts) {
    std::ranges::sort(starts);
    const auto repeated = std::ranges::unique(starts);
    starts.erase(repeated.begin(), repeated.end());
    std::ranges::copy_if(starts, std::back_inserter(lines_), [&](Node node) { return todo_[node]; });
    for (const auto node : lines_) is_line_[node] = true;
    current_ = 0;
  }

  Nodes tops() const {
    Nodes result;
    for (Node node = 0; node < todo_.size(); ++node) {
      if (todo_[node] && std::ranges::none_of(children_[node], [&](Node child) { return todo_[child]; })) {
        result.push_back(node);
      }
    }
    return result;
  }

  // The children of `node` that are still to come begin here.
  std::size_t first_unemitted(Node node) {
    auto& begin = settled_[node];
    while (begin < children_[node].size() && emitted_[children_[node][begin]]) ++begin;
    return begin;
  }

  // The first other line that stands above `node`. What was emitted has no line above it any more. Depth first, and no
  // further than to the first line of all: in a wide graph that one is found at once.
  std::optional<std::size_t> line_above(Node node) {
    if (first_unemitted(node) == children_[node].size()) return std::nullopt;
    const auto best = static_cast<std::size_t>(current_ == 0 ? 1 : 0);
    std::vector<bool> above(todo_.size());
    std::vector<std::pair<Node, std::size_t>> path{{node, first_unemitted(node)}};
    while (!path.empty()) {
      auto& [at, next] = path.back();
      if (next == children_[at].size()) {
        path.pop_back();
        continue;
      }
      const auto child = children_[at][next++];
      if (emitted_[child] || above[child]) continue;
      if (best < lines_.size() && lines_[best] == child) return best;
      above[child] = true;
      path.emplace_back(child, first_unemitted(child));
    }
    const auto line = std::ranges::find_if(lines_, [&](Node at) { return above[at]; });
    if (line == lines_.end()) return std::nullopt;
    return static_cast<std::size_t>(line - lines_.begin());
  }

  void step() {
    const auto node = lines_[current_];
    if (const auto line = line_above(node)) {
      current_ = *line;
      return;
    }
    output_.push_back(node);
    todo_[node] = false;
    emitted_[node] = true;
    --remaining_;
    Nodes further;
    std::ranges::copy_if(map_.normalized_down(node), std::back_inserter(further),
                         [&](Node below) { return todo_[below] && !is_line_[below]; });
    for (const auto below : further) is_line_[below] = true;
    if (further.empty()) {
      lines_.erase(lines_.begin() + static_cast<std::ptrdiff_t>(current_));
      current_ = current_ > 0 ? current_ - 1 : 0;
      return;
    }
    lines_[current_] = further.front();
    lines_.insert(lines_.end(), further.begin() + 1, further.end());
  }

  const RevisionMap& map_;
  std::vector<bool> todo_;
  std::vector<bool> emitted_;
  std::vector<Nodes> children_;
  std::vector<std::size_t> settled_;  // by node: how many of its first children are emitted
  std::size_t remaining_ = 0;
  Nodes lines_;  // where each unfinished line stands
  std::vector<bool> is_line_;
  std::size_t current_ = 0;
  Nodes output_;
};

}  // namespace

Nodes topological_order(const RevisionMap& map, std::vector<bool> wanted, Nodes starts) {
  Ordering ordering(map, std::move(wanted), starts);
  return ordering.run(std::move(starts));
}

}  // namespace support::alembic
