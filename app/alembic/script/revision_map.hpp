#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "app/alembic/script/revision.hpp"

namespace support::alembic {

// A revision's place in the load order.
using Node = std::uint32_t;
using Nodes = std::vector<Node>;

enum class Dependencies { ignore, follow };

// How far and in which sense iterate() walks.
struct Iteration {
  bool implicit_base = false;          // bring in what the upper end needs from branches the lower end is not on
  bool inclusive = false;              // the lower end is part of the answer
  bool assert_relative_length = true;  // a relative end that runs off the graph is an error, not the last revision
  bool for_downgrade = false;          // select what must be undone, dependents included
};

// The graph of all revisions: a pure value, built once, immutable and so safe to read from any thread. Rules and error
// sentences are Alembic's (1.19); where several orders are right, the answer follows the load order, so that every run
// says the same. Building is linear in the number of revisions and edges.
//
// Every member that takes an identifier or a Target throws RevisionError or one of its children.
class RevisionMap {
 public:
  // In load order. Throws RevisionError: illegal id, parent missing, label taken twice, cycle.
  explicit RevisionMap(std::vector<Revision> revisions);

  // Partial identifiers and symbols; empty for "base". Throws when several revisions are meant.
  std::optional<Node> get_revision(std::string_view identifier) const;
  // The revisions a target names, in its order; nothing for "base".
  Nodes get_revisions(const Target& target) const;
  // The only head (of a branch); empty when there are no revisions. Throws MultipleHeads.
  std::optional<Node> get_current_head(const std::optional<std::string>& branch_label = {}) const;
  // From the upper end down to the lower, children before their parents.
  Nodes iterate(const Target& upper, const Target& lower, const Iteration& how = {}) const;
  // The targets that are ancestors or descendants of what `identifier` names; all when it names "base".
  Nodes filter_for_lineage(std::span<const Node> targets, std::string_view identifier,
                           Dependencies dependencies = Dependencies::ignore) const;
  // The rows of a version table plus what they imply through depends_on: one revision for each branch.
  Nodes all_current(const RevisionIds& rows) const;

  // With the targets themselves, depth first.
  Nodes ancestors(std::span<const Node> targets, Dependencies dependencies = Dependencies::follow) const;
  Nodes descendants(std::span<const Node> targets, Dependencies dependencies = Dependencies::follow) const;
  // ancestors(), but a target that is an ancestor of another one is an error.
  Nodes ancestors_of_distinct(std::span<const Node> targets) const;

  std::size_t size() const { return entries_.size(); }
  const Revision& revision(Node node) const { return entries_[node].declared; }
  const std::string& id(Node node) const { return entries_[node].declared.revision; }
  RevisionIds ids(std::span<const Node> nodes) const;
  // Whether a full identifier is one of the revisions.
  bool has(const std::string& id) const;
  // Of a full identifier that is one of the revisions.
  Node node_of(const std::string& id) const { return by_key_.at(id); }
  // By down_revision.
  const Nodes& down(Node node) const { return entries_[node].down; }
  const Nodes& next(Node node) const { return entries_[node].next; }
  // next(), then the revisions that depend on this one.
  const Nodes& dependents(Node node) const { return entries_[node].all_next; }
  // down() and the dependencies that no ancestor requires already: what a version table has to hold for this revision.
  const Nodes& normalized_down(Node node) const { return entries_[node].normalized_down; }
  // The revision's own labels and those that reach it along its branch.
  const std::vector<std::string>& branch_labels(Node node) const { return entries_[node].labels; }

  bool is_base(Node node) const { return entries_[node].down.empty(); }
  bool is_head(Node node) const { return entries_[node].next.empty(); }
  // A head that nothing depends on either.
  bool is_real_head(Node node) const { return entries_[node].all_next.empty(); }
  bool is_branch_point(Node node) const { return entries_[node].next.size() > 1; }
  bool is_merge_point(Node node) const { return entries_[node].down.size() > 1; }

  const Nodes& heads() const { return heads_; }
  const Nodes& bases() const { return bases_; }
  const Nodes& real_heads() const { return real_heads_; }
  const Nodes& real_bases() const { return real_bases_; }
  // Sentences about things that are legal but hardly meant, such as an id that occurs twice.
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  struct Entry {
    Revision declared;
    Nodes down;
    Nodes dependencies;  // depends_on resolved to revisions
    Nodes all_down;      // down, then dependencies
    Nodes normalized_down;
    Nodes next;
    Nodes all_next;  // next, then dependents
    std::vector<std::string> labels;
  };
  // Where a walk of N steps ended.
  struct Stop {
    enum class Kind { revision, base, nowhere };
    Kind kind = Kind::nowhere;
    Node node = 0;
  };
  struct Resolved {
    std::vector<std::string> ids;
    std::optional<std::string> branch_label;
  };
  struct Selection {
    std::vector<bool> wanted;
    Nodes heads;
  };
  struct DowngradeTarget {
    std::optional<std::string> branch_label;
    Stop stop;
  };
  using Edges = Nodes Entry::*;

  // revision_map_load.cpp
  void add(Revision revision);
  void map_branch_labels();
  void link();
  Node required(const std::string& id, const Entry& by) const;
  void normalize_dependencies();
  void detect_cycles() const;
  void spread_branch_labels();
  void spread(const std::vector<std::string>& labels, Node start);

  // revision_map.cpp
  Nodes related(std::span<const Node> targets, Edges edges) const;
  std::vector<bool> mark(std::span<const Node> nodes) const;
  const Node* find(const std::string& key) const;
  std::vector<std::string_view> keys_starting_with(std::string_view prefix) const;
  Resolved resolve(std::string_view identifier) const;
  Node resolve_branch(const std::string& branch_label) const;
  Node revision_for_ident(const std::string& id, const std::optional<std::string>& check_branch) const;
  std::vector<bool> lineage(std::span<const Node> nodes, Dependencies dependencies) const;
  std::vector<Stop> stops(const Target& target) const;
  std::vector<Stop> stops(std::string_view identifier) const;
  std::optional<Node> on_branch(const std::optional<std::string>& branch_label, std::string_view symbol) const;

  // revision_walk.cpp
  Stop walk(std::optional<Node> start, long steps, const std::optional<std::string>& branch_label,
            bool assert_relative_length) const;
  Nodes children_on_branch(std::optional<Node> start, const std::optional<std::string>& branch_label) const;
  std::optional<Node> upgrade_start(const RevisionIds& current, const std::optional<std::string>& branch_label) const;
  std::string downgrade_start(const RevisionIds& current, const std::optional<std::string>& branch_label,
                              std::string_view target) const;
  Nodes upgrade_targets(const RevisionIds& current, const Target& target, bool assert_relative_length) const;
  DowngradeTarget downgrade_target(const RevisionIds& current, std::string_view target,
                                   bool assert_relative_length) const;
  Nodes on_branch_of(const Nodes& targets, const std::string& lower) const;
  Selection select_upgrade(const Target& upper, const Target& lower, const Iteration& how) const;
  Selection select_downgrade(const Target& upper, const Target& lower, const Iteration& how) const;
  Nodes downgrade_roots(const DowngradeTarget& target, bool inclusive) const;

  std::vector<Entry> entries_;
  std::unordered_map<std::string, Node> by_key_;  // ids and branch labels
  std::vector<std::string> label_keys_;           // in load order
  Nodes heads_;
  Nodes bases_;
  Nodes real_heads_;
  Nodes real_bases_;
  std::vector<std::string> warnings_;
};

}  // namespace support::alembic
