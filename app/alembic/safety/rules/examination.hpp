#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/alembic/safety/finding.hpp"
#include "app/alembic/safety/lint_options.hpp"
#include "app/alembic/safety/model/session.hpp"
#include "app/alembic/safety/model/table_locks.hpp"
#include "app/alembic/safety/syntax/script.hpp"

namespace support::alembic::safety {

// What a rule says beside its name; the rest of the finding is filled in.
struct Report {
  std::string message;
  std::string relation = {};
  LockMode lock = LockMode::none;
  Held held = Held::instant;
  std::string safer = {};
  std::optional<Severity> severity = {};  // the rule's own when not set
};

// A finding that what follows may take back.
struct PendingFinding {
  enum class Until { end_of_transaction, end_of_file };
  enum class Unless {
    relation_exists,  // a relation of this name is there again
    has_primary_key,
    has_policy,
    has_index,        // one that begins with `columns`
    sequence_is_set,  // setval() or RESTART was seen
  };

  Until until;
  Unless unless;
  RelationName relation;
  std::vector<std::string> columns;
  unsigned statement = 0;  // that it is about
  std::string_view rule;
  Report report;
};

struct DroppedIndex {
  Index index;
  RelationName table;
  unsigned statement = 0;
};

// What the rules remember of the statements of a file.
struct FileMemory {
  bool is_transaction_unsaid = false;  // neither the file nor the user says how it is run
  std::vector<PendingFinding> pending;
  std::vector<DroppedIndex> dropped_indexes;
  std::shared_ptr<const ParseTree> last_alter_table;     // when the statement before was one
  std::vector<std::string> dropped_if_exists;            // indexes and constraints
  std::vector<std::pair<unsigned, unsigned>> backfills;  // statement, transaction
  bool sets_any_sequence = false;
  std::vector<std::string> once;  // rules that speak once a transaction, or once a file, and have spoken
};

// One statement before it is replayed, with all that the rules may look at.
class Examination {
 public:
  Examination(const Statement& examined, const Node& examined_node, unsigned examined_number,
              unsigned statements_in_file, const SchemaModel& before, const Session& connection,
              const LintOptions& wanted, FileMemory& file_memory);

  const Statement& statement;
  const Node node;
  const unsigned number;     // of the statement in the run, from 1
  const unsigned file_size;  // statements of the file, without SET and the like
  const SchemaModel& model;
  const Session& session;
  const LintOptions& options;
  FileMemory& memory;
  const std::vector<TableLock> locks;
  // The longest that one of the findings so far holds its lock.
  Held held = Held::instant;

  struct Reported {
    std::string_view rule;
    unsigned statement;
    Report report;
  };
  std::vector<Reported> reported;

  void report(std::string_view rule, Report report);
  void report_about(unsigned statement_number, std::string_view rule, Report report);
  // False when the rule has spoken of `about` already.
  bool first_time(std::string_view rule, std::string_view about = "");

  // The relation that the statement is about: what is known of it, "ALTER TABLE t" and t as SQL.
  RelationName target() const { return model.resolve(node["relation"]); }
  const Relation* known_target() const { return model.find(target()); }
  bool target_is_new() const { return model.is_new(target()); }
  // ALTER TABLE: a sub-command as it is written; "" when they can't be told apart.
  std::string command_text(std::size_t index) const;
};

using Check = void (*)(Examination&);
std::span<const Check> checks();

// Identifiers and names as SQL.
std::string quoted(std::string_view identifier);
std::string quoted(const RelationName& name);
std::string quoted_list(const std::vector<std::string>& columns);

}  // namespace support::alembic::safety
