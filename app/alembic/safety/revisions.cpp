#include "app/alembic/safety/revisions.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/alembic/errors.hpp"
#include "app/alembic/operations/operations.hpp"
#include "app/alembic/operations/sql.hpp"
#include "app/alembic/safety/model/difference.hpp"
#include "app/alembic/safety/model/replay.hpp"
#include "app/alembic/safety/rule.hpp"
#include "app/alembic/script/statement_words.hpp"

namespace support::alembic::safety {

namespace {

// Turns what a migration asks for into the statements that would be sent, each with its place in the source.
class StatementSink : public OperationSink {
 public:
  StatementSink(std::string_view path, const RunContext& context) : path_(path), context_(context) {}

  void invoke(const Operation& operation, const SourceLine& at) override {
    for (const auto& sql : to_sql(operation, features_)) {
      auto read = read_script(sql, path_, std::max(at.line, 1U));
      for (auto& statement : read.statements) {
        statement.line = at.line;
        statement.runs_alone = alone_ || needs_autocommit(operation) || runs_outside_transactions(statement.sql);
        statement.allowances.insert(statement.allowances.end(), allowances_.begin(), allowances_.end());
        script_.statements.push_back(std::move(statement));
      }
    }
    allowances_.clear();
  }
  const schema::ServerFeatures& server() const override { return features_; }
  void autocommit_block(const std::function<void()>& body) override {
    const bool outer = std::exchange(alone_, true);
    body();
    alone_ = outer;
  }
  Bind& bind() override {
    throw std::logic_error(
        "it asks the database (get_bind), and lint has none; let it ask get_context().is_offline() and write "
        "statements that need no answer");
  }
  const RunContext& context() const override { return context_; }
  void allow(std::string_view rule, std::string_view reason) override {
    allowances_.push_back({.rules = {std::string(rule)}, .reason = std::string(reason)});
  }

  safety::Script take() { return std::move(script_); }

 private:
  std::string path_;
  const RunContext& context_;
  schema::ServerFeatures features_;
  safety::Script script_;
  std::vector<Allowance> allowances_;
  bool alone_ = false;
};

safety::Script statements_of(const alembic::Script& script, const Body& body, const RunContext& context) {
  StatementSink sink(script.path, context);
  Operations op(sink);
  try {
    if (body) body(op);
  } catch (const CommandError&) {
    throw;
  } catch (const ScriptError&) {
    throw;
  } catch (const std::exception& error) {
    throw CommandError(fmt::format("Revision {} can't be linted: {}", script.declared.revision, error.what()));
  }
  auto statements = sink.take();
  statements.transactional =
      script.transactional ? safety::Script::Transactional::yes : safety::Script::Transactional::no;
  return statements;
}

safety::Script upgrade_of(const alembic::Script& script, const RunContext& context) {
  if (!script.upgrade_source) return statements_of(script, script.upgrade, context);
  const auto& source = *script.upgrade_source;
  auto statements = read_script(std::string(source.text), script.path, source.line);
  for (auto& statement : statements.statements) statement.runs_alone = runs_outside_transactions(statement.sql);
  statements.transactional =
      script.transactional ? safety::Script::Transactional::yes : safety::Script::Transactional::no;
  return statements;
}

void report_revision(Linter& linter, const alembic::Script& script, std::string_view rule, std::string message) {
  linter.add({.rule = find_rule(rule)->id,
              .severity = find_rule(rule)->severity,
              .file = script.path,
              .line = std::max(script.lines.revision, 1U),
              .message = std::move(message)});
}

// What the way back leads to, beside what the way there came from.
void check_downgrade(Linter& linter, const alembic::Script& script, const RunContext& context,
                     const SchemaModel& before) {
  if (script.irreversible) return;
  const auto statements = statements_of(script, script.downgrade, context);
  const auto changed = differences(before, linter.model());
  if (statements.statements.empty()) {
    if (changed.empty()) return;
    report_revision(
        linter, script, "missing-downgrade",
        fmt::format("Revision {} changes the schema, and its downgrade does nothing.", script.declared.revision));
    return;
  }
  auto model = linter.model();
  for (const auto& statement : statements.statements) replay(model, statement.node(), 0);
  const auto left = differences(before, model);
  if (left.empty()) return;
  report_revision(linter, script, "asymmetric-downgrade",
                  fmt::format("After the downgrade of revision {} the schema is not what it was: {}.",
                              script.declared.revision, fmt::join(left, "; ")));
}

}  // namespace

RevisionRange parse_revision_range(const std::string& text) {
  const auto colon = text.find(':');
  if (colon == std::string::npos || text.find(':', colon + 1) != std::string::npos) {
    throw CommandError(fmt::format(
        "'{}' is neither a file that ends in .sql nor a range of revisions; write FROM:TO, FROM: or :TO", text));
  }
  RevisionRange range;
  if (colon > 0 && text.substr(0, colon) != "base") range.from = {text.substr(0, colon)};
  if (colon + 1 < text.size()) range.to = text.substr(colon + 1);
  return range;
}

Nodes revisions_of(const ScriptDirectory& scripts, const RevisionRange& range) {
  RevisionIds rows;
  for (const auto& from : range.from) {
    for (const auto& id : scripts.as_revision_number(from)) rows.push_back(id);
  }
  Nodes nodes;
  for (const auto& step : scripts.upgrade_revs(range.to, rows).steps) nodes.push_back(step.node);
  return nodes;
}

void lint_revisions(Linter& linter, const ScriptDirectory& scripts, const RevisionRange& range,
                    const RunContext& context) {
  const auto nodes = revisions_of(scripts, range);
  const std::set<alembic::Node> wanted(nodes.begin(), nodes.end());
  for (const auto& step : scripts.upgrade_revs("heads", {}).steps) {
    const auto& script = scripts.script(step.node);
    const auto statements = upgrade_of(script, context);
    if (!wanted.contains(step.node)) {
      linter.assume(statements);
      continue;
    }
    const auto before = linter.model();
    linter.lint(statements, script.path);
    check_downgrade(linter, script, context, before);
  }
}

}  // namespace support::alembic::safety
