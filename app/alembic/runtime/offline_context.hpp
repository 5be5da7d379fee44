#pragma once

#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

#include "app/alembic/env.hpp"
#include "app/alembic/operations/operations.hpp"
#include "app/alembic/runtime/version_table.hpp"
#include "app/alembic/script/script_directory.hpp"

namespace support::alembic {

// What to do from the rows that the version table holds.
using Planner = std::function<Plan(const RevisionIds& current)>;

struct RunOptions {
  bool purge = false;  // empty the version table first
};

struct OfflineOptions {
  schema::ServerFeatures server = {};  // what there is; by default everything
  // Whether the steps are logged: not where the script is but a means to something else.
  enum class Narration { logged, silent } narration = Narration::logged;
};

// `--sql`: writes the script that an operator can run later, in Alembic's text shape. Contacts no database, so
// everything is taken to be available, unless the options say what there is.
class OfflineContext : private OperationSink {
 public:
  OfflineContext(const ScriptDirectory& scripts, const Environment& environment, std::ostream& out,
                 OfflineOptions options = {});

  // From `starting_revision` (none or "base": from an empty database, and then the version table is created as well).
  // Throws CommandError; then nothing has been written but the BEGIN of a run that is one transaction, because half a
  // script would do harm wherever a step leaves the transaction.
  void run_migrations(const std::optional<std::string>& starting_revision, const Planner& planner,
                      RunOptions options = {});
  // The script that creates the version table and nothing else.
  void ensure_version();

 private:
  void invoke(const Operation& operation, const SourceLine& at) override;
  const schema::ServerFeatures& server() const override { return options_.server; }
  void autocommit_block(const std::function<void()>& body) override;
  Bind& bind() override;
  const RunContext& context() const override { return environment_.run; }

  RevisionIds current_heads(const std::optional<std::string>& starting_revision) const;
  void run_step(const MigrationStep& step, HeadMaintainer& heads);
  void run_body_and_row(const MigrationStep& step, HeadMaintainer& heads);
  void begin();
  void commit();
  void write(std::string_view statement);
  void write_one_by_one(const std::string& sql);
  void print();
  void log(const std::string& sentence) const;

  const ScriptDirectory& scripts_;
  const Environment& environment_;
  std::ostream& out_;
  VersionTable table_;
  OfflineOptions options_;
  bool is_in_transaction_ = false;
  std::string text_;  // not printed yet
};

}  // namespace support::alembic
