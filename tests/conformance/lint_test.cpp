#include <algorithm>
#include <iostream>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>

#include "app/alembic/safety/linter.hpp"
#include "app/alembic/safety/model/table_locks.hpp"
#include "app/alembic/safety/procedural.hpp"
#include "app/alembic/safety/rule.hpp"

#include "tests/conformance/graph_cases.hpp"

namespace support::tests {
namespace {

using namespace alembic::safety;

bool is_timeout_rule(std::string_view rule) {
  return rule.find("timeout") != std::string_view::npos || rule == "set-local-outside-transaction";
}

bool is_hygiene(const Finding& finding) {
  return finding.severity == Severity::info || is_timeout_rule(finding.rule) ||
         find_rule(finding.rule)->section == Section::style;
}

LintOptions options_for(const boost::json::object& line, TransactionMode mode) {
  LintOptions options{.transaction = mode};
  if (const auto* version = line.if_contains("pg")) options.server_version = version->to_number<unsigned>();
  for (const auto& rule : rules()) {
    if (rule.section == Section::style) options.enabled.emplace(rule.id);
  }
  return options;
}

TransactionMode mode_of(const boost::json::object& line) {
  const auto* wrapped = line.if_contains("in_transaction");
  return line.contains("files") || (wrapped != nullptr && wrapped->as_bool()) ? TransactionMode::file
                                                                              : TransactionMode::statements;
}

LintReport lint(const boost::json::object& line, TransactionMode mode) {
  Linter linter(options_for(line, mode));
  if (line.contains("setup")) linter.assume(text(line.at("setup")), "setup.sql");
  if (line.contains("files")) {
    for (const auto& file : line.at("files").as_array()) linter.lint(text(file), "case.sql");
  } else {
    linter.lint(text(line.at("sql")), "case.sql");
  }
  return linter.take_report();
}

// What does not hold of the case; empty when all does.
std::string complaint(const boost::json::object& line, TransactionMode mode) {
  LintReport report;
  try {
    report = lint(line, mode);
  } catch (const std::exception& error) {
    return error.what();
  }
  std::set<std::string> reported;
  std::vector<std::string> hazards;
  for (const auto& finding : report.findings) {
    reported.emplace(finding.rule);
    if (!is_hygiene(finding)) hazards.emplace_back(finding.rule);
  }
  std::string result;
  for (const auto& rule : strings(line.at("expected_rules"))) {
    if (!reported.contains(rule)) result += " misses " + rule;
  }
  for (const auto& rule : strings(line.at("absent_rules"))) {
    if (reported.contains(rule)) result += " has " + rule;
  }
  if (line.at("clean").as_bool() && !hazards.empty())
    result += fmt::format(" is not clean: {}", fmt::join(hazards, ", "));
  return result;
}

double share_that_holds(const char* name, TransactionMode (*mode)(const boost::json::object&)) {
  const auto cases = read_lines("lint.jsonl");
  std::size_t good = 0;
  for (const auto& line : cases) {
    const auto wrong = complaint(line, mode(line));
    if (wrong.empty()) {
      ++good;
    } else {
      std::cout << name << ": " << text(line.at("case")) << ":" << wrong << '\n';
    }
  }
  const auto share = cases.empty() ? 0.0 : 100.0 * static_cast<double>(good) / static_cast<double>(cases.size());
  std::cout << fmt::format("{}: {} of {} cases hold, {:.1f} %\n", name, good, cases.size(), share);
  return share;
}

TEST(LintCases, HoldWhenTheTransactionModeIsTold) {
  if (!have_cases()) GTEST_SKIP() << "The measured cases are not beside the checkout: " << cases_path("lint.jsonl");
  EXPECT_GE(share_that_holds("told", mode_of), 98.0);
}

// The command line gets files and no more.
TEST(LintCases, HoldMostlyWhenTheTransactionModeIsGuessed) {
  if (!have_cases()) GTEST_SKIP() << "The measured cases are not beside the checkout: " << cases_path("lint.jsonl");
  EXPECT_GE(share_that_holds("guessed", [](const boost::json::object&) { return TransactionMode::automatic; }), 94.0);
}

// "ShareRowExclusiveLock" as SQL spells it.
std::string as_sql(std::string mode) {
  mode.resize(mode.size() - std::string_view("Lock").size());
  std::string result;
  for (const char letter : mode) {
    if (std::isupper(static_cast<unsigned char>(letter)) && !result.empty()) result += ' ';
    result += static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  }
  return result;
}

// What the model says of a measured statement's locks and of its work under them, beside what was measured.
std::string lock_complaint(const boost::json::object& line) {
  const bool wrapped = line.at("in_transaction").as_bool();
  Linter linter({.server_version = 18, .transaction = wrapped ? TransactionMode::file : TransactionMode::statements});
  const auto session = line.contains("session") ? text(line.at("session")) + ";\n" : std::string();
  linter.assume(session + text(line.at("setup")), "setup.sql");
  const auto script = read_script(text(line.at("statement")), "case.sql");
  std::map<std::string, LockMode> strongest;
  for (const auto& statement : script.statements) {
    std::vector<Node> nodes{statement.node()};
    const auto inner = executed_by_block(statement.node());
    for (const auto& tree : inner) nodes.push_back(tree.root());
    for (const auto& node : nodes) {
      for (const auto& lock : table_locks(node, linter.model())) {
        auto& mode = strongest[lock.relation.text()];
        mode = std::max(mode, lock.mode);
      }
    }
  }
  std::string result;
  for (const auto& member : line.at("strongest").as_object()) {
    const std::string relation(member.key());
    const auto mode = as_sql(text(member.value()));
    const auto* known = linter.model().find({"public", relation});
    if (line.contains("differs") || known == nullptr || known->kind == Relation::Kind::sequence ||
        mode == "ACCESS SHARE" || mode == "ROW SHARE")
      continue;
    const auto modelled = lock_name(strongest[relation]);
    if (modelled != mode) result += fmt::format(" {}: {}, measured {}", relation, modelled, mode);
  }
  linter.lint(script, "case.sql");
  auto held = Held::instant;
  for (const auto& finding : linter.take_report().findings) {
    if (finding.lock >= LockMode::share) held = std::max(held, finding.held);
  }
  const bool rewrites = !line.at("rewrites").as_array().empty();
  const bool truncates = script.statements.front().node().is("TruncateStmt");
  if (rewrites != (held == Held::rewrite) && !truncates) result += rewrites ? " rewrites" : " does not rewrite";
  const bool under_strong = std::ranges::any_of(line.at("strongest").as_object(), [](const auto& member) {
    return as_sql(text(member.value())) == "ACCESS EXCLUSIVE" || as_sql(text(member.value())) == "SHARE" ||
           as_sql(text(member.value())) == "SHARE ROW EXCLUSIVE";
  });
  const bool scans = line.at("scans").is_array() && !line.at("scans").as_array().empty() && under_strong;
  if (scans && held == Held::instant && !truncates) result += " scans";
  return result;
}

TEST(LintCases, TheModelTakesTheLocksThatWereMeasured) {
  if (!have_cases()) GTEST_SKIP() << "The measured cases are not beside the checkout: " << cases_path("locks.jsonl");
  std::size_t wrong = 0;
  const auto cases = read_lines("locks.jsonl");
  for (const auto& line : cases) {
    std::string complaint;
    try {
      complaint = lock_complaint(line);
    } catch (const std::exception& error) {
      complaint = error.what();
    }
    if (complaint.empty()) continue;
    ++wrong;
    std::cout << text(line.at("case")) << ": " << text(line.at("statement")) << ":" << complaint << '\n';
  }
  std::cout << fmt::format("{} of {} measured statements hold\n", cases.size() - wrong, cases.size());
  EXPECT_LE(wrong, 0U);
}

}  // namespace
}  // namespace support::tests
