#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/alembic/runtime/history.hpp"
#include "app/alembic/safety/history/author.hpp"
#include "app/alembic/safety/history/history_table.hpp"
#include "app/alembic/safety/history/verification.hpp"

namespace support::alembic::safety {

// Keeps the history of a run, and refuses an upgrade or a downgrade where an applied migration was edited. Where the
// table is missing and the role may not make it, the run goes on without one, after a warning that says how to get it;
// where it is there and may not be written, the run is refused.
class HistoryRecorder : public RunHistory {
 public:
  // `naming_convention` may be null, and outlives the run.
  HistoryRecorder(HistoryTable table, Author author, const schema::NamingConvention* naming_convention);

  void begin(Connection& connection, const ScriptDirectory& scripts, const RevisionIds& rows,
             const Plan& plan) override;
  void begin_step(const MigrationStep& step) override;
  void leave_transaction() override;
  void end_step(const RevisionIds& rows) override;
  std::vector<std::string> portion() override;
  std::vector<std::string> statements() override;
  void committed() override;
  void fail(Connection& connection, const std::string& why) noexcept override;

  // After begin(): whether there is a history to write to.
  bool is_kept() const { return present_.has_value(); }
  // Records that the migration `node` is accepted as it is now; with no node, that the breaks of the chain are. begin()
  // comes before.
  void repair(std::optional<alembic::Node> node, const RevisionIds& rows, const std::string& reason);

 private:
  using Clock = std::chrono::steady_clock;

  void refuse_edited(Connection& connection, const RevisionIds& rows);
  Record record(Record::Direction direction, Record::Outcome outcome, std::optional<alembic::Node> node) const;
  Record record_of_step(Record::Outcome outcome) const;
  void describe(Record& record, alembic::Node node);
  void add_stamps(const RevisionIds& rows);
  // The end of the chain.
  struct Tip {
    std::int64_t position = 0;
    Links links;
  };
  // Puts the records behind `tip`, which moves to the last of them.
  std::vector<std::string> insert(std::vector<Record>& records, Tip& tip) const;
  std::int64_t server_time(Clock::time_point time) const;

  HistoryTable table_;
  Author author_;
  const schema::NamingConvention* naming_convention_;
  std::optional<PresentMigrations> present_;  // from begin() on, where a history is kept
  HistoryState state_;
  Clock::time_point state_read_at_;
  bool table_is_committed_ = false;
  Tip committed_tip_;
  Tip written_tip_;             // within the transaction
  RevisionIds committed_rows_;  // of the version table
  RevisionIds rows_;            // now
  std::optional<MigrationStep> step_;
  Clock::time_point step_begun_at_;
  bool step_is_announced_ = false;
  std::vector<Record> pending_;
};

}  // namespace support::alembic::safety
