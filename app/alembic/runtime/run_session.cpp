#include "app/alembic/runtime/run_session.hpp"

#include <cassert>
#include <utility>

#include <fmt/format.h>

#include "app/alembic/runtime/invalid_index.hpp"
#include "app/alembic/runtime/messages.hpp"
#include "app/alembic/runtime/step_failure.hpp"
#include "app/alembic/script/sql_split.hpp"
#include "app/alembic/script/statement_words.hpp"
#include "app/config/logging.hpp"

namespace support::alembic {

namespace {

constexpr std::string_view active_sql_transaction = "25001";

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
    auto rows = session_.connection_->query(sql);
    finish();
    return rows;
  }
  std::size_t execute(const std::string& sql) override {
    admit_one(sql);
    const auto rows = session_.connection_->execute(sql);
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

RunSession::RunSession(std::unique_ptr<Connection> connection, Echo echo)
    : connection_(std::move(connection)), bind_(std::make_unique<StepBind>(*this)), echo_(echo) {}

RunSession::~RunSession() = default;

Bind& RunSession::bind() {
  return *bind_;
}

void RunSession::commit(std::vector<std::string> last) {
  assert(waiting_.empty());
  transaction_->commit(std::move(last));
  transaction_.reset();
}

void RunSession::roll_back() {
  waiting_.clear();
  places_.clear();
  waiting_size_ = 0;
  transaction_.reset();
}

void RunSession::begin_step(Sending sending) {
  sending_ = sending;
  in_transaction_ = 0;
  kept_ = 0;
  current_ = {};
}

void RunSession::run(const std::string& statement, const SourceLine& at) {
  run(statement, Place{.at = at});
}

// A text of several statements is split, so that the one that fails can be named.
void RunSession::run_sql(const std::string& sql, const SourceLine& at) {
  const auto statements = split_sql(sql);
  if (statements.empty()) throw std::invalid_argument("execute() was given no statement; give it SQL");
  for (const auto& statement : statements) {
    const std::string text(statement.text);
    const Place place{.at = at, .first_line = statement.line};
    if (statement.copy_data) {
      copy(text, *statement.copy_data, place);
    } else {
      refuse_copy_to_client(text);
      run(text, place);
    }
  }
}

void RunSession::copy(const std::string& statement, std::string_view rows, const SourceLine& at) {
  copy(statement, rows, Place{.at = at});
}

void RunSession::copy(const std::string& statement, std::string_view rows, const Place& place) {
  send_waiting();
  current_ = {.place = place, .statement = statement};
  refuse_all_but_copy_from_client(statement);
  admit(statement);
  connection_->copy(statement, rows);
  count(1);
  current_ = {};
}

void RunSession::run(const std::string& statement, const Place& place) {
  const bool waits = may_wait(statement);
  if (!waits) send_waiting();
  current_ = {.place = place, .statement = statement};
  admit(statement);
  waiting_.push_back(statement);
  places_.push_back(place);
  waiting_size_ += statement.size();
  if (!waits || waiting_size_ > most_waiting_bytes) send_waiting();
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
  if (!has_own_transaction_) drop_leftover(*connection_, statement);
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
