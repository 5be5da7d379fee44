#include <algorithm>
#include <iostream>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>

#include "app/alembic/safety/linter.hpp"
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

}  // namespace
}  // namespace support::tests
