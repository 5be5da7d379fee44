// Whatever the text, the answer is findings or ScriptError.
#include <random>

#include <gmock/gmock.h>

#include "tests/unit/alembic/safety/lint_cases.hpp"

namespace support::alembic::safety::testing {
namespace {

void survive(const std::string& schema, const std::string& sql) {
  Linter linter;
  try {
    linter.assume(schema, "schema.sql");
    linter.lint(sql, "fuzz.sql");
  } catch (const ScriptError& error) {
    EXPECT_GT(error.line(), 0U);
    EXPECT_GT(error.column(), 0U);
  }
}

TEST(Fuzz, TruncatedFilesAreAnswered) {
  for (const auto& lint_case : read_lint_cases()) {
    for (const auto& file : lint_case.files) {
      for (std::size_t length = 0; length < file.size(); length += 5) survive(lint_case.schema, file.substr(0, length));
    }
  }
}

TEST(Fuzz, ShuffledWordsAreAnswered) {
  std::mt19937 random(20261124);
  const auto cases = read_lint_cases();
  std::vector<std::string> words;
  for (const auto& lint_case : cases) {
    for (const auto& file : lint_case.files) {
      std::string word;
      for (const char letter : file) {
        if (letter != ' ' && letter != '\n') {
          word += letter;
        } else if (!word.empty()) {
          words.push_back(std::exchange(word, {}));
        }
      }
    }
  }
  for (int round = 0; round < 3'000; ++round) {
    const auto& lint_case = cases[random() % cases.size()];
    auto sql = lint_case.files[random() % lint_case.files.size()];
    for (auto changes = 1 + random() % 3; changes > 0; --changes) {
      const auto at = sql.empty() ? 0 : random() % sql.size();
      sql.replace(at, random() % 12, " " + words[random() % words.size()] + " ");
    }
    survive(lint_case.schema, sql);
  }
}

TEST(Fuzz, RandomBytesAreAnswered) {
  std::mt19937 random(7);
  for (int round = 0; round < 2'000; ++round) {
    std::string bytes(random() % 60, ' ');
    for (char& byte : bytes) byte = static_cast<char>(round % 2 == 0 ? random() % 256 : 32 + random() % 95);
    survive("", bytes);
  }
}

// Statements of other cases in one file meet schemas that they do not expect.
TEST(Fuzz, MixedStatementsAreAnswered) {
  std::mt19937 random(99);
  const auto cases = read_lint_cases();
  for (int round = 0; round < 500; ++round) {
    std::string sql;
    for (int i = 0; i < 8; ++i) sql += cases[random() % cases.size()].files.front() + ";\n";
    survive(cases[random() % cases.size()].schema, sql);
  }
}

}  // namespace
}  // namespace support::alembic::safety::testing
