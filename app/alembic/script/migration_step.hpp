#pragma once

#include <string>
#include <vector>

#include "app/alembic/script/revision_map.hpp"

namespace support::alembic {

// One move of the database along the graph.
struct MigrationStep {
  enum class Kind { upgrade, downgrade, stamp };

  Kind kind = Kind::upgrade;
  Node node = 0;     // upgrade and downgrade: whose script runs
  RevisionIds from;  // by down_revision, as the log prints them
  RevisionIds to;
  bool is_upgrade = true;    // the direction; of a stamp as well
  bool branch_move = false;  // stamp: a branch appears or vanishes, no row moves along its line
  std::string doc;

  static MigrationStep of_script(const RevisionMap& map, Node node, Kind kind, std::string doc);

  // "upgrade a -> b", "stamp_revision a -> b".
  std::string short_log() const;
  // short_log() and the script's message.
  std::string log() const;
};

// A change of one row of the version table.
struct RowOperation {
  enum class Kind { insert, update, remove };

  Kind kind = Kind::insert;
  std::string from;  // update, remove
  std::string to;    // insert, update

  friend bool operator==(const RowOperation&, const RowOperation&) = default;
};

// Knows which rows the version table holds while steps are taken: one for each revision that is applied and that
// nothing else applied implies.
class HeadMaintainer {
 public:
  HeadMaintainer(const RevisionMap& map, RevisionIds heads) : map_(map), heads_(std::move(heads)) {}

  // What the step does to the rows, in the order in which it is to be done. Throws RevisionError when the rows can't be
  // what they are said to be.
  std::vector<RowOperation> update_to_step(const MigrationStep& step);

  const RevisionIds& heads() const { return heads_; }

 private:
  std::vector<RowOperation> upgrade(const MigrationStep& step) const;
  std::vector<RowOperation> downgrade(const MigrationStep& step) const;
  std::vector<RowOperation> stamp(const MigrationStep& step) const;
  bool has(const std::string& id) const;
  RevisionIds present(const RevisionIds& ids) const;
  // Of the revisions that `step` stands on, those that nothing else which is applied needs.
  RevisionIds not_needed_by_others(const Nodes& candidates, const MigrationStep& step) const;
  // Which revisions the rows stand for, before the first step.
  void find_applied();
  void apply(const RowOperation& operation);

  const RevisionMap& map_;
  RevisionIds heads_;
  std::vector<bool> applied_;  // by node; empty until it is asked for, and after a stamp
};

}  // namespace support::alembic
