#include "app/alembic/runtime/run_session.hpp"

#include <cassert>
#include <utility>

#include <fmt/format.h>

#include "app/alembic/runtime/interrupted.hpp"
#include "app/alembic/runtime/invalid_index.hpp"
#include "app/alembic/runtime/messages.hpp"
#include "app/alembic/runtime/step_failure.hpp"
#include "app/alembic/script/sql_split.hpp"
#include "app/alembic/script/statement_words.hpp"
#include "app/config/logging.hpp"

namespace support::alembic {

namespace {

constexpr std::string_view active_sql_transaction = "25001";
constexpr std::string_view invalid_transaction_termination = "2D000";

// Much more would win nothing, and both sides hold it in memory.
constexpr std::size_t most_waiting_bytes = 65536;

// Nobody would read the rows. A COPY FROM without rows is none of split_sql()'s statements.
void refuse_copy_to_client(const std::string& statement) {
  if (copy_direction(statement) != CopyDirection::to_client) return;
  throw std::invalid_argument(
      fmt::format("{} would send rows to this program, which has no use for them; take it out", shortened(statement)));
}

void refuse_all_but_copy_from_client(const std::string& statement) {
  const bool begins_with_copy = statement.size() > 4 && (statement[0] == 'C' || statement[0] == 'c');
  if (begins_with_copy && copy_direction(statement) == CopyDirection::from_client) return;
  throw std::invalid_argument(
      fmt::format("copy_data() takes a COPY … FROM stdin, and this is none: {}", shortened(statement)));
}

}  // namespace

// What a migration gets when it asks for the database itself.
class RunSession::StepBind : public Bind {
 public:
  explicit StepBind(RunSession& session) : session_(session) {}

  std::vector<Row> query(const std::string& sql) override {
    admit_one(sql);
    std::vector<Row> rows;
    session_.carry_out(
        sql, [&] { rows = session_.connection_->query(sql); }, Counted::no);
    finish();
    return rows;
  }
  std::size_t execute(const std::string& sql) override {
    admit_one(sql);
    std::size_t rows = 0;
    session_.carry_out(
        sql, [&] { rows = session_.connection_->execute(sql); }, Counted::no);
    finish();
    return rows;
  }

 private:
  // Behind another one a COMMIT would get through unseen.
  void admit_one(const std::string& sql) {
    session_.send_waiting();
    if (split_sql(sql).size() != 1) {
      throw std::invalid_argument(
          fmt::format("get_bind() takes one statement at a time, and this is not one: {}; op.execute() takes several",
                      shortened(sql)));
    }
    refuse_copy_to_client(sql);
    session_.admit(sql);
  }
  void finish() {
    session_.count(1);
    session_.current_ = {};
  }

  RunSession& session_;
};

RunSession::RunSession(std::unique_ptr<Connection> connection, Echo echo, StepProgress progress, RunGuard* guard)
    : connection_(std::move(connection)),
      bind_(std::make_unique<StepBind>(*this)),
      echo_(echo),
      progress_(std::move(progress)),
      guard_(guard) {}

RunSession::~RunSession() = default;

Bind& RunSession::bind() {
  return *bind_;
}

void RunSession::commit(std::vector<std::string> last) {
  assert(waiting_.empty());
  transaction_->commit(std::move(last));
  transaction_.reset();
  if (guard_ != nullptr) guard_->end_transaction();
}

void RunSession::roll_back() {
  waiting_.clear();
  places_.clear();
  waiting_size_ = 0;
  transaction_.reset();
  if (guard_ != nullptr) guard_->end_transaction();
}

void RunSession::begin_step(Sending sending) {
  sending_ = sending;
  in_transaction_ = 0;
  kept_ = 0;
  current_ = {};
  keeps_progress_ = false;
}

void RunSession::run(const std::string& statement, const SourceLine& at) {
  run(statement, Place{.at = at});
}

// A text of several statements is split, so that the one that fails can be named.
void RunSession::run_sql(const std::string& sql, const SourceLine& at, const Outside& outside) {
  const auto statements = split_sql(sql);
  if (statements.empty()) throw std::invalid_argument("execute() was given no statement; give it SQL");
  for (const auto& statement : statements) {
    const std::string text(statement.text);
    const Place place{.at = at, .first_line = statement.line};
    if (statement.copy_data) {
      copy(text, *statement.copy_data, place);
    } else {
      refuse_copy_to_client(text);
      if (transaction_ && runs_outside_transactions(text)) {
        outside([&] { run(text, place); });
      } else {
        run(text, place);
      }
    }
  }
}

void RunSession::copy(const std::string& statement, std::string_view rows, const SourceLine& at) {
  copy(statement, rows, Place{.at = at});
}

void RunSession::copy(const std::string& statement, std::string_view rows, const Place& place) {
  const auto text = progress_.is_on() ? fmt::format("{}\n{}", statement, rows) : statement;
  if (take_done(text)) return;
  send_waiting();
  current_ = {.place = place, .statement = statement};
  refuse_all_but_copy_from_client(statement);
  admit(statement);
  carry_out(
      text, [&] { connection_->copy(statement, rows); }, Counted::yes);
  count(1);
  current_ = {};
}

void RunSession::run(const std::string& statement, const Place& place) {
  if (take_done(statement)) return;
  const bool waits = may_wait(statement) && (guard_ == nullptr || guard_->may_go_with_others(statement));
  if (!waits) send_waiting();
  current_ = {.place = place, .statement = statement};
  admit(statement);
  const auto add = [&] {
    waiting_.push_back(statement);
    places_.push_back(place);
    waiting_size_ += statement.size();
  };
  if (waits) {
    add();
    progress_.sent(statement);
    if (waiting_size_ > most_waiting_bytes) send_waiting();
    return;
  }
  const auto send_alone = [&] {
    add();
    send_waiting();
  };
  carry_out(statement, send_alone, Counted::yes);
}

bool RunSession::take_done(const std::string& statement) {
  if (!progress_.take_done(*connection_, statement)) return false;
  if (echo_ == Echo::on) config::log_event(spdlog::level::info, "alembic.runtime.sql", "-- done before: " + statement);
  return true;
}

void RunSession::carry_out(const std::string& statement, const std::function<void()>& send, Counted counted) {
  const auto control = transaction_control(statement);
  const bool in_transaction = transaction_ || has_own_transaction_ || control != TransactionControl::none;
  const auto try_once = [&] {
    current_.statement = statement;
    // The script's own transaction is what it says is done.
    if (control == TransactionControl::ends && keeps_progress_) connection_->execute(progress_.done_sql(statement));
    if (in_transaction) return send();
    drop_leftover(*connection_, statement);
    if (keeps_progress_ && counted == Counted::yes) {
      send_outside(statement, send);
    } else {
      send();
    }
    require_valid(*connection_, statement);
  };
  if (guard_ == nullptr) {
    try_once();
  } else {
    guard_->run(statement, in_transaction, try_once);
  }
  if (counted == Counted::yes) progress_.sent(statement);
}

void RunSession::send_outside(const std::string& statement, const std::function<void()>& send) {
  const auto rest = remaining_part(*connection_, statement);
  const auto send_rest = [&] { connection_->execute(*rest); };
  const auto& action = rest ? std::function<void()>(send_rest) : send;
  if (runs_outside_transactions(statement) || may_commit(statement) || !send_with_record(statement, action)) {
    send_announced(statement, action);
  }
}

// False when the server refuses the statement in a transaction; it has done nothing then.
bool RunSession::send_with_record(const std::string& statement, const std::function<void()>& send) {
  const auto kept = kept_;
  try {
    Transaction together(*connection_);
    send();
    connection_->execute(progress_.done_sql(statement));
    together.commit();
    return true;
  } catch (const DatabaseError& error) {
    kept_ = kept;
    if (error.sqlstate() != active_sql_transaction && error.sqlstate() != invalid_transaction_termination) throw;
    return false;
  }
}

void RunSession::send_announced(const std::string& statement, const std::function<void()>& send) {
  connection_->execute(progress_.announce_sql(statement));
  try {
    send();
  } catch (const DatabaseError&) {
    connection_->execute(progress_.done_sql());
    throw;
  }
  connection_->execute(progress_.done_sql(statement));
}

void RunSession::keep_progress() {
  if (!progress_.is_on()) return;
  if (transaction_) {
    keeps_progress_ = progress_.prepare(*connection_);
    if (keeps_progress_ && progress_.has_sent()) connection_->execute(progress_.done_sql());
  } else {
    Transaction transaction(*connection_);
    keeps_progress_ = progress_.prepare(*connection_);
    transaction.commit();
  }
  if (keeps_progress_) progress_.note_kept();
}

void RunSession::forget_progress() {
  if (const auto sql = progress_.forget_sql()) connection_->execute(*sql);
}

void RunSession::forget_progress(const RevisionIds& stamped) {
  for (const auto& revision : stamped) {
    if (const auto sql = progress_.forget_sql(revision)) connection_->execute(*sql);
  }
}

bool RunSession::may_wait(const std::string& statement) const {
  return sending_ == Sending::together && transaction_ && echo_ == Echo::off && !needs_own_message(statement);
}

// What may not run here, and what has to be done before it runs.
void RunSession::admit(const std::string& statement) {
  if (current_.statement.empty()) current_.statement = statement;
  if (echo_ == Echo::on) config::log_event(spdlog::level::info, "alembic.runtime.sql", statement);
  const auto control = transaction_control(statement);
  if (transaction_) {
    if (control != TransactionControl::none) refuse_transaction_control(statement);
    return;
  }
  if (control != TransactionControl::none) has_own_transaction_ = control == TransactionControl::begins;
}

void RunSession::send_waiting() {
  if (waiting_.empty()) return;
  const auto statements = waiting_.size();
  send();
  count(statements);
}

std::size_t RunSession::write_row(const std::string& sql) {
  if (echo_ == Echo::on) config::log_event(spdlog::level::info, "alembic.runtime.sql", sql);
  const auto statements = waiting_.size();
  waiting_.push_back(sql);
  places_.emplace_back();
  const auto rows = send();
  count(statements);
  return rows;
}

std::size_t RunSession::send() {
  const auto statements = std::exchange(waiting_, {});
  const auto places = std::exchange(places_, {});
  waiting_size_ = 0;
  try {
    current_ = {.place = places.front(), .statement = statements.front()};
    const auto rows = connection_->execute_all(statements);
    current_ = {};
    return rows;
  } catch (const DatabaseError& error) {
    const auto failed = error.report().statement;
    count(failed);
    current_ = {.place = places.at(failed), .statement = statements.at(failed)};
    throw;
  }
}

void RunSession::end_of_body() {
  end_of_block();
  progress_.end_body();
}

void RunSession::end_of_block() {
  sending_ = Sending::one_by_one;
  if (!std::exchange(has_own_transaction_, false)) return;
  connection_->execute("ROLLBACK");
  throw std::runtime_error("it begins a transaction of its own and does not end it; add COMMIT");
}

void RunSession::keep_statements() {
  kept_ += std::exchange(in_transaction_, 0);
}

std::string RunSession::explain(const DatabaseError& error, std::string_view path) {
  auto text = error.explanation();
  const auto place =
      path.empty() ? std::string()
                   : place_text(current_.place.at, std::string(path), current_.place.first_line, error.report().line);
  if (!place.empty()) text += "; at " + place;
  if (error.sqlstate() == active_sql_transaction) {
    text += "; let it run outside of a transaction: autocommit_block, or in SQL `-- transactional: false`";
  }
  if (transaction_) return text;
  if (std::exchange(has_own_transaction_, false)) connection_->execute("ROLLBACK");
  return text + describe_leftover(*connection_, error.statement());
}

}  // namespace support::alembic
