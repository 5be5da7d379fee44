#include "app/alembic/runtime/offline_context.hpp"

#include <fmt/format.h>

#include "app/alembic/errors.hpp"
#include "app/alembic/operations/sql.hpp"
#include "app/alembic/runtime/messages.hpp"

namespace support::alembic {

OfflineContext::OfflineContext(const ScriptDirectory& scripts, std::ostream& out) : scripts_(scripts), out_(out) {
  log_migration("Context impl PostgresqlImpl.");
  log_migration("Generating static SQL");
  log_migration("Will assume transactional DDL.");
}

RevisionIds OfflineContext::current_heads(const std::optional<std::string>& starting_revision) const {
  if (!starting_revision || *starting_revision == "base") return {};
  if (const auto node = scripts_.get_revision(*starting_revision)) return {scripts_.map().id(*node)};
  throw CommandError(fmt::format("Can't start from '{}': it stands for no revision here", *starting_revision));
}

void OfflineContext::run_migrations(const std::optional<std::string>& starting_revision, const Planner& planner,
                                    RunOptions options) {
  write("BEGIN");
  if (options.purge) throw CommandError("Can't use --purge with --sql mode");
  HeadMaintainer heads(scripts_.map(), current_heads(starting_revision));
  const auto plan = planner(heads.heads());
  log_warnings(plan);
  for (const auto& step : plan.steps) run_step(step, heads);
  write("COMMIT");
}

void OfflineContext::ensure_version() {
  write("BEGIN");
  write(table_.create_sql());
  write("COMMIT");
}

void OfflineContext::run_step(const MigrationStep& step, HeadMaintainer& heads) {
  if (heads.heads().empty()) write(table_.create_sql());
  log_migration("Running " + step.log());
  out_ << "-- Running " << step.short_log() << "\n\n";
  try {
    run_body(scripts_, step, *this);
    for (const auto& operation : heads.update_to_step(step)) write(table_.row_sql(operation));
  } catch (const CommandError&) {
    throw;
  } catch (const std::exception& error) {
    throw CommandError(fmt::format("Revision {} can't be written as SQL: {}", step_revision(step), error.what()));
  }
}

void OfflineContext::invoke(const Operation& operation, const SourceLine&) {
  for (const auto& statement : to_sql(operation, features_)) write(statement);
}

}  // namespace support::alembic
