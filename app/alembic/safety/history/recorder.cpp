#include "app/alembic/safety/history/recorder.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "app/alembic/errors.hpp"
#include "app/alembic/runtime/transaction.hpp"
#include "app/config/logging.hpp"

namespace support::alembic::safety {

namespace {

constexpr std::string_view logger = "alembic.history";
constexpr std::size_t longest_error = 4000;
constexpr std::size_t records_of_a_portion = 64;

Record::Direction direction_of(const MigrationStep& step) {
  switch (step.kind) {
    case MigrationStep::Kind::upgrade:
      return Record::Direction::upgrade;
    case MigrationStep::Kind::downgrade:
      return Record::Direction::downgrade;
    case MigrationStep::Kind::stamp:
      break;
  }
  return Record::Direction::stamp;
}

std::int64_t microseconds(std::chrono::steady_clock::duration duration) {
  return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
}

// Cut at a character, for PostgreSQL takes no half ones.
std::string cut(std::string text) {
  if (text.size() <= longest_error) return text;
  auto end = longest_error;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "…";
}

}  // namespace

HistoryRecorder::HistoryRecorder(HistoryTable table, Author author, const schema::NamingConvention* naming_convention)
    : table_(std::move(table)), author_(std::move(author)), naming_convention_(naming_convention) {}

void HistoryRecorder::begin(Connection& connection, const ScriptDirectory& scripts, const RevisionIds& rows,
                            const Plan& plan) {
  present_.reset();
  pending_.clear();
  step_.reset();
  rows_ = committed_rows_ = rows;
  state_ = table_.state(connection);
  state_read_at_ = Clock::now();
  if (!state_.obstacle.empty()) {
    if (state_.exists) {
      throw CommandError(fmt::format("The history of migrations can't be kept: {}. To go on without a history, set "
                                     "MIGRATION_HISTORY_SCHEMA to nothing",
                                     state_.obstacle),
                         ExitCode::refused);
    }
    config::log_event(spdlog::level::warn, logger,
                      fmt::format("No history of migrations is kept: {}. To do without one, and without this warning, "
                                  "set MIGRATION_HISTORY_SCHEMA to nothing",
                                  state_.obstacle));
    return;
  }
  present_.emplace(scripts, naming_convention_);
  table_is_committed_ = state_.exists;
  committed_tip_ = written_tip_ = {};
  if (!state_.exists) {
    table_.create(connection);
    return;
  }
  const auto last = table_.read_last(connection, state_.version_table);
  committed_tip_ = written_tip_ = {last.position, last.links};
  const bool runs_scripts = std::ranges::any_of(
      plan.steps, [](const MigrationStep& step) { return step.kind != MigrationStep::Kind::stamp; });
  if (runs_scripts) refuse_edited(connection, rows);
}

void HistoryRecorder::refuse_edited(Connection& connection, const RevisionIds& rows) {
  const auto latest = table_.read_latest(connection, state_.version_table);
  const auto accepted = accepted_records(latest);
  std::vector<std::string> ids;
  std::string first;
  for (const auto node : present_->applied(rows)) {
    const auto record = accepted.find(present_->scripts().map().id(node));
    if (record == accepted.end() || compare(record->second->checksums, *present_, node) != Agreement::edited) continue;
    if (ids.empty())
      first =
          edited(table_.read_one(connection, state_.version_table, record->second->position), *present_, node).message;
    ids.push_back(record->first);
  }
  if (ids.empty()) return;
  throw CommandError(
      fmt::format("{} Nothing was run{}. Put the file back as it was applied and write the change as a new migration; "
                  "or, where the database has been made to agree with it, accept it: support-agent migrate repair {} "
                  "--reason TEXT",
                  first,
                  ids.size() == 1
                      ? ""
                      : fmt::format(" ({} applied migrations were edited: {})", ids.size(), comma_separated(ids)),
                  fmt::join(ids, " ")),
      ExitCode::refused);
}

void HistoryRecorder::begin_step(const MigrationStep& step) {
  step_ = step;
  step_begun_at_ = Clock::now();
  step_is_announced_ = false;
}

void HistoryRecorder::leave_transaction() {
  if (!is_kept() || !step_ || step_->kind == MigrationStep::Kind::stamp || std::exchange(step_is_announced_, true))
    return;
  auto started = record_of_step(Record::Outcome::started);
  started.duration = 0;
  describe(started, step_->node);
  pending_.push_back(std::move(started));
}

void HistoryRecorder::end_step(const RevisionIds& rows) {
  if (!is_kept() || !step_) return;
  if (step_->kind == MigrationStep::Kind::stamp) {
    add_stamps(rows);
  } else {
    auto done = record_of_step(Record::Outcome::done);
    done.applied = step_->kind == MigrationStep::Kind::upgrade;
    done.rows = rows;
    describe(done, step_->node);
    pending_.push_back(std::move(done));
  }
  rows_ = rows;
}

// A stamp says of revisions that they are applied, or not, without running them: one record each, so that from now on
// they can be compared.
void HistoryRecorder::add_stamps(const RevisionIds& rows) {
  const auto before = present_->applied(rows_);
  const auto after = present_->applied(rows);
  const std::set<Node> were(before.begin(), before.end());
  const std::set<Node> are(after.begin(), after.end());
  const auto add = [&](Node node, bool applied) {
    auto stamp = record_of_step(Record::Outcome::done);
    stamp.revision = present_->scripts().map().id(node);
    stamp.applied = applied;
    stamp.rows = rows;
    if (applied) describe(stamp, node);
    pending_.push_back(std::move(stamp));
  };
  for (const auto node : before) {
    if (!are.contains(node)) add(node, false);
  }
  for (const auto node : after) {
    if (!were.contains(node)) add(node, true);
  }
}

void HistoryRecorder::repair(std::optional<Node> node, const RevisionIds& rows, const std::string& reason) {
  auto record = this->record(Record::Direction::repair, Record::Outcome::done, node);
  record.started_at = server_time(Clock::now());
  record.rows = rows;
  record.applied = true;
  record.reason = reason;
  if (node) describe(record, *node);
  pending_.push_back(std::move(record));
}

Record HistoryRecorder::record(Record::Direction direction, Record::Outcome outcome, std::optional<Node> node) const {
  return {.version_table = state_.version_table,
          .revision = node ? present_->scripts().map().id(*node) : std::string(),
          .direction = direction,
          .outcome = outcome,
          .rows = rows_,
          .database_user = state_.session_user,
          .os_user = author_.os_user,
          .host = author_.host,
          .build = author_.build};
}

Record HistoryRecorder::record_of_step(Record::Outcome outcome) const {
  const bool is_stamp = step_->kind == MigrationStep::Kind::stamp;
  auto result = record(direction_of(*step_), outcome, is_stamp ? std::nullopt : std::optional(step_->node));
  result.started_at = server_time(step_begun_at_);
  result.duration = microseconds(Clock::now() - step_begun_at_);
  return result;
}

void HistoryRecorder::describe(Record& record, Node node) {
  record.checksums = present_->checksums(node);
  record.operations = present_->operations(node);
}

std::int64_t HistoryRecorder::server_time(Clock::time_point time) const {
  return state_.now + microseconds(time - state_read_at_);
}

std::vector<std::string> HistoryRecorder::portion() {
  if (pending_.size() < records_of_a_portion) return {};
  auto statements = this->statements();
  statements.insert(statements.begin(), HistoryTable::keep_role_sql());
  statements.push_back(HistoryTable::back_to_role_sql());
  return statements;
}

std::vector<std::string> HistoryRecorder::statements() {
  if (pending_.empty()) return {};
  auto statements = insert(pending_, written_tip_);
  pending_.clear();
  return statements;
}

std::vector<std::string> HistoryRecorder::insert(std::vector<Record>& records, Tip& tip) const {
  for (auto& record : records) {
    record.position = ++tip.position;
    tip.links = record.links = next_links(tip.links, record);
  }
  return {HistoryTable::as_role_sql(state_.role), table_.insert_sql(records)};
}

void HistoryRecorder::committed() {
  if (!is_kept()) return;
  table_is_committed_ = true;
  committed_rows_ = rows_;
  committed_tip_ = written_tip_;
}

void HistoryRecorder::fail(Connection& connection, const std::string& why) noexcept {
  try {
    pending_.clear();
    if (!is_kept() || !table_is_committed_ || !step_) return;
    auto failed = record_of_step(Record::Outcome::failed);
    failed.error = cut(why);
    failed.rows = committed_rows_;
    if (step_->kind != MigrationStep::Kind::stamp) describe(failed, step_->node);
    std::vector records = {std::move(failed)};
    Transaction transaction(connection);
    connection.query("SELECT set_config('lock_timeout', '1s', true), set_config('statement_timeout', '2s', true)");
    auto tip = committed_tip_;
    transaction.commit(insert(records, tip));
  } catch (const std::exception& error) {
    try {
      config::log_event(spdlog::level::debug, logger, fmt::format("The failure was not recorded: {}", error.what()));
    } catch (const std::exception&) {
      // The failure itself is what matters.
    }
  }
}

}  // namespace support::alembic::safety
