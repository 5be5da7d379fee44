// Locks as such: triggers, LOCK TABLE, time-outs, and what else a transaction holds.
#include <algorithm>

#include <fmt/format.h>

#include "app/alembic/safety/rules/checks.hpp"

namespace support::alembic::safety {

namespace {

std::string with_timeout(const Examination& examination) {
  return fmt::format("SET lock_timeout = '2s';\n{};", examination.statement.sql);
}

void check_trigger_commands(Examination& examination) {
  if (!alters_existing_table(examination)) return;
  for (const auto& command : examination.node.items("cmds")) {
    const auto subtype = command.text("subtype");
    const bool all = subtype.ends_with("TrigAll") || subtype.ends_with("TrigUser");
    if (!all && !subtype.ends_with("Trig")) continue;
    const bool disables = subtype.starts_with("AT_Disable");
    examination.report(
        "enable-disable-trigger",
        {.message = disables && subtype.ends_with("TrigAll")
                        ? fmt::format("Foreign keys of {} are not checked either while its triggers are off.",
                                      quoted(examination.target()))
                        : fmt::format("The triggers of {} change for all sessions.", quoted(examination.target())),
         .relation = examination.target().text(),
         .lock = LockMode::share_row_exclusive,
         .safer = disables ? "SET session_replication_role = replica; -- in the one session that loads, as a superuser"
                           : with_timeout(examination)});
  }
}

// The strongest lock on an existing relation, or none.
const TableLock* strongest(const Examination& examination) {
  const auto& locks = examination.locks;
  const auto found =
      std::max_element(locks.begin(), locks.end(), [](const auto& a, const auto& b) { return a.mode < b.mode; });
  return found == locks.end() ? nullptr : &*found;
}

void report_missing(Examination& examination, std::string_view rule, const std::string& setting, const TableLock& lock,
                    std::string_view why, std::string_view value) {
  if (examination.session.timeout(setting)) return;
  const auto about = rule == "missing-lock-timeout" ? std::to_string(examination.session.transaction()) : std::string();
  if (!examination.first_time(rule, about)) return;
  examination.report(rule, {.message = fmt::format("{} is not set: {}", setting, why),
                            .relation = lock.relation.text(),
                            .lock = rule == "missing-lock-timeout" ? lock.mode : LockMode::none,
                            .safer = fmt::format("SET {} = '{}';", setting, value)});
}

// What a statement needs time for that runs while others wait.
bool reads_or_writes_rows(const Examination& examination) {
  const auto& node = examination.node;
  if (node.is("SelectStmt")) return !node.items("fromClause").empty();
  if (is_data_statement(node) || node.is("RefreshMatViewStmt")) return true;
  if (node.is("IndexStmt")) return !examination.target_is_new();
  const auto commands = node.items("cmds");
  return std::any_of(commands.begin(), commands.end(),
                     [](const Node& command) { return command.text("subtype") == "AT_ValidateConstraint"; });
}

bool is_version_table(const Examination& examination) {
  return !examination.locks.empty() &&
         std::all_of(examination.locks.begin(), examination.locks.end(), [](const TableLock& lock) {
           return lock.relation.name == "alembic_version" || lock.relation.name == "schema_migrations";
         });
}

void check_after_access_exclusive(Examination& examination) {
  const auto& node = examination.node;
  if (is_session_statement(node) || is_version_table(examination)) return;
  const auto& held = examination.session.locks();
  const auto exclusive = std::find_if(held.begin(), held.end(), [&](const HeldLock& lock) {
    return lock.mode == LockMode::access_exclusive && lock.statement != examination.number;
  });
  if (exclusive == held.end()) return;
  const auto* lock = strongest(examination);
  const bool only_catalog = lock == nullptr || lock->mode < LockMode::share_update_exclusive;
  auto severity = only_catalog ? Severity::info : Severity::warning;
  if (reads_or_writes_rows(examination)) severity = Severity::error;
  examination.report(
      "statement-after-access-exclusive",
      {.message = fmt::format(
           "The transaction holds ACCESS EXCLUSIVE on {} already; its reads and writes wait until this is done, too.",
           quoted(exclusive->relation)),
       .relation = exclusive->relation.text(),
       .lock = LockMode::access_exclusive,
       .held = severity == Severity::error ? Held::scan : Held::instant,
       .safer = fmt::format("-- in a transaction of its own:\n{};", examination.statement.sql),
       .severity = severity});
}

void check_rewrite_window(Examination& examination, Held held_by_statement) {
  if (held_by_statement != Held::rewrite) return;
  const auto& held = examination.session.locks();
  const auto other = std::find_if(held.begin(), held.end(), [&](const HeldLock& lock) {
    if (lock.mode < LockMode::share_update_exclusive || lock.statement == examination.number) return false;
    return std::none_of(examination.locks.begin(), examination.locks.end(),
                        [&](const TableLock& own) { return own.relation == lock.relation; });
  });
  if (other == held.end()) return;
  examination.report("rewrite-while-holding-other-lock",
                     {.message = fmt::format("{} stays locked in {} mode until this is written.",
                                             quoted(other->relation), lock_name(other->mode)),
                      .relation = other->relation.text(),
                      .lock = other->mode,
                      .held = Held::rewrite,
                      .safer = fmt::format("-- in a transaction of its own:\n{};", examination.statement.sql)});
}

void check_several_tables(Examination& examination) {
  for (const auto& lock : examination.locks) {
    if (!lock.is_target || lock.mode < LockMode::share_row_exclusive) continue;
    const auto& held = examination.session.locks();
    const auto other = std::find_if(held.begin(), held.end(), [&](const HeldLock& earlier) {
      return earlier.is_target && earlier.mode >= LockMode::share_row_exclusive && earlier.relation != lock.relation &&
             earlier.statement != examination.number;
    });
    if (other == held.end()) continue;
    if (!examination.first_time("multiple-hot-tables-one-transaction",
                                std::to_string(examination.session.transaction())))
      return;
    examination.report("multiple-hot-tables-one-transaction",
                       {.message = fmt::format("{} is locked already, and stays so while {} is waited for.",
                                               quoted(other->relation), quoted(lock.relation)),
                        .relation = lock.relation.text(),
                        .lock = lock.mode,
                        .safer = fmt::format("-- in a transaction of its own:\n{};", examination.statement.sql)});
    return;
  }
}

bool has_command(const Node& statement, std::string_view subtype) {
  const auto commands = statement.items("cmds");
  return std::any_of(commands.begin(), commands.end(),
                     [&](const Node& command) { return command.text("subtype") == subtype; });
}

// Steps that are apart for a reason.
bool must_stay_apart(const Node& first, const Node& second) {
  return has_command(first, "AT_ValidateConstraint") || has_command(second, "AT_ValidateConstraint") ||
         (has_command(first, "AT_SetNotNull") && has_command(second, "AT_DropConstraint"));
}

void check_repetition(Examination& examination) {
  const auto& node = examination.node;
  if (is_session_statement(node) && !node.is("TransactionStmt")) return;
  const auto last = std::exchange(examination.memory.last_alter_table, nullptr);
  if (!alters_existing_table(examination)) return;
  if (node.type() == examination.statement.node().type()) {
    examination.memory.last_alter_table = std::make_shared<const ParseTree>(examination.statement.tree);
  }
  if (last == nullptr || examination.model.resolve(last->root()["relation"]) != examination.target()) return;
  if (must_stay_apart(last->root(), node)) return;
  examination.report(
      "multiple-alter-table-same-table",
      {.message = fmt::format("The statement before alters {}, too: one ALTER TABLE waits for the lock once.",
                              quoted(examination.target())),
       .relation = examination.target().text()});
}

}  // namespace

void check_triggers(Examination& examination) {
  const auto& node = examination.node;
  check_trigger_commands(examination);
  if (node.is("CreateTrigStmt") && !examination.target_is_new()) {
    examination.report(
        "create-trigger-lock",
        {.message = fmt::format("A trigger on {} also runs for all writes from now on.", quoted(examination.target())),
         .relation = examination.target().text(),
         .lock = LockMode::share_row_exclusive,
         .safer = with_timeout(examination)});
  }
  if (node.is("DropStmt") && node.text("removeType") == "OBJECT_TRIGGER") {
    for (const auto& lock : examination.locks) {
      examination.report("drop-trigger",
                         {.message = fmt::format("{} is locked to drop its trigger.", quoted(lock.relation)),
                          .relation = lock.relation.text(),
                          .lock = lock.mode,
                          .safer = with_timeout(examination)});
    }
  }
  if (!node.is("LockStmt")) return;
  for (const auto& lock : examination.locks) {
    if (lock.mode < LockMode::share) continue;
    examination.report("lock-table",
                       {.message = fmt::format("{} stays locked until the transaction ends.", quoted(lock.relation)),
                        .relation = lock.relation.text(),
                        .lock = lock.mode,
                        .safer = with_timeout(examination)});
  }
}

void check_timeouts(Examination& examination) {
  const auto* lock = strongest(examination);
  if (examination.options.timeouts == Timeouts::by_engine || lock == nullptr || is_concurrent(examination.node)) return;
  if (lock->mode < LockMode::share_update_exclusive) return;
  report_missing(examination, "missing-lock-timeout", "lock_timeout", *lock,
                 "this may wait for a long query, and all queries of the table wait behind it.", "2s");
  if (lock->mode < LockMode::share) return;
  report_missing(examination, "missing-statement-timeout", "statement_timeout", *lock,
                 "if this takes longer than thought, it keeps its locks all the time.", "5s");
  if (!examination.session.in_transaction()) return;
  report_missing(examination, "missing-idle-in-transaction-timeout", "idle_in_transaction_session_timeout", *lock,
                 "a runner that hangs between two statements keeps the locks.", "10s");
  if (examination.options.server_version < 17) return;
  report_missing(examination, "missing-transaction-timeout", "transaction_timeout", *lock,
                 "many short statements together keep the locks for long.", "60s");
}

void check_lock_windows(Examination& examination) {
  const auto held = examination.held;
  check_repetition(examination);
  if (!examination.session.in_transaction()) return;
  check_after_access_exclusive(examination);
  check_rewrite_window(examination, held);
  check_several_tables(examination);
}

}  // namespace support::alembic::safety
