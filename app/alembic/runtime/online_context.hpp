#pragma once

#include <memory>
#include <optional>
#include <string>

#include "app/alembic/runtime/connection.hpp"
#include "app/alembic/runtime/migration_lock.hpp"
#include "app/alembic/runtime/offline_context.hpp"
#include "app/alembic/runtime/run_session.hpp"
#include "app/alembic/runtime/step_failure.hpp"

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
  void invoke(const Operation& operation, const SourceLine& at) override;
  const schema::ServerFeatures& server() const override { return features_; }
  void autocommit_block(const std::function<void()>& body) override;
  Bind& bind() override { return session_.bind(); }
  const RunContext& context() const override { return environment_.run; }

  void ask_server_to_notice_our_end();
  bool nothing_to_do(const Planner& planner);
  void run_until_done(const Planner& planner, RunOptions options, MigrationLock& lock);
  void run_plan(const Planner& planner, RunOptions options, MigrationLock& lock);
  RevisionIds prepare_version_table(RunOptions options);
  void run_step(const MigrationStep& step, HeadMaintainer& heads);
  void run_scripts(const MigrationStep& step, HeadMaintainer& heads, bool is_transactional);
  void run_outside_if_needed(const Operation& operation, const std::function<void()>& run);
  void write_row(const RowOperation& operation);
  void call_hooks(const MigrationStep& step, const HeadMaintainer& heads);
  void refuse_transaction_pooler(const MigrationLock& lock);
  void leave_transaction(const RevisionIds& rows);
  void commit(const RevisionIds& rows);
  void record_failure(const std::string& why);
  void settle_doubtful_commit(const RevisionIds& rows, const std::string& why);

  const ScriptDirectory& scripts_;
  const Environment& environment_;
  VersionTable table_;
  RunSession session_;
  schema::ServerFeatures features_;
  MigrationLock* lock_ = nullptr;  // both while run_plan() runs
  const HeadMaintainer* heads_ = nullptr;
  Progress progress_;
};

}  // namespace support::alembic
