#include "app/alembic/safety/guard/preflight.hpp"

#include <algorithm>
#include <cctype>
#include <stdexcept>
#include <string_view>

#include "app/alembic/operations/operations.hpp"
#include "app/alembic/operations/sql.hpp"
#include "app/alembic/runtime/connection.hpp"
#include "app/alembic/script/script_directory.hpp"
#include "app/alembic/script/sql_split.hpp"
#include "app/alembic/script/statement_words.hpp"

namespace support::alembic::safety {

namespace {

// Looks at the statements of a body instead of sending them.
class BuildFinder : public OperationSink {
 public:
  void invoke(const Operation& operation, const SourceLine&) override {
    if (!found.empty()) return;
    for (const auto& sql : to_sql(operation, features_)) {
      for (const auto& statement : split_sql(sql)) {
        if (!found.empty() || (!concurrent_index(statement.text) && !is_concurrent_reindex(statement.text))) continue;
        found = shortened(statement.text);
      }
    }
  }
  const schema::ServerFeatures& server() const override { return features_; }
  void autocommit_block(const std::function<void()>& body) override { body(); }
  Bind& bind() override { throw std::logic_error("an SQL migration asks for no database"); }
  const RunContext& context() const override { return context_; }

  std::string found;

 private:
  schema::ServerFeatures features_;
  RunContext context_;
};

}  // namespace

std::optional<std::string> first_concurrent_build(const Plan& plan, const ScriptDirectory& scripts) {
  BuildFinder finder;
  for (const auto& step : plan.steps) {
    if (step.kind == MigrationStep::Kind::stamp) continue;
    const auto& script = scripts.script(step.node);
    const bool is_upgrade = step.kind == MigrationStep::Kind::upgrade;
    if (!script.upgrade_source || (is_upgrade && !mentions_concurrently(script.upgrade_source->text))) continue;
    const auto& body = is_upgrade ? script.upgrade : script.downgrade;
    Operations op(finder);
    if (body) body(op);
    if (!finder.found.empty()) return finder.found;
  }
  return std::nullopt;
}

}  // namespace support::alembic::safety
