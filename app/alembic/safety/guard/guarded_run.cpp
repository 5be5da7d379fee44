#include "app/alembic/safety/guard/guarded_run.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/alembic/runtime/connection.hpp"
#include "app/alembic/runtime/messages.hpp"
#include "app/alembic/runtime/migration_lock.hpp"
#include "app/alembic/safety/guard/duration_text.hpp"
#include "app/alembic/safety/guard/preflight.hpp"
#include "app/config/logging.hpp"

namespace support::alembic::safety {

namespace {

constexpr std::string_view logger = "alembic.runtime.guard";
constexpr std::string_view lock_not_available = "55P03";
constexpr std::string_view deadlock_detected = "40P01";
constexpr std::string_view query_canceled = "57014";
constexpr auto savepoint = "support_agent_guard";

using Clock = std::chrono::steady_clock;

std::chrono::milliseconds since(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
}

void say(const std::string& sentence) {
  config::log_event(spdlog::level::info, logger, sentence);
}

bool is_lock_failure(const DatabaseError& error) {
  return error.sqlstate() == lock_not_available || error.sqlstate() == deadlock_detected;
}

std::string step_text(const MigrationStep& step, std::size_t number, std::size_t steps) {
  return fmt::format("revision {} of {}, {}", number, steps, step_revision(step));
}

}  // namespace

struct GuardedRun::Missed {
  std::string why;  // "lock_timeout ran out after 2 s"
  bool is_deadlock = false;
  std::optional<Abort> abort;
};

GuardedRun::GuardedRun(GuardLimits limits, ProgressLine::Place place, FreeSpace free_space)
    : limits_(limits), place_(place), free_space_(std::move(free_space)), budget_(limits.retry_deadline) {}

Rows GuardedRun::ask(const std::string& sql) {
  return lock_->query(sql);
}

void GuardedRun::begin_run(Connection& session, MigrationLock& lock) {
  session_ = &session;
  lock_ = &lock;
  reader_.forget();
  held_.clear();
  const auto rows = session.query("SELECT pg_backend_pid(), pg_is_in_recovery()");
  if (rows.at(0).at(1) == "t") {
    throw GuardRefusal(
        "this server is a standby, which takes no changes: point DATABASE_URL at the primary, or let it choose one "
        "with "
        "target_session_attrs=read-write");
  }
  const auto pid = rows.at(0).at(0).value_or("");
  own_ = {pid, lock.backend()};
  if (!watcher_) watcher_.emplace([&lock](const std::string& sql) { return lock.query(sql); }, pid, limits_, place_);
  set_time_outs();
}

// What DATABASE_URL sets by its `options` stays as it is.
void GuardedRun::set_time_outs() {
  session_->query(fmt::format(
      "SELECT set_config(name, value, false) FROM (VALUES ('lock_timeout', '{}'), ('statement_timeout', '{}'), "
      "('idle_in_transaction_session_timeout', '{}')) wanted(name, value) JOIN pg_settings USING (name) WHERE source "
      "<> "
      "'client' AND setting <> value",
      limits_.lock_timeout.count(), limits_.statement_timeout.count(), limits_.idle_timeout.count()));
  author_sets_timeout_ = false;
}

void GuardedRun::restore_lock_timeout() {
  session_->execute(fmt::format("SET lock_timeout = {}", limits_.lock_timeout.count()));
}

void GuardedRun::check_plan(const Plan& plan, const ScriptDirectory& scripts) {
  const auto concurrent = first_concurrent_build(plan, scripts);
  if (!concurrent || limits_.blocker_age.count() == 0) return;
  refuse_old_snapshots(old_snapshots([this](const auto& sql) { return ask(sql); }, limits_.blocker_age, own_),
                       *concurrent);
}

void GuardedRun::refuse_old_snapshots(std::span<const Blocker> snapshots, const std::string& what) const {
  if (snapshots.empty()) return;
  throw GuardRefusal(
      fmt::format("{} would wait for every transaction that is older than itself, and there {} older than {}: {}. Let "
                  "{} end, or end {} ({}), or raise MIGRATION_BLOCKER_AGE",
                  what, snapshots.size() == 1 ? "is one" : fmt::format("are {}", snapshots.size()),
                  duration_text(limits_.blocker_age), joined_texts(snapshots), snapshots.size() == 1 ? "it" : "them",
                  snapshots.size() == 1 ? "it" : "them", snapshots.front().remedy()));
}

void GuardedRun::begin_step(const MigrationStep& step, std::size_t number, std::size_t steps) {
  watcher_->begin_step(step_text(step, number, steps));
  if (std::exchange(author_sets_timeout_, false)) restore_lock_timeout();
}

bool GuardedRun::may_go_with_others(const std::string& statement) {
  if (!reader_.read(statement).is_private) return false;
  reader_.carried_out();
  return true;
}

void GuardedRun::run(const std::string& statement, bool in_transaction, const std::function<void()>& send) {
  const auto read = reader_.read(statement);
  author_sets_timeout_ = author_sets_timeout_ || read.sets_timeout;
  if (read.is_session || read.is_private) {
    send();
    reader_.carried_out();
    return;
  }
  refuse_full_disk(statement, read);
  budget_.begin_statement();
  for (;;) {
    if (read.builds_index && limits_.blocker_age.count() > 0) {
      refuse_old_snapshots(old_snapshots([this](const auto& sql) { return ask(sql); }, limits_.blocker_age, own_),
                           shortened(statement));
    }
    wait_until_free(statement, held_.missing(read.requests), in_transaction);
    const auto missed = try_once(statement, read, in_transaction, send);
    if (!missed) break;
    after_missed(*missed, statement, in_transaction);
  }
  if (in_transaction) held_.add(read.requests);
  reader_.carried_out();
}

// A rewrite that runs out of disk fails after it has kept everybody waiting, and may take the server along.
void GuardedRun::refuse_full_disk(const std::string& statement, const ReadStatement& read) const {
  for (const auto& relation : read.rewritten) {
    if (const auto shortage = disk_shortage(*session_, relation, free_space_)) {
      throw GuardRefusal(fmt::format(
          "{} was not let through: it may write the table anew, and the disk has no room for a second copy: {}. Make "
          "room, or move the table to a tablespace that has it",
          shortened(statement), shortage->text()));
    }
  }
}

std::chrono::milliseconds GuardedRun::age_of(const Blocker& blocker) {
  const auto seen = first_seen_.try_emplace(blocker.pid, Clock::now()).first->second;
  return blocker.age.value_or(since(seen));
}

// Nobody queues behind a statement that has not been sent. A transaction that is younger than lock_timeout may well end
// within it, so it is worth a try; otherwise a busy table would never be free.
void GuardedRun::wait_until_free(const std::string& statement, const std::vector<LockRequest>& requests,
                                 bool in_transaction) {
  if (requests.empty()) return;
  const auto patience = limits_.lock_timeout.count() > 0 ? limits_.lock_timeout : GuardLimits{}.lock_timeout;
  for (;;) {
    auto holders = lock_holders([this](const auto& sql) { return ask(sql); }, requests, own_);
    std::erase_if(holders, [&](const Blocker& holder) { return age_of(holder) < patience; });
    if (holders.empty()) return;
    const auto is_old = [&](const Blocker& holder) { return age_of(holder) >= limits_.blocker_age; };
    if (limits_.blocker_age.count() > 0 && std::ranges::any_of(holders, is_old)) refuse_old(statement, holders);
    if (budget_.is_exhausted()) {
      refuse(statement, fmt::format("it has waited for {} (MIGRATION_RETRY_DEADLINE)", duration_text(budget_.spent())),
             holders);
    }
    const auto who = joined_texts(holders);
    if (std::exchange(last_reported_, holders.front().pid + statement) != holders.front().pid + statement) {
      say(fmt::format("Not sent yet, so that nobody queues behind it: {}. In its way: {}", shortened(statement), who));
    }
    pause(in_transaction);
  }
}

std::optional<GuardedRun::Missed> GuardedRun::try_once(const std::string& statement, const ReadStatement& read,
                                                       bool in_transaction, const std::function<void()>& send) {
  const bool has_own_timeout = read.is_concurrent && !in_transaction && !author_sets_timeout_;
  if (in_transaction) session_->execute(fmt::format("SAVEPOINT {}", savepoint));
  if (has_own_timeout) {
    session_->execute(fmt::format("SET lock_timeout = {}", limits_.concurrent_lock_timeout.count()));
  }
  const auto start = Clock::now();
  watcher_->watch(shortened(statement), read.is_concurrent);
  std::optional<Missed> missed;
  try {
    send();
    watcher_->stop();
  } catch (const DatabaseError& error) {
    auto abort = watcher_->stop();
    const bool was_cancelled = abort && error.sqlstate() == query_canceled;
    if (!was_cancelled && !is_lock_failure(error)) {
      if (has_own_timeout) restore_lock_timeout();
      throw;
    }
    budget_.spend(since(start));
    if (!was_cancelled) abort.reset();
    const bool is_deadlock = error.sqlstate() == deadlock_detected;
    missed = {.why = was_cancelled ? fmt::format("{} sessions waited behind it", abort->queue)
                     : is_deadlock ? "the server found a deadlock"
                                   : fmt::format("lock_timeout ran out after {}", duration_text(since(start))),
              .is_deadlock = is_deadlock,
              .abort = std::move(abort)};
  } catch (...) {
    watcher_->stop();
    throw;
  }
  if (in_transaction) {
    if (missed) session_->execute(fmt::format("ROLLBACK TO SAVEPOINT {}", savepoint));
    session_->execute(fmt::format("RELEASE SAVEPOINT {}", savepoint));
  }
  if (has_own_timeout) restore_lock_timeout();
  return missed;
}

void GuardedRun::after_missed(const Missed& missed, const std::string& statement, bool in_transaction) {
  if (missed.abort) {
    if (missed.abort->reason == Abort::Reason::old_blocker) refuse_old(statement, missed.abort->blockers);
    // It had its locks, so it would be as long in the way the next time.
    if (missed.abort->blockers.empty()) {
      refuse(statement,
             fmt::format("{}, more than MIGRATION_QUEUE_LIMIT ({}), while it worked", missed.why, limits_.queue), {});
    }
  }
  const auto holders = missed.abort ? missed.abort->blockers
                                    : lock_holders([this](const auto& sql) { return ask(sql); },
                                                   held_.missing(reader_.read(statement).requests), own_);
  if (budget_.is_exhausted()) {
    refuse(statement,
           fmt::format("{}, and all tries together took {} (MIGRATION_RETRY_DEADLINE)", missed.why,
                       duration_text(budget_.spent())),
           holders);
  }
  say(fmt::format("Try {} of {} was given up: {}{}", budget_.tries() + 1, shortened(statement), missed.why,
                  holders.empty() ? "" : "; in its way: " + joined_texts(holders)));
  pause(in_transaction, missed.is_deadlock);
}

// A savepoint gives back the locks of the statement only. When the run is in somebody's way with what it holds from
// before, the next try would find the same knot.
void GuardedRun::pause(bool in_transaction, bool is_deadlock) {
  const auto pause = budget_.next_pause();
  budget_.spend(pause);
  if (in_transaction) {
    const auto is_waited_for = [&] {
      return queue_behind([this](const auto& sql) { return ask(sql); }, own_.front()) > 0;
    };
    if (is_deadlock || held_.block_application() || is_waited_for()) throw RunAgain{pause};
  }
  std::this_thread::sleep_for(pause);
}

void GuardedRun::refuse_old(const std::string& statement, std::span<const Blocker> blockers) const {
  refuse(statement,
         fmt::format("a transaction older than {} (MIGRATION_BLOCKER_AGE) holds what it needs",
                     duration_text(limits_.blocker_age)),
         blockers);
}

void GuardedRun::refuse(const std::string& statement, const std::string& why, std::span<const Blocker> blockers) const {
  auto text = fmt::format("{} was not let through: {}", shortened(statement), why);
  if (!blockers.empty()) {
    text += fmt::format("; in its way: {}. Run it again when that is over, or end it: {}", joined_texts(blockers),
                        blockers.front().remedy());
  } else {
    text += ". Run it again in a quieter hour; `support-agent migrate lint` prints how to do the same without the lock";
  }
  throw GuardRefusal(text);
}

void GuardedRun::reconsider(const DatabaseError& error) {
  if (!is_lock_failure(error) || budget_.is_exhausted()) return;
  say(fmt::format("A statement did not get its locks ({}): {}", error.what(), shortened(error.statement())));
  const auto pause = budget_.next_pause();
  budget_.spend(std::max(pause, limits_.lock_timeout));
  throw RunAgain{pause};
}

void GuardedRun::end_transaction() {
  held_.clear();
  reader_.share();
}

void GuardedRun::end_run() noexcept {
  watcher_.reset();
  session_ = nullptr;
  lock_ = nullptr;
}

}  // namespace support::alembic::safety
