#include "app/alembic/autogenerate/action_graph.hpp"

#include <algorithm>
#include <functional>
#include <queue>
#include <utility>

namespace support::alembic::autogenerate {

ActionGraph::Action ActionGraph::add(int rank) {
  ranks_.push_back(rank);
  followers_.emplace_back();
  return ranks_.size() - 1;
}

void ActionGraph::require(Action first, Action then) {
  if (first != then) followers_.at(first).push_back(then);
}

ActionGraph::Order ActionGraph::order() const {
  std::vector<std::size_t> waiting(ranks_.size(), 0);
  for (const auto& followers : followers_) {
    for (const auto follower : followers) ++waiting[follower];
  }
  using Entry = std::pair<int, Action>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> ready;
  for (Action action = 0; action < ranks_.size(); ++action) {
    if (waiting[action] == 0) ready.emplace(ranks_[action], action);
  }
  Order order;
  while (!ready.empty()) {
    const auto action = ready.top().second;
    ready.pop();
    order.actions.push_back(action);
    for (const auto follower : followers_[action]) {
      if (--waiting[follower] == 0) ready.emplace(ranks_[follower], follower);
    }
  }
  if (order.actions.size() < ranks_.size()) order.circle = find_circle(waiting);
  return order;
}

// Each action that still waits does so for another one that waits: going back from one to the next ends in a circle.
std::vector<ActionGraph::Action> ActionGraph::find_circle(const std::vector<std::size_t>& waiting) const {
  std::vector<Action> waited_for(ranks_.size(), ranks_.size());
  for (Action action = 0; action < ranks_.size(); ++action) {
    if (waiting[action] == 0) continue;
    for (const auto follower : followers_[action]) {
      if (waiting[follower] > 0) waited_for[follower] = action;
    }
  }
  const auto first = std::ranges::find_if(waiting, [](std::size_t count) { return count > 0; });
  auto at = static_cast<Action>(first - waiting.begin());
  std::vector<bool> seen(ranks_.size(), false);
  while (!seen[at]) {
    seen[at] = true;
    at = waited_for[at];
  }
  std::vector<Action> circle{at};
  for (auto next = waited_for[at]; next != at; next = waited_for[next]) circle.push_back(next);
  std::ranges::reverse(circle);
  return circle;
}

}  // namespace support::alembic::autogenerate
