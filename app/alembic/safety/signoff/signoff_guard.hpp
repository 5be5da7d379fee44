#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>

#include "app/alembic/runtime/run_guard.hpp"
#include "app/alembic/safety/signoff/signoff_gate.hpp"
#include "app/config/settings.hpp"

namespace support::alembic::safety {

SignoffLimits signoff_limits(const config::SettingsValues& settings);

// Refuses a run that would read or write all of a big table without a sign-off: before its first step where the
// statements can be known then, else before the statement. Hands everything on to the other guard. For one run; not
// thread-safe.
class SignoffGuard : public RunGuard {
 public:
  // `inner` may be null. What `rendering` points to outlives the guard; its features are asked of the server.
  SignoffGuard(SignoffLimits limits, Rendering rendering, std::shared_ptr<RunGuard> inner);

  void begin_run(Connection& session, MigrationLock& lock) override;
  void check_plan(const Plan& plan, const ScriptDirectory& scripts) override;
  void begin_step(const MigrationStep& step, std::size_t number, std::size_t steps) override;
  bool may_go_with_others(const std::string& statement) override;
  void run(const std::string& statement, bool in_transaction, const std::function<void()>& send) override;
  void reconsider(const DatabaseError& error) override;
  void end_transaction() override;
  void end_run() noexcept override;

 private:
  void check_signoffs(const Plan& plan, const ScriptDirectory& scripts);
  void admit(const std::string& statement);

  const SignoffLimits limits_;
  Rendering rendering_;
  const std::shared_ptr<RunGuard> inner_;
  Connection* session_ = nullptr;
  const ScriptDirectory* scripts_ = nullptr;
  SignoffFile signoffs_;
  std::optional<CatalogSizes> sizes_;
  std::optional<SignoffGate> gate_;  // of the statements as they come; nothing where no table is big
  std::set<std::string> checked_;    // digests of statements that were looked at before the first step
  std::string revision_;             // of the step
  std::string path_;
  std::string admitted_;
};

// What the server's version and time zone mean for the work of statements. Throws what the connection throws.
WorkOptions work_options(Bind& connection);

}  // namespace support::alembic::safety
