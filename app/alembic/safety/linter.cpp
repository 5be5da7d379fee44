#include "app/alembic/safety/linter.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/alembic/safety/model/replay.hpp"
#include "app/alembic/safety/procedural.hpp"
#include "app/alembic/safety/rule.hpp"
#include "app/alembic/safety/rules/examination.hpp"

namespace support::alembic::safety {

namespace {

bool has_rollback(const Script& script) {
  return std::any_of(script.statements.begin(), script.statements.end(), [](const Statement& statement) {
    return statement.node().is("TransactionStmt") && statement.node().text("kind").starts_with("TRANS_STMT_ROLLBACK");
  });
}

bool opens_transaction(const Script& script) {
  return std::any_of(script.statements.begin(), script.statements.end(), [](const Statement& statement) {
    const auto kind = statement.node().text("kind");
    return statement.node().is("TransactionStmt") && (kind == "TRANS_STMT_BEGIN" || kind == "TRANS_STMT_START");
  });
}

bool refuses_transaction(const Script& script) {
  return std::any_of(script.statements.begin(), script.statements.end(),
                     [](const Statement& statement) { return refuses_transaction(statement.node()); });
}

Wrapping wrapping_of(const Script& script, TransactionMode mode) {
  if (mode == TransactionMode::file) return Wrapping::transaction;
  if (mode == TransactionMode::statements || script.transactional == Script::Transactional::no) {
    return Wrapping::statements;
  }
  if (script.transactional == Script::Transactional::yes) return Wrapping::transaction;
  return opens_transaction(script) || refuses_transaction(script) ? Wrapping::statements : Wrapping::transaction;
}

// Whether the file has to be taken as a row of statements only because it could not run otherwise.
bool is_transaction_unsaid(const Script& script, TransactionMode mode) {
  return mode == TransactionMode::automatic && script.transactional == Script::Transactional::unsaid &&
         !opens_transaction(script) && refuses_transaction(script);
}

std::string lock_sentence(const Report& report) {
  if (report.lock == LockMode::none) return {};
  const auto on = report.relation.empty() ? "" : fmt::format(" on {}", report.relation);
  const auto blocked = blocked_by(report.lock);
  const auto* until =
      report.held == Held::instant
          ? "once it gets the lock, for an instant; while it waits for it, whatever comes behind waits as well"
      : report.held == Held::scan ? "while all rows are read"
                                  : "while all rows are written anew";
  if (blocked.empty()) return fmt::format(" It takes {}{}.", lock_name(report.lock), on);
  return fmt::format(" It takes {}{}, which blocks {} {}.", lock_name(report.lock), on, blocked, until);
}

}  // namespace

class Linter::Run {
 public:
  explicit Run(LintOptions options) : options_(std::move(options)), session_(model_) {}

  void assume(const Script& script) {
    model_.next_epoch();
    session_.begin_file(Wrapping::statements, has_rollback(script));
    for (const auto& statement : script.statements) {
      session_.follow(statement.node());
      replay(model_, statement.node(), session_.transaction());
      for (const auto& inner : executed_by_block(statement.node()))
        replay(model_, inner.root(), session_.transaction());
      session_.end_statement();
    }
    session_.end_file();
    session_.reset();
    model_.next_epoch();
  }

  void lint(const Script& script, std::string_view file) {
    script_ = &script;
    file_ = file;
    first_number_ = number_ + 1;
    memory_ = {};
    file_size_ = static_cast<unsigned>(
        std::count_if(script.statements.begin(), script.statements.end(),
                      [](const Statement& statement) { return !is_session_statement(statement.node()); }));
    memory_.is_transaction_unsaid = is_transaction_unsaid(script, options_.transaction);
    model_.next_epoch();
    session_.begin_file(wrapping_of(script, options_.transaction), has_rollback(script));
    for (const auto& statement : script.statements) take(statement);
    if (session_.is_open()) report_unfinished();
    session_.end_file();
    settle(PendingFinding::Until::end_of_transaction);
    settle(PendingFinding::Until::end_of_file);
    check_allowances();
    order();
    script_ = nullptr;
  }

  void add(Finding finding) {
    if (is_wanted(finding.rule)) report_.findings.push_back(std::move(finding));
  }

  const SchemaModel& model() const { return model_; }
  LintReport take_report() { return std::exchange(report_, {}); }

 private:
  void take(const Statement& statement) {
    ++number_;
    ++report_.statements;
    const bool interrupts = statement.runs_alone && session_.is_wrapped();
    if (interrupts) session_.leave_transaction();
    judge(statement, statement.node());
    for (const auto& inner : executed_by_block(statement.node())) judge(statement, inner.root());
    session_.end_statement();
    if (interrupts) session_.resume_transaction();
    if (interrupts || !session_.in_transaction()) settle(PendingFinding::Until::end_of_transaction);
  }

  void judge(const Statement& statement, const Node& node) {
    Examination examination(statement, node, number_, file_size_, model_, session_, options_, memory_);
    for (const auto check : checks()) check(examination);
    for (auto& reported : examination.reported) record(reported.rule, reported.statement, std::move(reported.report));
    for (const auto& lock : examination.locks) session_.hold({lock.relation, lock.mode, number_, lock.is_target});
    if (!is_data_statement(node) && !is_session_statement(node)) session_.note_schema_change();
    note_enum_value(node);
    session_.follow(node);
    replay(model_, node, session_.transaction());
  }

  void note_enum_value(const Node& node) {
    if (!node.is("AlterEnumStmt") || !node.text("oldVal").empty()) return;
    const auto parts = node.strings("typeName");
    if (!parts.empty()) session_.add_enum_value({parts.back(), std::string(node.text("newVal"))});
  }

  void report_unfinished() {
    record("uncommitted-transaction", number_,
           {.message = "The file ends inside a transaction that BEGIN opened: nothing in it is kept, or it stays open "
                       "with its locks, whichever the runner does.",
            .safer = "COMMIT;"});
  }

  const Statement& statement_of(unsigned number) const { return script_->statements[number - first_number_]; }

  bool is_wanted(std::string_view id) const {
    if (options_.disabled.contains(std::string(id))) return false;
    const auto* rule = find_rule(id);
    return rule->section != Section::style || options_.enabled.contains(std::string(id));
  }

  void record(std::string_view id, unsigned number, Report report) {
    if (!is_wanted(id)) return;
    const auto& statement = statement_of(number);
    const auto* rule = find_rule(id);
    Finding finding{.rule = rule->id,
                    .severity = report.severity.value_or(rule->severity),
                    .file = file_,
                    .line = statement.line,
                    .statement = statement.sql,
                    .message = report.message + lock_sentence(report),
                    .relation = std::move(report.relation),
                    .lock = report.lock,
                    .held = report.held,
                    .safer = std::move(report.safer)};
    for (const auto& allowance : statement.allowances) {
      const auto& rules = allowance.rules;
      if (allowance.reason.empty() || std::find(rules.begin(), rules.end(), id) == rules.end()) continue;
      used_allowances_.push_back(fmt::format("{} {}", number, id));
      report_.accepted.push_back({std::move(finding), allowance.reason});
      return;
    }
    report_.findings.push_back(std::move(finding));
  }

  void settle(PendingFinding::Until until) {
    std::vector<PendingFinding> later;
    for (auto& pending : std::exchange(memory_.pending, {})) {
      if (pending.until != until) {
        later.push_back(std::move(pending));
      } else if (!is_taken_back(pending)) {
        record(pending.rule, pending.statement, std::move(pending.report));
      }
    }
    for (auto& pending : later) memory_.pending.push_back(std::move(pending));
  }

  bool is_taken_back(const PendingFinding& pending) const {
    const auto* relation = model_.find(pending.relation);
    switch (pending.unless) {
      case PendingFinding::Unless::relation_exists:
        return relation != nullptr;
      case PendingFinding::Unless::has_primary_key:
        return relation == nullptr || relation->primary_key() != nullptr;
      case PendingFinding::Unless::has_policy:
        return relation == nullptr || !relation->row_security || relation->policies > 0;
      case PendingFinding::Unless::has_index:
        return relation == nullptr || has_index_on(*relation, pending.columns);
      case PendingFinding::Unless::sequence_is_set:
        return memory_.sets_any_sequence;
    }
    return false;
  }

  static bool has_index_on(const Relation& relation, const std::vector<std::string>& columns) {
    return std::any_of(relation.indexes.begin(), relation.indexes.end(), [&](const Index& index) {
      if (!index.predicate.empty() || index.keys.size() < columns.size()) return false;
      return std::all_of(columns.begin(), columns.end(), [&](const std::string& column) {
        const auto end = index.keys.begin() + static_cast<std::ptrdiff_t>(columns.size());
        return std::any_of(index.keys.begin(), end, [&](const IndexKey& key) { return key.column == column; });
      });
    });
  }

  // An allowance that allows nothing is a mistake that would go unnoticed.
  void check_allowances() {
    for (std::size_t i = 0; i < script_->statements.size(); ++i) {
      const auto number = first_number_ + static_cast<unsigned>(i);
      for (const auto& allowance : script_->statements[i].allowances) {
        if (allowance.reason.empty()) {
          record("allow-without-reason", number,
                 {.message = "The comment `allow` names no reason, so it allows nothing.",
                  .safer = fmt::format("-- allow: {}: why it is safe here", fmt::join(allowance.rules, ", "))});
          continue;
        }
        for (const auto& rule : allowance.rules) {
          const auto key = fmt::format("{} {}", number, rule);
          if (find_rule(rule) == nullptr) {
            record("unused-allow", number,
                   {.message = fmt::format("The comment allows '{}', which is no rule.", rule)});
          } else if (is_wanted(rule) &&
                     std::find(used_allowances_.begin(), used_allowances_.end(), key) == used_allowances_.end()) {
            record("unused-allow", number,
                   {.message = fmt::format("The comment allows {}, which has nothing to say here.", rule)});
          }
        }
      }
    }
    used_allowances_.clear();
  }

  // By line; what was found first comes first.
  void order() {
    const auto begin = report_.findings.begin() + static_cast<std::ptrdiff_t>(ordered_);
    std::stable_sort(begin, report_.findings.end(), [](const auto& a, const auto& b) { return a.line < b.line; });
    ordered_ = report_.findings.size();
  }

  LintOptions options_;
  SchemaModel model_;
  Session session_;
  FileMemory memory_;
  LintReport report_;
  const Script* script_ = nullptr;
  std::string file_;
  unsigned file_size_ = 0;
  unsigned number_ = 0;
  unsigned first_number_ = 1;
  std::size_t ordered_ = 0;
  std::vector<std::string> used_allowances_;
};

Linter::Linter(LintOptions options) : run_(std::make_unique<Run>(std::move(options))) {}
Linter::~Linter() = default;

void Linter::assume(std::string text, std::string_view file) {
  run_->assume(read_script(std::move(text), file));
}

void Linter::assume(const Script& script) {
  run_->assume(script);
}

void Linter::lint(std::string text, std::string_view file) {
  run_->lint(read_script(std::move(text), file), file);
}

void Linter::lint(const Script& script, std::string_view file) {
  run_->lint(script, file);
}

void Linter::add(Finding finding) {
  run_->add(std::move(finding));
}

const SchemaModel& Linter::model() const {
  return run_->model();
}

LintReport Linter::take_report() {
  return run_->take_report();
}

bool LintReport::has_errors() const {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& finding) { return finding.severity == Severity::error; });
}

std::string_view severity_name(Severity severity) {
  switch (severity) {
    case Severity::info:
      return "info";
    case Severity::warning:
      return "warning";
    case Severity::error:
      break;
  }
  return "error";
}

}  // namespace support::alembic::safety
