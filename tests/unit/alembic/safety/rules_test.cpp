#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "app/alembic/safety/rule.hpp"

#include "tests/unit/alembic/safety/lint_cases.hpp"

namespace support::alembic::safety::testing {
namespace {

const std::vector<LintCase>& cases() {
  static const auto all = read_lint_cases();
  return all;
}

std::set<std::string> rules_of(const LintReport& report) {
  std::set<std::string> result;
  for (const auto& finding : report.findings) result.emplace(finding.rule);
  return result;
}

bool is_hazard(const Finding& finding) {
  return finding.severity != Severity::info && finding.rule.find("timeout") == std::string_view::npos;
}

class LintCaseTest : public ::testing::TestWithParam<LintCase> {};

TEST_P(LintCaseTest, ReportsWhatItSays) {
  const auto report = lint(GetParam());
  const auto reported = rules_of(report);
  for (const auto& rule : GetParam().has) EXPECT_THAT(reported, ::testing::Contains(rule));
  for (const auto& rule : GetParam().lacks) EXPECT_THAT(reported, ::testing::Not(::testing::Contains(rule)));
  if (!GetParam().clean) return;
  for (const auto& finding : report.findings) {
    EXPECT_FALSE(is_hazard(finding)) << finding.rule << ": " << finding.message;
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, LintCaseTest, ::testing::ValuesIn(cases()),
                         [](const auto& lint_case) { return fmt::format("line_{}", lint_case.index + 1); });

// Those that only a revision can break are tested with the revisions, and those that a database must tell of with it.
bool needs_revision(std::string_view id) {
  return id == "edited-migration" || id == "timeout-override" || id == "missing-downgrade" ||
         id == "asymmetric-downgrade" || id == "missing-signoff";
}

TEST(Rules, EachHasACaseThatItSpeaksInAndOneThatItDoesNot) {
  std::set<std::string> speaks;
  std::set<std::string> is_silent;
  for (const auto& lint_case : cases()) {
    speaks.insert(lint_case.has.begin(), lint_case.has.end());
    is_silent.insert(lint_case.lacks.begin(), lint_case.lacks.end());
    if (!lint_case.clean) continue;
    for (const auto& rule : rules()) {
      if (rule.severity != Severity::info) is_silent.emplace(rule.id);
    }
  }
  for (const auto& rule : rules()) {
    if (needs_revision(rule.id)) continue;
    EXPECT_TRUE(speaks.contains(std::string(rule.id))) << rule.id << " has no case in tests/data/lint.jsonl";
    EXPECT_TRUE(is_silent.contains(std::string(rule.id))) << rule.id << " has no case without it";
  }
}

TEST(Rules, NamesAreUnique) {
  std::set<std::string_view> names;
  for (const auto& rule : rules()) EXPECT_TRUE(names.insert(rule.id).second) << rule.id;
}

TEST(Rules, WhatACaseNamesExists) {
  for (const auto& lint_case : cases()) {
    for (const auto* list : {&lint_case.has, &lint_case.lacks}) {
      for (const auto& rule : *list) EXPECT_NE(find_rule(rule), nullptr) << rule;
    }
  }
}

TEST(Rules, TheSaferFormIsSql) {
  for (const auto& lint_case : cases()) {
    for (const auto& finding : lint(lint_case).findings) {
      EXPECT_NO_THROW(read_script(finding.safer, "safer.sql")) << finding.rule << ":\n" << finding.safer;
    }
  }
}

TEST(Rules, AMessageIsMadeOfSentences) {
  for (const auto& lint_case : cases()) {
    for (const auto& finding : lint(lint_case).findings) {
      EXPECT_TRUE(finding.message.ends_with('.')) << finding.rule << ": " << finding.message;
      EXPECT_GT(finding.line, 0U);
      EXPECT_EQ(finding.message.find("  "), std::string::npos) << finding.message;
    }
  }
}

TEST(Rules, TheDocumentHoldsTheCatalogue) {
  std::ifstream file(SUPPORT_SOURCE_DIR "/docs/linting.md");
  const std::string document{std::istreambuf_iterator<char>(file), {}};
  EXPECT_NE(document.find(rules_markdown()), std::string::npos)
      << "docs/linting.md differs from the catalogue; ./dev doc rewrites it";
}

}  // namespace
}  // namespace support::alembic::safety::testing
