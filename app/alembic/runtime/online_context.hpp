#pragma once

#include "app/alembic/runtime/connection.hpp"
#include "app/alembic/runtime/migration_lock.hpp"
#include "app/alembic/runtime/offline_context.hpp"

namespace support::alembic {

// One run on a database: a connection opened for it and closed after it, all steps in one transaction that is committed
// whole or rolled back whole, under a lock that only one process has. Blocks; not thread-safe.
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
  // and everything was rolled back, 5 when the lock was not to be had.
  void run_migrations(const Planner& planner, RunOptions options = {});

 private:
  class Transaction;

  void invoke(const Operation& operation, const SourceLine& at) override;
  const schema::ServerFeatures& server() const override { return features_; }
  schema::ServerFeatures ask_features();
  std::size_t execute(const std::string& statement);
  bool nothing_to_do(const Planner& planner);
  RevisionIds prepare_version_table(RunOptions options);
  void run_step(const MigrationStep& step, HeadMaintainer& heads, Transaction& transaction);
  void write_row(const RowOperation& operation);
  void refuse_transaction_pooler(const MigrationLock& lock);
  void commit(Transaction& transaction, MigrationLock& lock, const RevisionIds& heads);
  void settle_doubtful_commit(const RevisionIds& heads, const std::string& why);

  const ScriptDirectory& scripts_;
  const Environment& environment_;
  VersionTable table_;
  Connection connection_;
  schema::ServerFeatures features_;
};

}  // namespace support::alembic
