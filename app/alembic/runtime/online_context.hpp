#pragma once

#include <memory>
#include <optional>
#include <string>

#include "app/alembic/runtime/connection.hpp"
#include "app/alembic/runtime/migration_lock.hpp"
#include "app/alembic/runtime/offline_context.hpp"
#include "app/alembic/runtime/step_failure.hpp"
#include "app/alembic/runtime/transaction.hpp"

namespace support::alembic {

// One run on a database: a connection opened for it and closed after it, under a lock that only one process has. What
// is committed together, Environment::transaction_mode says; what a step does outside of a transaction, its script.
// Blocks; not thread-safe.
class OnlineContext : private OperationSink {
 public:
  // Throws CommandError: exit code 3 when there is no connection, 5 on a thread that runs an event loop.
  OnlineContext(const ScriptDirectory& scripts, const Environment& environment);

  // The rows of the version table, in the order in which the server gives them; none without the table. Throws
  // CommandError.
  RevisionIds get_current_heads();
  // What Alembic's reports do on an empty database. That it can't be done (a read-only server, say) is no error.
  void create_version_table_for_report();

  // Runs what `planner` says. When there is nothing to do, no lock is taken. The planner is asked again once the lock
  // is held, because another process may have migrated meanwhile. Throws CommandError: exit code 4 when a step failed
  // (the message says what was rolled back and what stays), 5 when the lock was not to be had.
  void run_migrations(const Planner& planner, RunOptions options = {});

 private:
  class RunBind;
  // What is being executed, for the message when it fails.
  struct Current {
    SourceLine at;
    unsigned first_line = 1;  // within the SQL of the operation
    std::string statement;
  };

  void invoke(const Operation& operation, const SourceLine& at) override;
  const schema::ServerFeatures& server() const override { return features_; }
  void autocommit_block(const std::function<void()>& body) override;
  Bind& bind() override;
  const RunContext& context() const override { return environment_.run; }

  void ask_server_to_notice_our_end();
  bool nothing_to_do(const Planner& planner);
  void run_plan(const Planner& planner, RunOptions options, MigrationLock& lock);
  RevisionIds prepare_version_table(RunOptions options);
  void run_step(const MigrationStep& step, HeadMaintainer& heads);
  void run_scripts(const MigrationStep& step, HeadMaintainer& heads, bool is_transactional);
  void run_sql(const std::string& sql, const SourceLine& at);
  void copy(const std::string& statement, std::string_view rows);
  void run_outside_if_needed(const Operation& operation, const std::function<void()>& run);
  static void refuse_copy_to_client(const std::string& statement);
  void admit(const std::string& statement);
  std::size_t execute(const std::string& statement);
  void count_statement();
  void end_of_body();
  void write_row(const RowOperation& operation);
  void call_hooks(const MigrationStep& step, const HeadMaintainer& heads);
  std::string explain(const MigrationStep& step, const DatabaseError& error);
  void refuse_transaction_pooler(const MigrationLock& lock);
  void begin() { transaction_.emplace(*connection_); }
  void commit(const RevisionIds& rows);
  void settle_doubtful_commit(const RevisionIds& rows, const std::string& why);

  const ScriptDirectory& scripts_;
  const Environment& environment_;
  VersionTable table_;
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<Bind> bind_;
  schema::ServerFeatures features_;
  MigrationLock* lock_ = nullptr;  // both while run_plan() runs
  const HeadMaintainer* heads_ = nullptr;
  std::optional<Transaction> transaction_;  // none while a step runs outside
  bool has_own_transaction_ = false;        // a script that runs outside has begun one itself
  Progress progress_;
  Current current_;
};

}  // namespace support::alembic
