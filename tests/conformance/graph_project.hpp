#pragma once

#include <random>
#include <string>
#include <vector>

#include "app/alembic/script/script_directory.hpp"

#include "tests/conformance/python_alembic.hpp"
#include "tests/support/random_graph.hpp"
#include "tests/support/test_cluster.hpp"

namespace support::tests {

// A generated graph as a project of both tools. What its migrations do is to write themselves down, so that the order
// in which they were run can be compared.
class GraphProject {
 public:
  // The same seed makes the same graph: from lines up to forests with branches, merges, dependencies and labels.
  explicit GraphProject(std::uint32_t seed, std::string python_url = {});

  // What the migrations and state() need.
  static const char* const set_up;
  // Back to a database that no migration has seen.
  static constexpr auto clear = "DROP TABLE IF EXISTS alembic_version; TRUNCATE journal RESTART IDENTITY";

  struct State {
    std::vector<std::string> rows;     // of the version table, sorted
    std::vector<std::string> journal;  // which migrations have run, in their order

    bool operator==(const State&) const = default;
  };
  static State state(const TestDatabase& database);

  const std::vector<alembic::Revision>& graph() const { return graph_; }
  const alembic::ScriptDirectory& scripts() const { return scripts_; }
  const PythonAlembic& python() const { return python_; }

  // A word of the identifier grammar, mostly one that means something here.
  std::string identifier(std::mt19937& random) const;
  // What `upgrade` or `downgrade` may be asked for.
  std::string target(std::mt19937& random) const;

 private:
  const std::string& any_id(std::mt19937& random) const { return graph_[random() % graph_.size()].revision; }
  std::string branch(std::mt19937& random) const;

  std::vector<alembic::Revision> graph_;
  std::vector<std::string> labels_;
  alembic::ScriptDirectory scripts_;
  PythonAlembic python_;
};

}  // namespace support::tests
