#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/alembic/runtime/run_guard.hpp"
#include "app/alembic/safety/guard/disk_space.hpp"
#include "app/alembic/safety/guard/guard_limits.hpp"
#include "app/alembic/safety/guard/held_locks.hpp"
#include "app/alembic/safety/guard/lock_holders.hpp"
#include "app/alembic/safety/guard/retry_budget.hpp"
#include "app/alembic/safety/guard/statement_reader.hpp"
#include "app/alembic/safety/guard/watcher.hpp"

namespace support::alembic::safety {

// The guard of `upgrade` and `downgrade` (docs/safety.md): a statement asks for its locks when nobody stands in the
// way, waits for them no longer than lock_timeout, lets go and tries again, and is cancelled when too many wait behind
// it. For one run; not thread-safe.
class GuardedRun : public RunGuard {
 public:
  explicit GuardedRun(GuardLimits limits, ProgressLine::Place place = ProgressLine::place_of_process(),
                      FreeSpace free_space = free_space_here);

  void begin_run(Connection& session, MigrationLock& lock) override;
  void check_plan(const Plan& plan, const ScriptDirectory& scripts) override;
  void begin_step(const MigrationStep& step, std::size_t number, std::size_t steps) override;
  bool may_go_with_others(const std::string& statement) override;
  void run(const std::string& statement, bool in_transaction, const std::function<void()>& send) override;
  void reconsider(const DatabaseError& error) override;
  void end_transaction() override;
  void end_run() noexcept override;

 private:
  struct Missed;  // a try that did not get its locks

  Rows ask(const std::string& sql);
  void set_time_outs();
  void restore_lock_timeout();
  void refuse_old_snapshots(std::span<const Blocker> snapshots, const std::string& what) const;
  void refuse_full_disk(const std::string& statement, const ReadStatement& read) const;
  // How long a blocker has been there, by the server or since it was seen first.
  std::chrono::milliseconds age_of(const Blocker& blocker);
  void wait_until_free(const std::string& statement, const std::vector<LockRequest>& requests, bool in_transaction);
  std::optional<Missed> try_once(const std::string& statement, const ReadStatement& read, bool in_transaction,
                                 const std::function<void()>& send);
  void after_missed(const Missed& missed, const std::string& statement, bool in_transaction);
  // Pauses before the next try, or throws RunAgain when the run holds what others need, or wait for already.
  void pause(bool in_transaction, bool is_deadlock = false);
  [[noreturn]] void refuse_old(const std::string& statement, std::span<const Blocker> blockers) const;
  [[noreturn]] void refuse(const std::string& statement, const std::string& why,
                           std::span<const Blocker> blockers) const;

  const GuardLimits limits_;
  const ProgressLine::Place place_;
  const FreeSpace free_space_;
  Connection* session_ = nullptr;
  MigrationLock* lock_ = nullptr;
  std::vector<std::string> own_;  // server processes of the run
  StatementReader reader_;
  HeldLocks held_;
  RetryBudget budget_;
  std::optional<Watcher> watcher_;
  bool author_sets_timeout_ = false;  // since the step began
  std::string last_reported_;
  std::map<std::string, std::chrono::steady_clock::time_point> first_seen_;  // by pid
};

}  // namespace support::alembic::safety
