#include "app/alembic/runtime/online_context.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "app/alembic/errors.hpp"
#include "app/alembic/operations/sql.hpp"
#include "app/alembic/runtime/messages.hpp"
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

RevisionIds read_rows(Connection& connection, const VersionTable& table) {
  RevisionIds rows;
  if (connection.scalar(table.exists_sql()) != "t") return rows;
  for (const auto& row : connection.query(table.select_sql())) rows.push_back(row.at(0).value_or(""));
  return rows;
}

}  // namespace

// BEGIN … COMMIT; leaving the scope without commit() rolls back.
class OnlineContext::Transaction {
 public:
  explicit Transaction(Connection& connection) : connection_(connection) {
    connection_.execute("BEGIN");
    id_ = connection_.scalar("SELECT txid_current()");
  }
  ~Transaction() {
    if (!is_open_) return;
    try {
      connection_.execute("ROLLBACK");
    } catch (const std::exception&) {
      // The session is gone, and its transaction with it.
    }
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  void commit() {
    is_open_ = false;
    connection_.execute("COMMIT");
  }
  // False when a script has ended the transaction by a COMMIT or ROLLBACK of its own.
  bool is_intact() { return connection_.scalar("SELECT coalesce(txid_current_if_assigned()::text, '')") == id_; }

 private:
  Connection& connection_;
  std::string id_;
  bool is_open_ = true;
};

OnlineContext::OnlineContext(const ScriptDirectory& scripts, const Environment& environment)
    : scripts_(scripts), environment_(environment), connection_(checked_target(environment)) {
  log_migration("Context impl PostgresqlImpl.");
  log_migration("Will assume transactional DDL.");
}

RevisionIds OnlineContext::get_current_heads() {
  try {
    return read_rows(connection_, table_);
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
    Transaction transaction(connection_);
    // A migration that is just creating the table is not waited for.
    connection_.execute("SET LOCAL lock_timeout = '1s'");
    connection_.execute(table_.create_if_missing_sql());
    transaction.commit();
  } catch (const std::exception& error) {
    config::log_event(spdlog::level::debug, "alembic.runtime.migration",
                      fmt::format("The version table was not created: {}", error.what()));
  }
}

void OnlineContext::run_migrations(const Planner& planner, RunOptions options) {
  try {
    if (!options.purge && nothing_to_do(planner)) return;
    MigrationLock lock(*environment_.target, table_, environment_.lock_timeout);
    Transaction transaction(connection_);
    refuse_transaction_pooler(lock);
    features_ = ask_features();
    HeadMaintainer heads(scripts_.map(), prepare_version_table(options));
    const auto plan = planner(heads.heads());
    log_warnings(plan);
    for (const auto& step : plan.steps) run_step(step, heads, transaction);
    commit(transaction, lock, heads.heads());
  } catch (const DatabaseError& error) {
    throw CommandError(
        fmt::format("The database refused, and everything of this run was rolled back: {}", error.explanation()),
        ExitCode::rolled_back);
  } catch (const ConnectionLost& error) {
    throw CommandError(fmt::format("The connection to {} was lost, so the server rolls back everything: {}",
                                   environment_.target->description, error.what()),
                       ExitCode::rolled_back);
  }
}

bool OnlineContext::nothing_to_do(const Planner& planner) {
  const auto heads = read_rows(connection_, table_);
  const auto plan = planner(heads);
  if (heads.empty() || !plan.steps.empty()) return false;
  log_warnings(plan);
  return true;
}

// In transaction mode a pooler gives the session of the lock to the next client, so the lock would protect nobody. Held
// open as it is, the transaction of this run has a server session to itself: the lock's must be another one.
void OnlineContext::refuse_transaction_pooler(const MigrationLock& lock) {
  if (connection_.scalar("SELECT pg_backend_pid()") != lock.backend()) return;
  connection_.query(fmt::format("SELECT pg_advisory_unlock({})", lock.key()));
  throw CommandError(
      fmt::format("The connection to {} goes through a pooler in transaction mode, where the lock that keeps two "
                  "migrations apart can't be held; connect to the server itself or to a pool in session mode",
                  environment_.target->description),
      ExitCode::refused);
}

RevisionIds OnlineContext::prepare_version_table(RunOptions options) {
  if (options.purge) {
    execute(table_.create_if_missing_sql());
    execute(table_.delete_all_sql());
    return {};
  }
  auto heads = read_rows(connection_, table_);
  if (heads.empty()) execute(table_.create_if_missing_sql());
  return heads;
}

void OnlineContext::run_step(const MigrationStep& step, HeadMaintainer& heads, Transaction& transaction) {
  log_migration("Running " + step.log());
  const auto failed = [&](const std::string& why) {
    return CommandError(fmt::format("Revision {} ({}) failed, and everything of this run was rolled back: {}",
                                    step_revision(step), step.short_log(), why),
                        ExitCode::rolled_back);
  };
  try {
    run_body(scripts_, step, *this);
    if (!transaction.is_intact()) {
      throw CommandError(
          fmt::format(
              "Revision {} ended the transaction of the run by a COMMIT or ROLLBACK of its own, so what ran before "
              "that may be committed; take that statement out of the script and compare the database with "
              "`support-agent migrate current`",
              step_revision(step)),
          ExitCode::rolled_back);
    }
    for (const auto& operation : heads.update_to_step(step)) write_row(operation);
  } catch (const CommandError&) {
    throw;
  } catch (const ConnectionLost& error) {
    throw failed(fmt::format("the connection was lost: {}", error.what()));
  } catch (const DatabaseError& error) {
    throw failed(error.explanation());
  } catch (const std::exception& error) {
    throw failed(error.what());
  }
}

void OnlineContext::write_row(const RowOperation& operation) {
  const auto found = execute(table_.row_sql(operation));
  if (found != 1) throw CommandError(table_.mismatch(operation, found), ExitCode::rolled_back);
}

void OnlineContext::commit(Transaction& transaction, MigrationLock& lock, const RevisionIds& heads) {
  if (!lock.is_held()) {
    throw CommandError(
        fmt::format("The session that held the migration lock of {} has ended, so another migration may be running; "
                    "everything of this run was rolled back. Run it again",
                    environment_.target->description),
        ExitCode::rolled_back);
  }
  try {
    transaction.commit();
  } catch (const ConnectionLost& error) {
    settle_doubtful_commit(heads, error.what());
  }
}

// The connection broke while the server committed: it has done so, or it has not. The rows tell.
void OnlineContext::settle_doubtful_commit(const RevisionIds& heads, const std::string& why) {
  RevisionIds found;
  try {
    Connection again(*environment_.target);
    found = read_rows(again, table_);
  } catch (const std::exception&) {
    throw CommandError(
        fmt::format("The connection to {} was lost during COMMIT ({}), and the server can't be asked whether it "
                    "committed. Look with `support-agent migrate current` before anything else",
                    environment_.target->description, why),
        ExitCode::unreachable);
  }
  if (std::ranges::is_permutation(found, heads)) return;
  throw CommandError(fmt::format("The connection to {} was lost during COMMIT ({}); the server rolled everything back",
                                 environment_.target->description, why),
                     ExitCode::rolled_back);
}

schema::ServerFeatures OnlineContext::ask_features() {
  return {.vector =
              connection_.scalar("SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector')") == "t"};
}

void OnlineContext::invoke(const Operation& operation, const SourceLine&) {
  const auto statements = to_sql(operation, features_);
  const auto* extension = std::get_if<CreateExtension>(&operation);
  if (statements.empty() && extension != nullptr) {
    config::log_event(
        spdlog::level::warn, "alembic.runtime.migration",
        fmt::format("Extension {0} is not available on this server and is left out: columns that need it "
                    "get a plain type instead, and searches that need it are not possible. Install {0} on "
                    "the server before the first migration to have them",
                    extension->extension));
  }
  for (const auto& statement : statements) execute(statement);
}

std::size_t OnlineContext::execute(const std::string& statement) {
  if (environment_.echo) config::log_event(spdlog::level::info, "alembic.runtime.sql", statement);
  return connection_.execute(statement);
}

}  // namespace support::alembic
