#pragma once

#include <cstddef>
#include <vector>

namespace support::alembic::autogenerate {

// Actions of which some must come before others. Where nothing forbids it they come by rank, and by their numbers
// within a rank.
class ActionGraph {
 public:
  using Action = std::size_t;  // numbered from 0

  Action add(int rank);
  // An action does not wait for itself.
  void require(Action first, Action then);

  struct Order {
    std::vector<Action> actions;
    std::vector<Action> circle;  // when not empty, nothing but these waits for these, and `actions` is not complete
  };
  Order order() const;

 private:
  std::vector<Action> find_circle(const std::vector<std::size_t>& waiting) const;

  std::vector<int> ranks_;
  std::vector<std::vector<Action>> followers_;
};

}  // namespace support::alembic::autogenerate
