#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <stdexcept>
#include <string>

#include "app/alembic/script/migration_step.hpp"

namespace support::alembic {

class Connection;
class DatabaseError;
class MigrationLock;
class ScriptDirectory;
struct Plan;

// A guard does not let the run go on: nothing is wrong with the migration, but it would hurt now, or here. what() says
// who or what stands in the way and what to do; the run ends with exit code 5.
class GuardRefusal : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Thrown by a guard: the run has to let go of all locks that it holds, and begin again after the pause. No
// std::exception, so that nothing takes it for a failure of the migration.
struct RunAgain {
  std::chrono::milliseconds pause{};
};

// Stands between a run and the database: looks at what the run is about to do, and at who would suffer from it. The
// engine knows this interface alone; app/alembic/safety/guard has the guard. All may throw GuardRefusal, and what the
// connections throw.
class RunGuard {
 public:
  RunGuard() = default;
  RunGuard(const RunGuard&) = delete;
  RunGuard& operator=(const RunGuard&) = delete;
  virtual ~RunGuard() = default;

  // The run's transaction is open, its lock is held, and nothing has been done; again whenever it begins anew. Both
  // outlive the run.
  virtual void begin_run(Connection& session, MigrationLock& lock) = 0;
  // Before the first step.
  virtual void check_plan(const Plan& plan, const ScriptDirectory& scripts) = 0;
  // `number` from 1.
  virtual void begin_step(const MigrationStep& step, std::size_t number, std::size_t steps) = 0;
  // Whether nobody else can be waiting for what the statement touches, so that it may go in one message with its
  // neighbours. It is taken to be carried out when that is so.
  virtual bool may_go_with_others(const std::string& statement) = 0;
  // Carries a statement out by calling `send`, once for each try. Throws RunAgain when the locks that the run holds
  // already would hurt while it waits.
  virtual void run(const std::string& statement, bool in_transaction, const std::function<void()>& send) = 0;
  // A statement that went with others has failed: throws RunAgain when that is worth a try.
  virtual void reconsider(const DatabaseError& error) = 0;
  // What the run's transaction held is free.
  virtual void end_transaction() = 0;
  // The run is over, well or not: its sessions are about to be closed.
  virtual void end_run() noexcept = 0;
};

}  // namespace support::alembic
