#include "app/alembic/runtime/offline_context.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "app/alembic/errors.hpp"
#include "app/alembic/operations/sql.hpp"
#include "app/alembic/runtime/messages.hpp"
#include "app/alembic/script/sql_split.hpp"
#include "app/alembic/script/statement_words.hpp"

namespace support::alembic {

namespace {

bool leaves_transaction(const std::string& sql) {
  return mentions_concurrently(sql) && std::ranges::any_of(split_sql(sql), [](const SqlStatement& statement) {
           return runs_outside_transactions(statement.text);
         });
}

// A psql of November 2026 (15.20 …) takes the empty statement in front of a semicolon that follows rows of COPY for a
// COPY that has failed, and skips all up to the next `\.`: none may be printed.
bool holds_rows(const std::string& sql) {
  return sql.find("\n\\.") != std::string::npos &&
         std::ranges::any_of(split_sql(sql),
                             [](const SqlStatement& statement) { return statement.copy_data.has_value(); });
}

}  // namespace

OfflineContext::OfflineContext(const ScriptDirectory& scripts, const Environment& environment, std::ostream& out,
                               OfflineOptions options)
    : scripts_(scripts),
      environment_(environment),
      out_(out),
      table_(environment.version_table, environment.version_table_schema),
      options_(std::move(options)) {
  log("Context impl PostgresqlImpl.");
  log("Generating static SQL");
  log(environment.transaction_mode == TransactionMode::none ? "Will assume non-transactional DDL."
                                                            : "Will assume transactional DDL.");
}

RevisionIds OfflineContext::current_heads(const std::optional<std::string>& starting_revision) const {
  if (!starting_revision || *starting_revision == "base") return {};
  if (const auto node = scripts_.get_revision(*starting_revision)) return {scripts_.map().id(*node)};
  throw CommandError(fmt::format("Can't start from '{}': it stands for no revision here", *starting_revision));
}

void OfflineContext::run_migrations(const std::optional<std::string>& starting_revision, const Planner& planner,
                                    RunOptions options) {
  if (environment_.transaction_mode == TransactionMode::per_run) begin();
  print();
  if (options.purge) throw CommandError("Can't use --purge with --sql mode");
  HeadMaintainer heads(scripts_.map(), current_heads(starting_revision));
  const auto plan = planner(heads.heads());
  log_warnings(plan);
  for (const auto& step : plan.steps) run_step(step, heads);
  commit();
  print();
}

void OfflineContext::log(const std::string& sentence) const {
  if (options_.narration == OfflineOptions::Narration::logged) log_migration(sentence);
}

void OfflineContext::print() {
  out_ << std::exchange(text_, {});
}

void OfflineContext::ensure_version() {
  begin();
  write(table_.create_sql());
  commit();
  print();
}

void OfflineContext::run_step(const MigrationStep& step, HeadMaintainer& heads) {
  if (environment_.transaction_mode == TransactionMode::per_migration) begin();
  if (heads.heads().empty()) write(table_.create_sql());
  log("Running " + step.log());
  text_ += fmt::format("-- Running {}\n\n", step.short_log());
  try {
    run_body_and_row(step, heads);
  } catch (const CommandError&) {
    throw;
  } catch (const std::exception& error) {
    throw CommandError(fmt::format("Revision {} can't be written as SQL: {}", step_revision(step), error.what()));
  }
  if (environment_.transaction_mode == TransactionMode::per_migration) commit();
}

void OfflineContext::run_body_and_row(const MigrationStep& step, HeadMaintainer& heads) {
  const auto run = [&] { run_body(scripts_, step, make_operations(*this, environment_)); };
  if (step.kind == MigrationStep::Kind::stamp || scripts_.script(step.node).transactional) {
    run();
  } else {
    autocommit_block(run);
  }
  for (const auto& operation : heads.update_to_step(step)) write(table_.row_sql(operation));
  if (environment_.on_version_apply.empty()) return;
  const auto applied = version_apply(step, heads.heads());
  auto op = make_operations(*this, environment_);
  for (const auto& hook : environment_.on_version_apply) hook(applied, op);
}

void OfflineContext::write(std::string_view statement) {
  // Rows of COPY end with their own line.
  text_ += fmt::format("{}{}\n\n", statement, statement.ends_with("\n\\.") ? "" : ";");
}

void OfflineContext::begin() {
  if (environment_.transaction_mode == TransactionMode::none) return;
  write("BEGIN");
  is_in_transaction_ = true;
}

void OfflineContext::commit() {
  if (!is_in_transaction_) return;
  write("COMMIT");
  is_in_transaction_ = false;
}

void OfflineContext::autocommit_block(const std::function<void()>& body) {
  if (!is_in_transaction_) return body();
  commit();
  body();
  begin();
}

Bind& OfflineContext::bind() {
  throw std::logic_error(
      "it asks the database (get_bind), and --sql has none; run it online, or let it ask get_context().is_offline() "
      "and write statements that need no answer");
}

// As the run does online: without what is no statement; what no transaction allows stands outside of it.
void OfflineContext::write_one_by_one(const std::string& sql) {
  for (const auto& statement : split_sql(sql)) {
    const auto write_it = [&] {
      write(statement.copy_data ? fmt::format("{};\n{}\\.", statement.text, *statement.copy_data)
                                : std::string(statement.text));
    };
    if (runs_outside_transactions(statement.text)) {
      autocommit_block(write_it);
    } else {
      write_it();
    }
  }
}

void OfflineContext::invoke(const Operation& operation, const SourceLine&) {
  if (const auto* sql = std::get_if<Execute>(&operation); sql && is_in_transaction_)
    refuse_transaction_control(sql->sql);
  if (const auto* sql = std::get_if<Execute>(&operation);
      sql && (holds_rows(sql->sql) || (is_in_transaction_ && leaves_transaction(sql->sql)))) {
    return write_one_by_one(sql->sql);
  }
  const auto write_all = [&] {
    for (const auto& statement : to_sql(operation, options_.server)) write(statement);
  };
  if (needs_autocommit(operation)) return autocommit_block(write_all);
  write_all();
}

}  // namespace support::alembic
