#include "app/alembic/runtime/online_context.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "app/alembic/errors.hpp"
#include "app/alembic/operations/sql.hpp"
#include "app/alembic/runtime/history.hpp"
#include "app/alembic/runtime/messages.hpp"
#include "app/alembic/runtime/server_features.hpp"
#include "app/alembic/script/statement_words.hpp"
#include "app/config/event_loop_thread.hpp"
#include "app/config/logging.hpp"

namespace support::alembic {

namespace {

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
// IF NOT EXISTS does not look at what another transaction has made and not committed yet: the server waits for its end,
// then takes the name for a duplicate.
void create_if_missing(Connection& connection, const VersionTable& table) {
  if (connection.scalar(table.exists_sql()) == "t") return;
  try {
    connection.execute(table.create_if_missing_sql());
  } catch (const DatabaseError& error) {
    if (error.sqlstate() != "23505") throw;
    throw CommandError(
        fmt::format("A program that does not take the migration lock, such as Python's Alembic, made the version table "
                    "{} at the same time as this run, of which nothing was done. Let that program end, and run this "
                    "one again",
                    table.name()),
        ExitCode::rolled_back);
  }
}

RevisionIds read_rows(Connection& connection, const VersionTable& table) {
  RevisionIds rows;
  if (connection.scalar(table.exists_sql()) != "t") return rows;
  for (const auto& row : connection.query(table.select_sql())) rows.push_back(row.at(0).value_or(""));
  return rows;
}

// The commands refuse such a row in Alembic's words, which say neither where it stands nor what to do.
void warn_of_unknown(const RevisionIds& rows, const ScriptDirectory& scripts, const VersionTable& table) {
  for (const auto& row : rows) {
    if (scripts.has(row)) continue;
    config::log_event(
        spdlog::level::warn, "alembic.runtime.migration",
        fmt::format("The version table {} has the row '{}', which is none of the migrations here. Was the database "
                    "migrated by a newer program, or with another --script-location? Use that one; or, when the schema "
                    "is known to be at a revision that is here, stamp --purge REVISION puts the table right",
                    table.name(), row));
  }
}

}  // namespace

OnlineContext::OnlineContext(const ScriptDirectory& scripts, const Environment& environment)
    : scripts_(scripts),
      environment_(environment),
      table_(environment.version_table, environment.version_table_schema),
      session_(environment.connect(checked_target(environment)),
               environment.echo ? RunSession::Echo::on : RunSession::Echo::off,
               StepProgress(environment.history_schema, environment.version_table), environment.guard.get()) {
  log_migration("Context impl PostgresqlImpl.");
  log_migration(environment.transaction_mode == TransactionMode::none ? "Will assume non-transactional DDL."
                                                                      : "Will assume transactional DDL.");
}

RevisionIds OnlineContext::get_current_heads() {
  try {
    auto rows = read_rows(session_.connection(), table_);
    warn_of_unknown(rows, scripts_, table_);
    return rows;
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
    auto& connection = session_.connection();
    Transaction transaction(connection);
    // A migration that is just creating the table is not waited for.
    connection.execute("SET LOCAL lock_timeout = '1s'");
    create_if_missing(connection, table_);
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
    try {
      run_until_done(planner, options, lock);
    } catch (const ConnectionLost&) {
      throw;
    } catch (const std::exception& error) {
      record_failure(error.what());
      throw;
    }
  } catch (const GuardRefusal& refusal) {
    session_.roll_back();
    throw CommandError(fmt::format("The run was stopped, and {}: {}", what_stays(), refusal.what()), ExitCode::refused);
  } catch (const DatabaseError& error) {
    session_.roll_back();
    throw CommandError(fmt::format("The database refused, and {}: {}", what_stays(), error.explanation()),
                       ExitCode::rolled_back);
  } catch (const ConnectionLost& error) {
    session_.roll_back();
    throw CommandError(fmt::format("The connection to {} was lost, so {}: {}", environment_.target->description,
                                   what_stays(), error.what()),
                       ExitCode::rolled_back);
  } catch (...) {
    session_.roll_back();
    throw;
  }
}

// When this process is killed in the middle of a long statement, the server shall notice and stop it, instead of going
// on for a migration that nobody runs any more beside the next one. Servers before 14, and on some systems, can't.
void OnlineContext::ask_server_to_notice_our_end() {
  try {
    session_.connection().query(
        "SELECT set_config(name, '2s', false) FROM pg_settings WHERE name = 'client_connection_check_interval' AND "
        "setting = '0'");
  } catch (const DatabaseError& error) {
    session_.roll_back();
    session_.begin();
    config::log_event(spdlog::level::debug, "alembic.runtime.migration",
                      fmt::format("The server will not look for our end while it runs a statement: {}", error.what()));
  }
}

// A guard may ask for a new start, when what the run holds would hurt others while it waits.
void OnlineContext::run_until_done(const Planner& planner, RunOptions options, MigrationLock& lock) {
  struct EndOfRun {
    RunGuard* guard;
    ~EndOfRun() {
      if (guard != nullptr) guard->end_run();
    }
  } end_of_run{environment_.guard.get()};
  for (;;) {
    try {
      return run_plan(planner, options, lock);
    } catch (const RunAgain& again) {
      session_.roll_back();
      log_migration(fmt::format("Let go of all locks; the run begins again in {}", again.pause));
      std::this_thread::sleep_for(again.pause);
    }
  }
}

void OnlineContext::run_plan(const Planner& planner, RunOptions options, MigrationLock& lock) {
  lock_ = &lock;
  session_.begin();
  refuse_transaction_pooler(lock);
  // What an earlier run's session still commits has to be seen, whatever the isolation level is.
  session_.roll_back();
  lock.enter(session_.connection());
  session_.begin();
  ask_server_to_notice_our_end();
  auto* const guard = environment_.guard.get();
  if (guard != nullptr) guard->begin_run(session_.connection(), lock);
  features_ = server_features(session_.connection());
  session_.progress().read(session_.connection());
  HeadMaintainer heads(scripts_.map(), prepare_version_table(options));
  heads_ = &heads;
  const auto plan = planner(heads.heads());
  log_warnings(plan);
  if (environment_.history != nullptr && !plan.steps.empty()) {
    environment_.history->begin(session_.connection(), scripts_, heads.heads(), plan);
  }
  progress_ = {.rows = heads.heads(), .steps_are_kept = progress_.steps_are_kept};
  if (guard != nullptr) guard->check_plan(plan, scripts_);
  if (environment_.transaction_mode != TransactionMode::per_run) commit(heads.heads());
  std::size_t number = 0;
  for (const auto& step : plan.steps) {
    if (guard != nullptr) guard->begin_step(step, ++number, plan.steps.size());
    run_step(step, heads);
  }
  if (session_.is_in_transaction()) commit(heads.heads());
}

// While the lock is held still. A connection that is gone keeps no record.
void OnlineContext::record_failure(const std::string& why) {
  if (environment_.history == nullptr) return;
  session_.roll_back();
  environment_.history->fail(session_.connection(), why);
}

bool OnlineContext::nothing_to_do(const Planner& planner) {
  const auto rows = read_rows(session_.connection(), table_);
  warn_of_unknown(rows, scripts_, table_);
  const auto plan = planner(rows);
  if (rows.empty() || !plan.steps.empty()) return false;
  log_warnings(plan);
  return true;
}

// In transaction mode a pooler gives the session of the lock to the next client, so the lock would protect nobody. Held
// open as it is, the transaction of this run has a server session to itself: the lock's must be another one.
void OnlineContext::refuse_transaction_pooler(const MigrationLock& lock) {
  auto& connection = session_.connection();
  if (connection.scalar("SELECT pg_backend_pid()") != lock.backend()) return;
  connection.query(fmt::format("SELECT pg_advisory_unlock({})", lock.key()));
  throw CommandError(
      fmt::format("The connection to {} goes through a pooler in transaction mode, where the lock that keeps two "
                  "migrations apart can't be held; connect to the server itself or to a pool in session mode",
                  environment_.target->description),
      ExitCode::refused);
}

RevisionIds OnlineContext::prepare_version_table(RunOptions options) {
  auto& connection = session_.connection();
  if (options.purge) {
    create_if_missing(connection, table_);
    connection.execute(table_.delete_all_sql());
    return {};
  }
  auto rows = read_rows(connection, table_);
  if (rows.empty()) create_if_missing(connection, table_);
  return rows;
}

void OnlineContext::run_step(const MigrationStep& step, HeadMaintainer& heads) {
  log_migration("Running " + step.log());
  if (environment_.history != nullptr) environment_.history->begin_step(step);
  const auto* script = step.kind == MigrationStep::Kind::stamp ? nullptr : &scripts_.script(step.node);
  const bool is_transactional =
      environment_.transaction_mode != TransactionMode::none && (script == nullptr || script->transactional);
  // An SQL migration is nothing but its statements; C++ may look at what one of them has done.
  session_.begin_step(script != nullptr && script->upgrade_source ? Sending::together : Sending::one_by_one);
  const auto failed = [&](const std::string& why, ExitCode exit_code = ExitCode::rolled_back) {
    progress_.refused = exit_code == ExitCode::refused;
    progress_.in_transaction = session_.in_transaction();
    progress_.kept = session_.kept();
    progress_.resumes = session_.keeps_progress();
    progress_.outside = !session_.is_in_transaction();
    return CommandError(step_failure(step, progress_, why), exit_code);
  };
  try {
    run_scripts(step, heads, is_transactional);
  } catch (const CommandError&) {
    throw;
  } catch (const GuardRefusal& refusal) {
    throw failed(refusal.what(), ExitCode::refused);
  } catch (const ConnectionLost& error) {
    const auto doubtful = session_.doubtful_statement();
    throw failed(fmt::format(
        "the connection was lost: {}{}", error.what(),
        doubtful.empty() ? ""
                         : "; whether the server carried out the last statement is not known: " + shortened(doubtful)));
  } catch (const DatabaseError& error) {
    if (environment_.guard && session_.is_in_transaction() && session_.kept() == 0)
      environment_.guard->reconsider(error);
    throw failed(session_.explain(error, script == nullptr ? std::string_view() : script->path));
  } catch (const std::exception& error) {
    throw failed(error.what());
  }
}

void OnlineContext::run_scripts(const MigrationStep& step, HeadMaintainer& heads, bool is_transactional) {
  if (is_transactional && !session_.is_in_transaction()) session_.begin();
  if (step.kind != MigrationStep::Kind::stamp) session_.progress().begin_step(step_revision(step), step.is_upgrade);
  if (!is_transactional) leave_transaction(heads.heads());
  try {
    run_body(scripts_, step, make_operations(*this, environment_));
    session_.end_of_body();
    // The row of a step that ran outside of a transaction, and what the hooks do, belong together all the same.
    if (!session_.is_in_transaction()) session_.begin();
    if (step.kind == MigrationStep::Kind::stamp) {
      session_.forget_progress(step.from);
      session_.forget_progress(step.to);
    } else {
      session_.forget_progress();
    }
    for (const auto& operation : heads.update_to_step(step)) write_row(operation);
    session_.send_waiting();
  } catch (...) {
    // When one of the statements before fails, that came first.
    session_.send_waiting();
    throw;
  }
  call_hooks(step, heads);
  const bool ends_transaction = !is_transactional || environment_.transaction_mode == TransactionMode::per_migration;
  if (environment_.history != nullptr) {
    environment_.history->end_step(heads.heads());
    const auto portion = ends_transaction ? std::vector<std::string>() : environment_.history->portion();
    if (!portion.empty()) session_.connection().execute_all(portion);
  }
  if (ends_transaction) commit(heads.heads());
}

void OnlineContext::write_row(const RowOperation& operation) {
  const auto found = session_.write_row(table_.row_sql(operation));
  if (found != 1) throw CommandError(table_.mismatch(operation, found), ExitCode::rolled_back);
}

void OnlineContext::call_hooks(const MigrationStep& step, const HeadMaintainer& heads) {
  if (environment_.on_version_apply.empty()) return;
  const auto applied = version_apply(step, heads.heads());
  auto op = make_operations(*this, environment_);
  for (const auto& hook : environment_.on_version_apply) hook(applied, op);
}

// That a step was begun, and how far it has come, is known for good before anything of it is.
void OnlineContext::leave_transaction(const RevisionIds& rows) {
  if (environment_.history != nullptr) {
    environment_.history->leave_transaction();
    if (!session_.is_in_transaction()) session_.begin();
  }
  session_.keep_progress();
  if (session_.is_in_transaction()) commit(rows);
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
    session_.commit(environment_.history != nullptr ? environment_.history->statements() : std::vector<std::string>());
  } catch (const ConnectionLost& error) {
    settle_doubtful_commit(rows, error.what());
    session_.roll_back();
  }
  if (environment_.history != nullptr) environment_.history->committed();
  if (progress_.rows != rows) progress_.steps_are_kept = true;
  progress_.rows = rows;
}

// The connection broke while the server committed: it has done so, or it has not, or is still at it. The rows tell,
// when they have changed, once the session is over.
void OnlineContext::settle_doubtful_commit(const RevisionIds& rows, const std::string& why) {
  bool rows_tell = !std::ranges::is_permutation(rows, progress_.rows);
  RevisionIds found;
  try {
    if (rows_tell) {
      const auto other = environment_.connect(*environment_.target);
      rows_tell = lock_->wait_until_left(*other);
      found = read_rows(*other, table_);
    }
  } catch (const std::exception&) {
    rows_tell = false;
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

void OnlineContext::autocommit_block(const std::function<void()>& body) {
  if (!session_.is_in_transaction()) return body();
  session_.send_waiting();
  leave_transaction(heads_->heads());
  session_.keep_statements();
  body();
  session_.end_of_block();
  session_.begin();
}

void OnlineContext::run_outside_if_needed(const Operation& operation, const std::function<void()>& run) {
  if (needs_autocommit(operation)) return autocommit_block(run);
  run();
}

void OnlineContext::invoke(const Operation& operation, const SourceLine& at) {
  if (const auto* execute_sql = std::get_if<Execute>(&operation)) {
    return session_.run_sql(execute_sql->sql, at, [this](const auto& run) { autocommit_block(run); });
  }
  if (const auto* rows = std::get_if<CopyData>(&operation)) return session_.copy(rows->statement, rows->rows, at);
  const auto statements = to_sql(operation, features_);
  if (statements.empty()) log_left_out(operation);
  run_outside_if_needed(operation, [&] {
    for (const auto& statement : statements) session_.run(statement, at);
  });
}

}  // namespace support::alembic
