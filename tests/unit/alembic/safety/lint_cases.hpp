#pragma once

#include <string>
#include <vector>

#include "app/alembic/safety/linter.hpp"

namespace support::alembic::safety::testing {

// A line of tests/data/lint.jsonl.
struct LintCase {
  std::string name;
  std::string schema;              // what exists before
  std::vector<std::string> files;  // migrations, in order
  LintOptions options;
  std::vector<std::string> has;    // rules that must speak
  std::vector<std::string> lacks;  // rules that must not
  bool clean = false;              // nothing but notes and time-outs
};

std::vector<LintCase> read_lint_cases();
LintReport lint(const LintCase& lint_case);

}  // namespace support::alembic::safety::testing
