#pragma once

#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "app/alembic/script/revision.hpp"

namespace support::tests {

struct GraphShape {
  std::size_t size = 12;
  double new_base = 0.1;
  double merge = 0.15;
  double dependency = 0.15;
  double label = 0;  // of a revision to begin a branch label; then some dependencies name a label
};

// Revisions with branches, merges, dependencies and several bases, parents before children. The same seed gives the
// same graph. A dependency goes to an earlier revision, so there is no cycle.
inline std::vector<alembic::Revision> random_graph(std::uint32_t seed, const GraphShape& shape = {}) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> chance(0, 1);
  std::vector<alembic::Revision> graph;
  std::vector<std::string> labels;
  for (std::size_t i = 0; i < shape.size; ++i) {
    alembic::Revision revision{.revision = fmt::format("{:04x}{:08x}", i * 2654435761U % 65536U, seed * 65536U + i)};
    const auto any = [&] { return graph[std::uniform_int_distribution<std::size_t>(0, i - 1)(random)].revision; };
    if (i > 0 && chance(random) >= shape.new_base) revision.down_revisions.push_back(any());
    if (!revision.down_revisions.empty() && chance(random) < shape.merge) {
      if (const auto other = any(); other != revision.down_revisions.front()) revision.down_revisions.push_back(other);
    }
    if (i > 0 && chance(random) < shape.dependency) revision.depends_on.push_back(any());
    if (shape.label > 0 && chance(random) < shape.label) {
      if (!labels.empty() && !revision.depends_on.empty()) revision.depends_on = {labels[random() % labels.size()]};
      labels.push_back(fmt::format("line{}", i));
      revision.branch_labels = {labels.back()};
    }
    graph.push_back(std::move(revision));
  }
  return graph;
}

}  // namespace support::tests
