#include "app/alembic/safety/trace/tracer.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "app/alembic/errors.hpp"
#include "app/alembic/safety/trace/server_lock_mode.hpp"
#include "app/alembic/script/statement_words.hpp"

namespace support::alembic::safety {
namespace {

constexpr std::string_view active_sql_transaction = "25001";
constexpr std::string_view invalid_transaction_termination = "2D000";

// Of a statement that comes and goes, some locks are held for less than a millisecond: it is run again on copies until
// that shows nothing new.
constexpr int most_rounds = 8;
constexpr int quiet_rounds = 2;
constexpr int most_times = 10;

// For VACUUM: it sleeps with its locks held, which does not change them.
constexpr std::string_view slow_vacuum = "SET vacuum_cost_delay = '2ms'; SET vacuum_cost_limit = 1";

bool refuses_block(const DatabaseError& error) {
  return error.sqlstate() == active_sql_transaction || error.sqlstate() == invalid_transaction_termination;
}

std::string place(const StatementSource& source) {
  auto file = source.line == 0 ? source.file : fmt::format("{}:{}", source.file, source.line);
  if (source.revision.empty()) return file;
  return file.empty() ? "revision " + source.revision : fmt::format("{} (revision {})", file, source.revision);
}

void add_lock(StatementTrace& trace, const RelationCatalog& existing, Oid relation, LockMode mode, std::size_t since) {
  const auto found = existing.find(relation);
  if (found != existing.end()) trace.locks.push_back({found->second.name, mode, since});
}

void sort_locks(StatementTrace& trace) {
  std::ranges::sort(trace.locks, [](const TracedLock& one, const TracedLock& other) {
    return std::tie(one.relation.shown, one.mode) < std::tie(other.relation.shown, other.mode);
  });
}

}  // namespace

Tracer::Tracer(ScratchDatabase& scratch) : scratch_(scratch) {
  connect();
}

void Tracer::connect() {
  connection_ = scratch_.connect();
  for (const auto& setting : settings_) connection_->execute(setting);
}

void Tracer::begin() {
  open_transaction();
  is_shared_ = true;
}

void Tracer::commit() {
  try {
    close_transaction("COMMIT");
  } catch (const DatabaseError& error) {
    // What was put off to the end.
    is_shared_ = false;
    fail("COMMIT", traces_.empty() ? StatementSource{} : traces_.back().source, error);
  }
  is_shared_ = false;
}

void Tracer::open_transaction() {
  connection_->execute("BEGIN");
  if (looking_ == Looking::off) return;
  existing_ = before_ = read_relations(*connection_, ScanCount::of_transaction);
  since_.clear();
  done_.clear();
}

void Tracer::close_transaction(std::string_view end) {
  connection_->execute(std::string(end));
}

void Tracer::run(const std::string& sql, const StatementSource& source) {
  const auto control = transaction_control(sql);
  if (control == TransactionControl::begins) {
    if (!is_shared_) begin();
    return;
  }
  if (control == TransactionControl::ends) {
    if (is_shared_) close_transaction(sql);
    is_shared_ = false;
    return;
  }
  trace(sql, source, [this, sql] { connection_->execute(sql); });
  remember_setting(sql);
}

void Tracer::copy(const std::string& sql, std::string_view rows, const StatementSource& source) {
  trace(sql, source, [this, sql, rows = std::string(rows)] { connection_->copy(sql, rows); });
}

std::vector<Bind::Row> Tracer::query(const std::string& sql, const StatementSource& source) {
  std::vector<Bind::Row> rows;
  trace(sql, source, [&] { rows = connection_->query(sql); });
  // The answer is the caller's, and it is gone by the time a transaction might be repeated.
  if (!done_.empty()) done_.back() = [this, sql] { connection_->query(sql); };
  return rows;
}

void Tracer::trace(const std::string& sql, const StatementSource& source, const Work& work) {
  try {
    if (looking_ == Looking::off) return work();
    if (!is_shared_) return run_alone(sql, source, work);
    run_in_transaction(sql, source, Execution::shared, work);
    done_.push_back(work);
  } catch (const DatabaseError& error) {
    if (!is_shared_ || !refuses_block(error) || on_refusal_ == Refusal::fails) fail(sql, source, error);
    leave_transaction();
    trace(sql, source, work);
    begin();
  } catch (const ConnectionLost& error) {
    throw CommandError(
        fmt::format("{}: the connection to the scratch database was lost: {}", place(source), error.what()),
        ExitCode::unreachable);
  }
}

// The server has undone the transaction because of one statement too many.
void Tracer::leave_transaction() {
  connection_->execute("ROLLBACK");
  is_shared_ = false;
  if (done_.empty()) return;
  connection_->execute("BEGIN");
  for (const auto& work : std::exchange(done_, {})) work();
  connection_->execute("COMMIT");
}

void Tracer::run_alone(const std::string& sql, const StatementSource& source, const Work& work) {
  open_transaction();
  try {
    run_in_transaction(sql, source, Execution::alone, work);
  } catch (const DatabaseError& error) {
    connection_->execute("ROLLBACK");
    if (!refuses_block(error)) throw;
    return run_sampled(sql, source);
  }
  close_transaction("COMMIT");
}

void Tracer::run_in_transaction(const std::string& sql, const StatementSource& source, Execution execution,
                                const Work& work) {
  work();
  StatementTrace trace{.sql = sql, .source = source, .execution = execution};
  look(trace);
  traces_.push_back(std::move(trace));
}

void Tracer::look(StatementTrace& trace) {
  const auto held = connection_->query(
      "SELECT relation, mode FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'relation' AND granted");
  const auto number = traces_.size();
  std::map<std::pair<Oid, LockMode>, std::size_t> since;
  for (const auto& row : held) {
    const auto relation = static_cast<Oid>(std::stoul(row.at(0).value_or("0")));
    const auto mode = lock_mode_of(row.at(1).value_or(""));
    if (mode == LockMode::none) continue;
    const auto earlier = since_.find({relation, mode});
    const auto taken = earlier == since_.end() ? number : earlier->second;
    since.emplace(std::pair{relation, mode}, taken);
    add_lock(trace, existing_, relation, mode, taken);
  }
  since_ = std::move(since);
  sort_locks(trace);
  auto after = read_relations(*connection_, ScanCount::of_transaction);
  add_changes(trace, existing_, before_, after);
  before_ = std::move(after);
}

// Servers before 15 report when they like to; then a scan may be missed.
RelationCatalog Tracer::reported_relations() {
  try {
    connection_->query("SELECT pg_stat_force_next_flush()");
  } catch (const DatabaseError&) {
    // Not known there.
  }
  return read_relations(*connection_, ScanCount::reported);
}

void Tracer::run_sampled(const std::string& sql, const StatementSource& source) {
  StatementTrace trace{.sql = sql, .source = source, .execution = Execution::sampled};
  SeenLocks seen;
  // A database that somebody is on can't be copied.
  connection_.reset();
  for (int round = 0, quiet = 0; round < most_rounds && quiet < quiet_rounds; ++round) {
    const auto copy = scratch_.copy();
    const auto known = seen.size();
    seen.merge(sample(*copy, sql));
    quiet = seen.size() == known ? quiet + 1 : 0;
  }
  connect();
  const auto before = reported_relations();
  seen.merge(sample(scratch_, sql));
  const auto after = reported_relations();
  for (const auto& [relation, mode] : seen) add_lock(trace, before, relation, mode, traces_.size());
  sort_locks(trace);
  add_changes(trace, before, before, after);
  traces_.push_back(std::move(trace));
}

SeenLocks Tracer::sample(ScratchDatabase& where, const std::string& sql) {
  const bool is_copy = &where != &scratch_;
  std::unique_ptr<Connection> other;
  if (is_copy) {
    other = where.connect();
    for (const auto& setting : settings_) other->execute(setting);
    other->execute(std::string(slow_vacuum));
  }
  auto& connection = is_copy ? *other : *connection_;
  LockSampler sampler(where.observer(), make_blockers([&] { return where.connect(); }),
                      connection.scalar("SELECT pg_backend_pid()"));
  connection.execute(sql);
  // What can be said twice shows its locks again; the rest is refused at once.
  try {
    for (int times = 1; is_copy && times < most_times; ++times) connection.execute(sql);
  } catch (const DatabaseError&) {
    return sampler.stop();
  }
  return sampler.stop();
}

// SET LOCAL ends with its transaction; SET TRANSACTION is about one.
void Tracer::remember_setting(const std::string& sql) {
  const auto words = leading_words(sql, 2);
  if (!begins_with(words, {"SET"}) && !begins_with(words, {"RESET"})) return;
  if (begins_with(words, {"SET", "LOCAL"}) || begins_with(words, {"SET", "TRANSACTION"}) ||
      begins_with(words, {"SET", "CONSTRAINTS"})) {
    return;
  }
  settings_.push_back(sql);
}

void Tracer::fail(const std::string& sql, const StatementSource& source, const DatabaseError& error) {
  auto at = source;
  // Of C++ it is the line of the operation that counts.
  if (at.line != 0 && error.report().line > 1 && !at.file.ends_with(".cpp")) at.line += error.report().line - 1;
  auto text =
      fmt::format("{}: the statement fails on the scratch copy of the schema: {}", place(at), error.explanation());
  if (error.statement().empty()) text += ": " + shortened(sql);
  if (error.sqlstate() == active_sql_transaction) {
    text += "; let it run outside of a transaction: autocommit_block, or in SQL `-- transactional: false`";
  }
  throw TraceFailure(text, error.sqlstate());
}

}  // namespace support::alembic::safety
