#include "app/alembic/runtime/messages.hpp"

#include <fmt/format.h>

#include "app/alembic/runtime/connection.hpp"
#include "app/alembic/script/sql_split.hpp"
#include "app/alembic/script/statement_words.hpp"
#include "app/config/logging.hpp"
#include "app/schema/metadata.hpp"

namespace support::alembic {

void log_migration(std::string_view message) {
  config::log_event(spdlog::level::info, "alembic.runtime.migration", message);
}

void log_warnings(const Plan& plan) {
  for (const auto& warning : plan.warnings) config::log_event(spdlog::level::warn, "alembic.script", warning);
}

void log_left_out(const Operation& operation) {
  const auto* extension = std::get_if<CreateExtension>(&operation);
  if (extension == nullptr) return;
  config::log_event(spdlog::level::warn, "alembic.runtime.migration",
                    fmt::format("Extension {0} is not available on this server and is left out: columns that need it "
                                "get a plain type instead, and searches that need it are not possible. Install {0} on "
                                "the server before the first migration to have them",
                                extension->extension));
}

void refuse_transaction_control(const std::string& sql) {
  for (const auto& statement : split_sql(sql)) {
    if (transaction_control(statement.text) == TransactionControl::none) continue;
    throw std::runtime_error(
        fmt::format("{} would end or begin the transaction of the run, and was not run; take it out of the script, or "
                    "let the script run outside of a transaction (autocommit_block, in SQL `-- transactional: false`)",
                    shortened(statement.text)));
  }
}

Operations make_operations(OperationSink& sink, const Environment& environment) {
  const auto* metadata = environment.target_metadata;
  return Operations(sink, metadata ? &metadata->naming_convention : nullptr);
}

void run_body(const ScriptDirectory& scripts, const MigrationStep& step, Operations op) {
  if (step.kind == MigrationStep::Kind::stamp) return;
  const auto& script = scripts.script(step.node);
  const auto& body = step.is_upgrade ? script.upgrade : script.downgrade;
  if (body) body(op);
}

VersionApply version_apply(const MigrationStep& step, const RevisionIds& heads) {
  VersionApply applied{.is_upgrade = step.is_upgrade, .is_stamp = step.kind == MigrationStep::Kind::stamp};
  applied.up_revision_ids = step.is_upgrade ? step.to : step.from;
  applied.down_revision_ids = step.is_upgrade ? step.from : step.to;
  applied.heads = heads;
  return applied;
}

std::string step_revision(const MigrationStep& step) {
  const bool is_applied = step.is_upgrade || (step.kind == MigrationStep::Kind::stamp && !step.to.empty());
  return comma_separated(is_applied ? step.to : step.from);
}

}  // namespace support::alembic
