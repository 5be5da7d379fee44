#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/alembic/safety/model/schema_model.hpp"
#include "app/alembic/safety/model/table_locks.hpp"
#include "app/alembic/safety/model/table_work.hpp"
#include "app/alembic/safety/signoff/pending_statements.hpp"
#include "app/alembic/safety/signoff/signoff_file.hpp"
#include "app/alembic/safety/signoff/table_sizes.hpp"
#include "app/alembic/script/script_directory.hpp"

namespace support::alembic::safety {

// A big table, and what a statement does to it.
struct BigWork {
  TableSize table;
  Work work = Work::scan;
  std::string why;       // a clause
  bool is_known = true;  // false: only that it could

  // "reads all of public.messages (250,000,000 rows): builds index ix"
  std::string text() const;
};

// A statement that needs a sign-off.
struct NeededSignoff {
  PendingStatement statement;
  std::string sha256;
  std::vector<BigWork> work;
  std::vector<TableLock> locks;
  bool is_signed = false;

  std::string relations() const;  // "public.messages, public.events"
};

// Which names the catalog has while pending statements are looked at: those of before the run, or what each of them has
// left behind.
enum class CatalogIs { before, live };

// Decides which statements need a sign-off: those that read or write all of a big table. Follows the statements of a
// run in their order, so that it knows what the earlier ones made of the schema. Throws what the sizes throw.
class SignoffGate {
 public:
  // All outlive the gate.
  SignoffGate(const SignoffFile& signoffs, TableSizes& sizes, SignoffLimits limits, WorkOptions options = {});

  // Whether there is a table here that needs one.
  bool has_big_tables();
  // A statement that has been carried out before.
  void assume(const PendingStatement& statement);
  // What comes now is pending: a table that one of these statements makes needs no sign-off.
  void begin_pending() {
    model_.next_epoch();
    renamed_.clear();
  }
  // What comes now undoes what was pending: it may run when the tables that this made have grown.
  void begin_way_back() { model_.next_epoch(); }
  void set_catalog(CatalogIs catalog) { catalog_ = catalog; }
  // Nothing when the statement needs none.
  std::optional<NeededSignoff> examine(const PendingStatement& statement);

 private:
  void add_big(NeededSignoff& needed, const TableWork& work, bool is_known);
  RelationName in_catalog(RelationName name) const;
  void follow_names(const Node& statement);

  const SignoffFile& signoffs_;
  TableSizes& sizes_;
  SignoffLimits limits_;
  WorkOptions options_;
  SchemaModel model_;
  CatalogIs catalog_ = CatalogIs::before;
  std::vector<std::pair<RelationName, RelationName>> renamed_;  // from, to: pending, so the catalog has the first
};

// Brings a gate to where the database is before the revisions: what these stand on is carried out.
void assume_below(SignoffGate& gate, std::span<const alembic::Node> revisions, const ScriptDirectory& scripts,
                  const Rendering& rendering);

// The statements of a script that need a sign-off, signed ones included.
std::vector<NeededSignoff> examine_all(SignoffGate& gate, std::span<const PendingStatement> statements);

// "support-agent migrate --script-location mig signoff ae10"
std::string signoff_command(const ScriptDirectory& scripts, std::string_view revision);

// The sentences of a refusal, with what to do.
std::string refusal(std::span<const NeededSignoff> statements, const ScriptDirectory& scripts);

}  // namespace support::alembic::safety
