#include "app/alembic/runtime/online_context.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "app/alembic/errors.hpp"
#include "app/alembic/operations/sql.hpp"
#include "app/alembic/runtime/invalid_index.hpp"
#include "app/alembic/runtime/messages.hpp"
#include "app/alembic/runtime/server_features.hpp"
#include "app/alembic/script/sql_split.hpp"
#include "app/alembic/script/statement_words.hpp"
#include "app/config/event_loop_thread.hpp"
#include "app/config/logging.hpp"

namespace support::alembic {

namespace {

constexpr std::string_view active_sql_transaction = "25001";

const ConnectionTarget& checked_target(const Environment& environment) {
  if (config::EventLoopThread::is_current()) {
    throw CommandError(
        "Migrations block, and this thread runs an event loop of the service: a migration that waits here for a lock "
        "held by a request of the same loop would wait for ever, because only this loop could let that request go on. "
        "Run `support-agent migrate …` as a process of its own, or call it on a plain thread",
        ExitCode::refused);
  }
  if (!environment.target) throw CommandError("DATABASE_URL is not set, so there is no database to go to; set it");
  return *environment.target;
}

// Asks first: PostgreSQL remarks on a table that is there already, and Alembic does not.
void create_if_missing(Connection& connection, const VersionTable& table) {
  if (connection.scalar(table.exists_sql()) != "t") connection.execute(table.create_if_missing_sql());
}

RevisionIds read_rows(Connection& connection, const VersionTable& table) {
  RevisionIds rows;
  if (connection.scalar(table.exists_sql()) != "t") return rows;
  for (const auto& row : connection.query(table.select_sql())) rows.push_back(row.at(0).value_or(""));
  return rows;
}

}  // namespace

// What a migration gets when it asks for the database itself: its statements count like any others of the step.
class OnlineContext::RunBind : public Bind {
 public:
  explicit RunBind(OnlineContext& context) : context_(context) {}

  std::vector<Row> query(const std::string& sql) override {
    admit_one(sql);
    auto rows = context_.connection_->query(sql);
    context_.count_statement();
    return rows;
  }
  std::size_t execute(const std::string& sql) override {
    admit_one(sql);
    return context_.execute(sql);
  }

 private:
  // Behind another one a COMMIT would get through unseen.
  void admit_one(const std::string& sql) {
    if (split_sql(sql).size() != 1) {
      throw std::invalid_argument(
          fmt::format("get_bind() takes one statement at a time, and this is not one: {}; op.execute() takes several",
                      shortened(sql)));
    }
    refuse_copy_to_client(sql);
    context_.admit(sql);
  }

  OnlineContext& context_;
};

OnlineContext::OnlineContext(const ScriptDirectory& scripts, const Environment& environment)
    : scripts_(scripts),
      environment_(environment),
      table_(environment.version_table, environment.version_table_schema),
      connection_(environment.connect(checked_target(environment))),
      bind_(std::make_unique<RunBind>(*this)) {
  log_migration("Context impl PostgresqlImpl.");
  log_migration(environment.transaction_mode == TransactionMode::none ? "Will assume non-transactional DDL."
                                                                      : "Will assume transactional DDL.");
}

RevisionIds OnlineContext::get_current_heads() {
  try {
    return read_rows(*connection_, table_);
  } catch (const DatabaseError& error) {
    throw CommandError(
        fmt::format("The revision of {} can't be read: {}", environment_.target->description, error.explanation()));
  } catch (const ConnectionLost& error) {
    throw CommandError(fmt::format("The connection to {} was lost: {}", environment_.target->description, error.what()),
                       ExitCode::unreachable);
  }
}

void OnlineContext::create_version_table_for_report() {
  try {
    Transaction transaction(*connection_);
    // A migration that is just creating the table is not waited for.
    connection_->execute("SET LOCAL lock_timeout = '1s'");
    create_if_missing(*connection_, table_);
    transaction.commit();
  } catch (const std::exception& error) {
    config::log_event(spdlog::level::debug, "alembic.runtime.migration",
                      fmt::format("The version table was not created: {}", error.what()));
  }
}

void OnlineContext::run_migrations(const Planner& planner, RunOptions options) {
  const auto what_stays = [&] {
    return progress_.steps_are_kept ? "the steps before stay" : "everything of this run was rolled back";
  };
  try {
    if (!options.purge && nothing_to_do(planner)) return;
    MigrationLock lock(environment_.connect(*environment_.target), *environment_.target, table_,
                       environment_.lock_timeout);
    run_plan(planner, options, lock);
  } catch (const DatabaseError& error) {
    transaction_.reset();
    throw CommandError(fmt::format("The database refused, and {}: {}", what_stays(), error.explanation()),
                       ExitCode::rolled_back);
  } catch (const ConnectionLost& error) {
    transaction_.reset();
    throw CommandError(fmt::format("The connection to {} was lost, so {}: {}", environment_.target->description,
                                   what_stays(), error.what()),
                       ExitCode::rolled_back);
  } catch (...) {
    transaction_.reset();
    throw;
  }
}

// When this process is killed in the middle of a long statement, the server shall notice and stop it, instead of going
// on for a migration that nobody runs any more beside the next one. Servers before 14, and on some systems, can't.
void OnlineContext::ask_server_to_notice_our_end() {
  try {
    connection_->query(
        "SELECT set_config(name, '2s', false) FROM pg_settings WHERE name = 'client_connection_check_interval' AND "
        "setting = '0'");
  } catch (const DatabaseError& error) {
    transaction_.reset();
    begin();
    config::log_event(spdlog::level::debug, "alembic.runtime.migration",
                      fmt::format("The server will not look for our end while it runs a statement: {}", error.what()));
  }
}

void OnlineContext::run_plan(const Planner& planner, RunOptions options, MigrationLock& lock) {
  lock_ = &lock;
  begin();
  refuse_transaction_pooler(lock);
  ask_server_to_notice_our_end();
  features_ = server_features(*connection_);
  HeadMaintainer heads(scripts_.map(), prepare_version_table(options));
  heads_ = &heads;
  const auto plan = planner(heads.heads());
  log_warnings(plan);
  progress_ = {.rows = heads.heads()};
  if (environment_.transaction_mode != TransactionMode::per_run) commit(heads.heads());
  for (const auto& step : plan.steps) run_step(step, heads);
  if (transaction_) commit(heads.heads());
}

bool OnlineContext::nothing_to_do(const Planner& planner) {
  const auto rows = read_rows(*connection_, table_);
  const auto plan = planner(rows);
  if (rows.empty() || !plan.steps.empty()) return false;
  log_warnings(plan);
  return true;
}

// In transaction mode a pooler gives the session of the lock to the next client, so the lock would protect nobody. Held
// open as it is, the transaction of this run has a server session to itself: the lock's must be another one.
void OnlineContext::refuse_transaction_pooler(const MigrationLock& lock) {
  if (connection_->scalar("SELECT pg_backend_pid()") != lock.backend()) return;
  connection_->query(fmt::format("SELECT pg_advisory_unlock({})", lock.key()));
  throw CommandError(
      fmt::format("The connection to {} goes through a pooler in transaction mode, where the lock that keeps two "
                  "migrations apart can't be held; connect to the server itself or to a pool in session mode",
                  environment_.target->description),
      ExitCode::refused);
}

RevisionIds OnlineContext::prepare_version_table(RunOptions options) {
  if (options.purge) {
    create_if_missing(*connection_, table_);
    connection_->execute(table_.delete_all_sql());
    return {};
  }
  auto rows = read_rows(*connection_, table_);
  if (rows.empty()) create_if_missing(*connection_, table_);
  return rows;
}

void OnlineContext::run_step(const MigrationStep& step, HeadMaintainer& heads) {
  log_migration("Running " + step.log());
  progress_.in_transaction = 0;
  progress_.kept = 0;
  current_ = {};
  const bool is_transactional = environment_.transaction_mode != TransactionMode::none &&
                                (step.kind == MigrationStep::Kind::stamp || scripts_.script(step.node).transactional);
  const auto failed = [&](const std::string& why) {
    progress_.outside = !transaction_;
    return CommandError(step_failure(step, progress_, why), ExitCode::rolled_back);
  };
  try {
    run_scripts(step, heads, is_transactional);
  } catch (const CommandError&) {
    throw;
  } catch (const ConnectionLost& error) {
    throw failed(fmt::format(
        "the connection was lost: {}{}", error.what(),
        transaction_ || current_.statement.empty()
            ? ""
            : "; whether the server carried out the last statement is not known: " + shortened(current_.statement)));
  } catch (const DatabaseError& error) {
    throw failed(explain(step, error));
  } catch (const SqlSyntaxError& error) {
    throw failed(error.what());
  } catch (const std::exception& error) {
    throw failed(error.what());
  }
}

void OnlineContext::run_scripts(const MigrationStep& step, HeadMaintainer& heads, bool is_transactional) {
  if (is_transactional && !transaction_) begin();
  if (!is_transactional && transaction_) commit(heads.heads());
  run_body(scripts_, step, make_operations(*this, environment_));
  end_of_body();
  // The row of a step that ran outside of a transaction, and what the hooks do, belong together all the same.
  if (!transaction_) begin();
  current_ = {};
  for (const auto& operation : heads.update_to_step(step)) write_row(operation);
  call_hooks(step, heads);
  if (!is_transactional || environment_.transaction_mode == TransactionMode::per_migration) commit(heads.heads());
}

void OnlineContext::end_of_body() {
  if (!std::exchange(has_own_transaction_, false)) return;
  connection_->execute("ROLLBACK");
  throw std::runtime_error("it begins a transaction of its own and does not end it; add COMMIT");
}

void OnlineContext::write_row(const RowOperation& operation) {
  const auto sql = table_.row_sql(operation);
  if (environment_.echo) config::log_event(spdlog::level::info, "alembic.runtime.sql", sql);
  const auto found = connection_->execute(sql);
  if (found != 1) throw CommandError(table_.mismatch(operation, found), ExitCode::rolled_back);
}

void OnlineContext::call_hooks(const MigrationStep& step, const HeadMaintainer& heads) {
  if (environment_.on_version_apply.empty()) return;
  const auto applied = version_apply(step, heads.heads());
  auto op = make_operations(*this, environment_);
  for (const auto& hook : environment_.on_version_apply) hook(applied, op);
}

void OnlineContext::commit(const RevisionIds& rows) {
  if (!lock_->is_held()) {
    throw CommandError(
        fmt::format("The session that held the migration lock of {} has ended, so another migration may be running; "
                    "{} was rolled back. Run it again",
                    environment_.target->description,
                    progress_.steps_are_kept ? "what was not committed yet" : "everything of this run"),
        ExitCode::rolled_back);
  }
  try {
    transaction_->commit();
  } catch (const ConnectionLost& error) {
    settle_doubtful_commit(rows, error.what());
  }
  transaction_.reset();
  if (progress_.rows != rows) progress_.steps_are_kept = true;
  progress_.rows = rows;
}

// The connection broke while the server committed: it has done so, or it has not. The rows tell, when they have
// changed.
void OnlineContext::settle_doubtful_commit(const RevisionIds& rows, const std::string& why) {
  const bool rows_tell = !std::ranges::is_permutation(rows, progress_.rows);
  RevisionIds found;
  try {
    if (rows_tell) found = read_rows(*environment_.connect(*environment_.target), table_);
  } catch (const std::exception&) {
    found = {};
  }
  if (rows_tell && std::ranges::is_permutation(found, rows)) return;
  if (rows_tell && std::ranges::is_permutation(found, progress_.rows)) {
    throw CommandError(
        fmt::format("The connection to {} was lost during COMMIT ({}); the server rolled everything back",
                    environment_.target->description, why),
        ExitCode::rolled_back);
  }
  throw CommandError(
      fmt::format("The connection to {} was lost during COMMIT ({}), and the server can't be asked whether it "
                  "committed. Look with `support-agent migrate current` before anything else",
                  environment_.target->description, why),
      ExitCode::unreachable);
}

Bind& OnlineContext::bind() {
  return *bind_;
}

void OnlineContext::autocommit_block(const std::function<void()>& body) {
  if (!transaction_) return body();
  commit(heads_->heads());
  progress_.kept += std::exchange(progress_.in_transaction, 0);
  body();
  end_of_body();
  begin();
}

void OnlineContext::run_outside_if_needed(const Operation& operation, const std::function<void()>& run) {
  if (needs_autocommit(operation)) return autocommit_block(run);
  run();
}

void OnlineContext::invoke(const Operation& operation, const SourceLine& at) {
  if (const auto* execute_sql = std::get_if<Execute>(&operation)) return run_sql(execute_sql->sql, at);
  current_ = {.at = at};
  if (const auto* rows = std::get_if<CopyData>(&operation)) return copy(rows->statement, rows->rows);
  const auto statements = to_sql(operation, features_);
  if (statements.empty()) log_left_out(operation);
  run_outside_if_needed(operation, [&] {
    for (const auto& statement : statements) {
      current_ = {.at = at, .statement = statement};
      admit(statement);
      execute(statement);
    }
  });
}

// A text of several statements runs one by one, so that the one that fails can be named.
void OnlineContext::run_sql(const std::string& sql, const SourceLine& at) {
  const auto statements = split_sql(sql);
  if (statements.empty()) throw std::invalid_argument("execute() was given no statement; give it SQL");
  for (const auto& statement : statements) {
    current_ = {.at = at, .first_line = statement.line, .statement = std::string(statement.text)};
    if (statement.copy_data) {
      copy(current_.statement, *statement.copy_data);
    } else {
      refuse_copy_to_client(current_.statement);
      admit(current_.statement);
      execute(current_.statement);
    }
  }
}

// Nobody would read the rows. A COPY FROM without rows is none of split_sql()'s statements.
void OnlineContext::refuse_copy_to_client(const std::string& statement) {
  if (copy_direction(statement) != CopyDirection::to_client) return;
  throw std::invalid_argument(
      fmt::format("{} would send rows to this program, which has no use for them; take it out", shortened(statement)));
}

void OnlineContext::copy(const std::string& statement, std::string_view rows) {
  const bool begins_with_copy = statement.size() > 4 && (statement[0] == 'C' || statement[0] == 'c');
  if (!begins_with_copy || copy_direction(statement) != CopyDirection::from_client) {
    throw std::invalid_argument(
        fmt::format("copy_data() takes a COPY … FROM stdin, and this is none: {}", shortened(statement)));
  }
  admit(statement);
  connection_->copy(statement, rows);
  count_statement();
}

// What may not run here, and what has to be done before it runs.
void OnlineContext::admit(const std::string& statement) {
  if (current_.statement.empty()) current_.statement = statement;
  if (environment_.echo) config::log_event(spdlog::level::info, "alembic.runtime.sql", statement);
  const auto control = transaction_control(statement);
  if (transaction_) {
    if (control != TransactionControl::none) refuse_transaction_control(statement);
    return;
  }
  if (control != TransactionControl::none) has_own_transaction_ = control == TransactionControl::begins;
  if (!has_own_transaction_) drop_leftover(*connection_, statement);
}

std::size_t OnlineContext::execute(const std::string& statement) {
  const auto rows = connection_->execute(statement);
  count_statement();
  return rows;
}

void OnlineContext::count_statement() {
  ++(transaction_ ? progress_.in_transaction : progress_.kept);
  current_ = {};
}

std::string OnlineContext::explain(const MigrationStep& step, const DatabaseError& error) {
  auto text = error.explanation();
  if (step.kind != MigrationStep::Kind::stamp) {
    const auto place =
        place_text(current_.at, scripts_.script(step.node).path, current_.first_line, error.report().line);
    if (!place.empty()) text += "; at " + place;
  }
  if (error.sqlstate() == active_sql_transaction) {
    text += "; let it run outside of a transaction: autocommit_block, or in SQL `-- transactional: false`";
  }
  if (transaction_) return text;
  if (std::exchange(has_own_transaction_, false)) connection_->execute("ROLLBACK");
  return text + describe_leftover(*connection_, error.statement());
}

}  // namespace support::alembic
