#include "app/alembic/safety/signoff/signoff_guard.hpp"

#include <algorithm>
#include <utility>

#include "app/alembic/runtime/connection.hpp"
#include "app/alembic/runtime/server_features.hpp"
#include "app/alembic/safety/signoff/signoff_places.hpp"
#include "app/alembic/safety/syntax/canonical.hpp"

namespace support::alembic::safety {

SignoffLimits signoff_limits(const config::SettingsValues& settings) {
  return {.rows = static_cast<double>(settings.migration_signoff_rows), .bytes = settings.migration_signoff_size.bytes};
}

WorkOptions work_options(Bind& connection) {
  const auto version = connection.scalar("SELECT current_setting('server_version_num')::int / 10000");
  const auto zone = connection.scalar("SELECT upper(current_setting('TimeZone'))");
  const bool is_utc = zone == "UTC" || zone == "GMT" || zone == "ETC/UTC";
  return {.server_version = static_cast<unsigned>(std::stoul(version)),
          .zone = is_utc ? SessionZone::utc : SessionZone::other};
}

SignoffGuard::SignoffGuard(SignoffLimits limits, Rendering rendering, std::shared_ptr<RunGuard> inner)
    : limits_(limits), rendering_(std::move(rendering)), inner_(std::move(inner)) {}

void SignoffGuard::begin_run(Connection& session, MigrationLock& lock) {
  session_ = &session;
  if (inner_) inner_->begin_run(session, lock);
}

void SignoffGuard::check_plan(const Plan& plan, const ScriptDirectory& scripts) {
  scripts_ = &scripts;
  check_signoffs(plan, scripts);
  if (inner_) inner_->check_plan(plan, scripts);
}

void SignoffGuard::check_signoffs(const Plan& plan, const ScriptDirectory& scripts) {
  gate_.reset();
  checked_.clear();
  const auto is_stamp = [](const MigrationStep& step) { return step.kind == MigrationStep::Kind::stamp; };
  if (plan.steps.empty() || std::ranges::any_of(plan.steps, is_stamp)) return;
  signoffs_ = load_signoffs(scripts);
  sizes_.emplace(*session_);
  SignoffGate gate(signoffs_, *sizes_, limits_, work_options(*session_));
  if (!gate.has_big_tables()) return;
  rendering_.features = server_features(*session_);
  Nodes nodes;
  for (const auto& step : plan.steps) nodes.push_back(step.node);
  assume_below(gate, nodes, scripts, rendering_);
  const bool goes_up = plan.steps.front().is_upgrade;
  if (!goes_up) {
    for (auto node = nodes.rbegin(); node != nodes.rend(); ++node) {
      for (const auto& statement : pending_script(scripts.script(*node), Direction::upgrade, rendering_).statements) {
        gate.assume(statement);
      }
    }
  }
  gate.begin_pending();
  gate_.emplace(gate);
  gate_->set_catalog(CatalogIs::live);
  std::vector<NeededSignoff> missing;
  for (const auto node : nodes) {
    const auto direction = goes_up ? Direction::upgrade : Direction::downgrade;
    const auto script = pending_script(scripts.script(node), direction, rendering_);
    for (auto& needed : examine_all(gate, script.statements)) {
      if (!needed.is_signed) missing.push_back(std::move(needed));
    }
    for (const auto& statement : script.statements) {
      checked_.insert(scripts.map().id(node) + statement_digest(statement.sql));
    }
  }
  if (!missing.empty()) throw GuardRefusal(refusal(missing, scripts));
}

void SignoffGuard::begin_step(const MigrationStep& step, std::size_t number, std::size_t steps) {
  const auto& script = scripts_->script(step.node);
  revision_ = script.declared.revision;
  path_ = script.path;
  if (inner_) inner_->begin_step(step, number, steps);
}

void SignoffGuard::admit(const std::string& sql) {
  if (!gate_) return;
  const auto statement = pending_statement(revision_, path_, 0, sql);
  if (checked_.contains(revision_ + statement_digest(sql))) return gate_->assume(statement);
  const auto needed = gate_->examine(statement);
  if (needed && !needed->is_signed) throw GuardRefusal(refusal({&*needed, 1}, *scripts_));
}

bool SignoffGuard::may_go_with_others(const std::string& statement) {
  admit(statement);
  admitted_ = statement;
  return !inner_ || inner_->may_go_with_others(statement);
}

void SignoffGuard::run(const std::string& statement, bool in_transaction, const std::function<void()>& send) {
  if (std::exchange(admitted_, {}) != statement) admit(statement);
  if (!inner_) return send();
  inner_->run(statement, in_transaction, send);
}

void SignoffGuard::reconsider(const DatabaseError& error) {
  if (inner_) inner_->reconsider(error);
}

void SignoffGuard::end_transaction() {
  if (inner_) inner_->end_transaction();
}

void SignoffGuard::end_run() noexcept {
  if (inner_) inner_->end_run();
}

}  // namespace support::alembic::safety
