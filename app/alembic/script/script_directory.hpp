#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/alembic/script/migration_step.hpp"
#include "app/alembic/script/revision_map.hpp"
#include "app/alembic/script/script.hpp"
#include "app/alembic/script/script_location.hpp"

namespace support::alembic {

// What a command is going to do, and what it should warn about first.
struct Plan {
  std::vector<MigrationStep> steps;
  std::vector<std::string> warnings;
};

// All migrations of one place, with their graph. Immutable. The questions are Alembic's ScriptDirectory's; errors are
// CommandError with Alembic's sentences.
class ScriptDirectory {
 public:
  // In load order, which decides the order of parallel branches. Throws CommandError when they make no graph.
  explicit ScriptDirectory(std::vector<Script> scripts, std::vector<ScriptLocation> locations = {},
                           std::vector<std::string> warnings = {});
  // The migrations of these places, one after the other. Throws CommandError when one can't be read.
  static ScriptDirectory open(std::vector<ScriptLocation> locations);
  // The migrations that are compiled in.
  static ScriptDirectory builtin();

  // The steps from the rows `current` to `destination`, in the order to take them. The scripts of upgrades and
  // downgrades are checked first, and there is no way down past an irreversible one.
  Plan upgrade_revs(const std::string& destination, const RevisionIds& current) const;
  Plan downgrade_revs(const std::string& destination, const RevisionIds& current) const;
  Plan stamp_revs(const RevisionIds& destinations, const RevisionIds& current) const;

  // What a new revision is put on; nothing for "base". Distinct.
  Nodes parents_of_new(const Target& target) const;
  // `dependencies` as a script names them: a branch label as it is, an identifier in full.
  std::vector<std::string> resolve_dependencies(const std::vector<std::string>& dependencies) const;
  // Throws CommandError when the graph would be none with this revision in it.
  void check_new(const Revision& declared) const;

  // Whether this full identifier is one of the revisions.
  bool has(const std::string& id) const { return map_.has(id); }
  std::optional<Node> get_revision(std::string_view identifier) const;
  Nodes get_revisions(const Target& target) const;
  // From head down to base, both included; a relative end that runs off the graph stops at its last revision.
  Nodes walk_revisions(const Target& base = "base", const Target& head = "heads") const;
  // For the rows of a version table: the tip of each branch, those that other rows imply included.
  Nodes get_all_current(const RevisionIds& rows) const;
  RevisionIds get_heads() const { return map_.ids(map_.heads()); }
  RevisionIds get_bases() const { return map_.ids(map_.bases()); }
  // Throws CommandError when there are several.
  std::optional<std::string> get_current_head() const;
  std::optional<std::string> get_base() const;
  // A symbol as the revisions it stands for now; none for "base".
  RevisionIds as_revision_number(std::string_view identifier) const;

  const RevisionMap& map() const { return map_; }
  const Script& script(Node node) const { return scripts_[node]; }
  const std::vector<ScriptLocation>& locations() const { return locations_; }
  // Sentences about things that are legal but hardly meant, such as an identifier that occurs twice.
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  void stamp_one(const std::string& destination, const Nodes& current, Plan& plan) const;
  Plan steps_of(const Nodes& nodes, MigrationStep::Kind kind) const;

  RevisionMap map_;
  std::vector<Script> scripts_;  // by node
  std::vector<ScriptLocation> locations_;
  std::vector<std::string> warnings_;
};

// What `history`, `heads`, `current` and `branches` print of a revision.
struct Format {
  bool verbose = false;
  bool include_branches = false;
  bool include_doc = false;
  bool include_parents = false;
  bool tree_indicators = true;
  bool is_current = false;  // the database is at it, as far as anybody has looked
};
std::string cmd_format(const ScriptDirectory& scripts, Node node, const Format& format);
// The block of lines of `show` and of the verbose forms.
std::string log_entry(const ScriptDirectory& scripts, Node node, bool is_current = false);

}  // namespace support::alembic
