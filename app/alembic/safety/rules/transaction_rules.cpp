// Transactions, settings, and code that hides what it runs.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "app/alembic/safety/model/expression.hpp"
#include "app/alembic/safety/procedural.hpp"
#include "app/alembic/safety/rules/checks.hpp"

namespace support::alembic::safety {

namespace {

constexpr std::array<std::string_view, 4> timeouts{"lock_timeout", "statement_timeout",
                                                   "idle_in_transaction_session_timeout", "transaction_timeout"};
constexpr std::array<std::string_view, 16> tuning{"work_mem",
                                                  "maintenance_work_mem",
                                                  "temp_buffers",
                                                  "synchronous_commit",
                                                  "random_page_cost",
                                                  "effective_cache_size",
                                                  "effective_io_concurrency",
                                                  "jit",
                                                  "max_parallel_workers",
                                                  "max_parallel_workers_per_gather",
                                                  "max_parallel_maintenance_workers",
                                                  "session_replication_role",
                                                  "default_transaction_isolation",
                                                  "autovacuum_work_mem",
                                                  "commit_delay",
                                                  "enable_seqscan"};

template <std::size_t Count>
bool is_one_of(std::string_view name, const std::array<std::string_view, Count>& list) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

void check_set(Examination& examination) {
  const auto& node = examination.node;
  const std::string name(node.text("name"));
  const bool sets = node.text("kind") == "VAR_SET_VALUE";
  if (node.flag("is_local") && !examination.session.in_transaction()) {
    examination.report("set-local-outside-transaction",
                       {.message = fmt::format("There is no transaction here, so {} stays as it is.", name),
                        .safer = fmt::format("BEGIN;\n{};", examination.statement.sql)});
  }
  if (examination.options.timeouts == Timeouts::by_engine && is_one_of(name, timeouts)) {
    examination.report(
        "timeout-override",
        {.message = fmt::format("`migrate upgrade` sets {} itself, for each statement and each retry.", name)});
  }
  if (sets && name == "lock_timeout" && !node.items("args").empty()) {
    const auto value = parse_timeout(node.items("args").front().constant());
    if (value && *value > examination.options.longest_lock_timeout) {
      examination.report(
          "lock-timeout-too-long",
          {.message = fmt::format("A statement may wait {} ms for its lock, and all queries of the table behind it.",
                                  value->count()),
           .safer = "SET lock_timeout = '2s';"});
    }
  }
  if (sets && !node.flag("is_local") && is_one_of(name, tuning)) {
    examination.report("session-tuning",
                       {.message = fmt::format("{} stays as it is set here for what the connection does next.", name),
                        .safer = fmt::format("SET LOCAL {0} = …; or RESET {0}; at the end", name)});
  }
}

void check_set_config(Examination& examination) {
  if (examination.session.in_transaction()) return;
  examination.node.walk([&](const Node& part) {
    if (!part.is("FuncCall") || function_name(part) != "set_config") return;
    const auto arguments = part.items("args");
    if (arguments.size() != 3 || arguments[2].constant() != "true") return;
    examination.report(
        "set-local-outside-transaction",
        {.message = fmt::format("There is no transaction here, so {} is back at once.", arguments[0].constant())});
  });
}

void check_boundary(Examination& examination) {
  const auto kind = examination.node.text("kind");
  const bool begins = kind == "TRANS_STMT_BEGIN" || kind == "TRANS_STMT_START";
  const bool ends = kind == "TRANS_STMT_COMMIT" || kind == "TRANS_STMT_ROLLBACK";
  if (!begins && !ends) return;
  const bool wrong =
      examination.session.is_wrapped() || (begins ? examination.session.is_open() : !examination.session.is_open());
  if (!wrong) return;
  examination.report("transaction-nesting",
                     {.message = examination.session.is_wrapped()
                                     ? "The migration is run in a transaction already; this ends it or opens none."
                                 : begins ? "A transaction is open already."
                                          : "No transaction is open."});
}

// Statements that are sent to the server for their own sake; SET and the like can go anywhere.
bool stands_alone(const Examination& examination) {
  return examination.file_size <= 1;
}

void check_concurrently(Examination& examination) {
  if (!refuses_transaction(examination.node)) return;
  const bool in_block = examination.statement.node().is("DoStmt") && !examination.node.is("DoStmt");
  const bool in_open = examination.session.is_open();
  const bool in_wrapped = examination.session.is_wrapped() && !stands_alone(examination);
  const bool unsaid = examination.memory.is_transaction_unsaid && !stands_alone(examination);
  if (!in_block && !in_open && !in_wrapped && !unsaid) return;
  const bool certain = in_block || in_open || in_wrapped;
  examination.report(
      "concurrently-in-transaction",
      {.message = certain ? "PostgreSQL refuses it inside a transaction block (25001)."
                          : "Run as one transaction, this file fails here (25001). It is taken to be run "
                            "statement by statement; a line in it makes that sure.",
       .relation = examination.node["relation"] ? examination.target().text() : std::string(),
       .safer = fmt::format("-- transactional: false\n{};", examination.statement.sql),
       .severity = certain ? Severity::error : Severity::info});
}

}  // namespace

void check_settings(Examination& examination) {
  const auto& node = examination.node;
  if (node.is("VariableSetStmt")) return check_set(examination);
  if (node.is("SelectStmt")) return check_set_config(examination);
  if (node.is("AlterSystemStmt") || node.is("AlterRoleSetStmt") || node.is("AlterDatabaseSetStmt")) {
    examination.report("session-tuning", {.message = "It outlives the migration, and no downgrade takes it back.",
                                          .severity = Severity::warning});
  }
}

void check_transactions(Examination& examination) {
  const auto& node = examination.node;
  if (node.is("TransactionStmt")) return check_boundary(examination);
  check_concurrently(examination);
  if (node.is("DoStmt") && changes_schema(node)) {
    examination.report("dynamic-ddl",
                       {.message = "What this block does to the schema is only known when it runs; what it spells "
                                   "out is judged as if it ran."});
  }
}

}  // namespace support::alembic::safety
