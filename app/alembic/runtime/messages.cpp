#include "app/alembic/runtime/messages.hpp"

#include "app/config/logging.hpp"

namespace support::alembic {

void log_migration(std::string_view message) {
  config::log_event(spdlog::level::info, "alembic.runtime.migration", message);
}

void log_warnings(const Plan& plan) {
  for (const auto& warning : plan.warnings) config::log_event(spdlog::level::warn, "alembic.script", warning);
}

void run_body(const ScriptDirectory& scripts, const MigrationStep& step, OperationSink& sink) {
  if (step.kind == MigrationStep::Kind::stamp) return;
  const auto& script = scripts.script(step.node);
  Operations op(sink);
  const auto& body = step.is_upgrade ? script.upgrade : script.downgrade;
  if (body) body(op);
}

std::string step_revision(const MigrationStep& step) {
  const bool is_applied = step.is_upgrade || (step.kind == MigrationStep::Kind::stamp && !step.to.empty());
  return comma_separated(is_applied ? step.to : step.from);
}

}  // namespace support::alembic
