#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "app/alembic/safety/history/record.hpp"
#include "app/alembic/script/script_directory.hpp"

namespace support::alembic::safety {

// What the migrations of this program are now. The operations are kept of the one alone that was asked for last.
class PresentMigrations {
 public:
  PresentMigrations(const ScriptDirectory& scripts, const schema::NamingConvention* naming_convention)
      : scripts_(scripts), naming_convention_(naming_convention) {}

  const ScriptDirectory& scripts() const { return scripts_; }
  // The revisions that `rows` of the version table stand for, from the bases up; rows that are unknown here left out.
  Nodes applied(const RevisionIds& rows) const;
  std::optional<std::string> bytes(alembic::Node node) const;
  // Valid until another one is asked for.
  const std::optional<CanonicalOperations>& operations(alembic::Node node);
  Checksums checksums(alembic::Node node);

 private:
  const ScriptDirectory& scripts_;
  const schema::NamingConvention* naming_convention_;
  std::optional<alembic::Node> last_;
  std::optional<CanonicalOperations> operations_;  // of the last one
};

// How the migration that is here compares with the one that was recorded.
enum class Agreement {
  same,
  formatting,  // its file has changed, and its operations have not
  edited,      // its operations have changed, or its file where the operations can't be known
  unknown      // there is nothing to compare
};
Agreement compare(const Checksums& recorded, PresentMigrations& present, alembic::Node node);

// Something about the history that somebody should look at.
struct HistoryFinding {
  enum class Kind {
    edited,       // an applied migration is not what was applied
    broken,       // the history itself was changed
    unprotected,  // the guard of the table is gone
    unrecorded,   // applied, and no record says how: by Python's Alembic, by hand, or the record was removed
    diverged,     // the version table was changed since the last record
    missing,      // recorded as applied, and not among the migrations here
    unfinished,   // begun outside of a transaction, and nobody knows how it ended
    formatting,   // comments and white space of an applied migration have changed
    accepted      // a break of the chain that a repair has accepted
  };

  Kind kind;
  std::string revision;
  std::string message;                    // a sentence or more
  std::vector<std::string> changes = {};  // edited: what has changed

  // Whether it means that somebody changed what was applied or recorded.
  bool is_tampering() const { return kind == Kind::edited || kind == Kind::broken || kind == Kind::unprotected; }
};
std::string_view name_of(HistoryFinding::Kind kind);

// The record that says what a revision is that is applied: its last one that is done, unless that took it away.
std::map<std::string, const Record*> accepted_records(const std::vector<Record>& history);

// Walks the chain, and compares what is applied with what is here. `history` in the order of positions, `rows` those of
// the version table.
std::vector<HistoryFinding> verify(const std::vector<Record>& history, const RevisionIds& rows,
                                   PresentMigrations& present);

// What an edited migration comes to, with what was recorded of it.
HistoryFinding edited(const Record& record, PresentMigrations& present, alembic::Node node);

}  // namespace support::alembic::safety
