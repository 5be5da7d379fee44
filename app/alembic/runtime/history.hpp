#pragma once

#include <string>
#include <vector>

#include "app/alembic/runtime/connection.hpp"
#include "app/alembic/script/script_directory.hpp"

namespace support::alembic {

// What keeps a record of the steps of a run in the database, beside the version table. The run calls it, under the
// migration lock, on its own connection; it is told of a step when the step has written its rows, and hands back the
// statements that keep what it was told, to go to the server in one message with the next COMMIT: version table, record
// and catalog are committed together or not at all. Of one run; not thread-safe.
class RunHistory {
 public:
  RunHistory() = default;
  RunHistory(const RunHistory&) = delete;
  RunHistory& operator=(const RunHistory&) = delete;
  virtual ~RunHistory() = default;

  // Before the first step, within a transaction. `rows` are those of the version table. Throws CommandError, exit code
  // 5, when the steps must not be taken.
  virtual void begin(Connection& connection, const ScriptDirectory& scripts, const RevisionIds& rows,
                     const Plan& plan) = 0;
  // The statements of this step follow.
  virtual void begin_step(const MigrationStep& step) = 0;
  // What the step does from here on takes effect for good at once, before it is done.
  virtual void leave_transaction() = 0;
  // The step has written its rows, and `rows` are what the version table holds now.
  virtual void end_step(const RevisionIds& rows) = 0;

  // What is to be written now, within the transaction, so that a long run does not keep all it was told; empty: what is
  // there can wait for the COMMIT.
  virtual std::vector<std::string> portion() = 0;
  // What is to be written before the next COMMIT; empty: nothing.
  virtual std::vector<std::string> statements() = 0;
  // They are committed.
  virtual void committed() = 0;
  // The step that was begun, or the commit behind it, failed and was rolled back; the connection is in no transaction.
  // Writes what it can in a transaction of its own, and throws nothing.
  virtual void fail(Connection& connection, const std::string& why) noexcept = 0;
};

}  // namespace support::alembic
