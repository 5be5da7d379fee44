#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "app/alembic/safety/finding.hpp"
#include "app/alembic/safety/lint_options.hpp"
#include "app/alembic/safety/model/schema_model.hpp"
#include "app/alembic/safety/syntax/script.hpp"

namespace support::alembic::safety {

// Reads migrations in the order in which they run, and says what would hurt. What came before is replayed, so that a
// later one knows the tables, types and constraints it finds. Not thread-safe; uses no database.
class Linter {
 public:
  explicit Linter(LintOptions options = {});
  ~Linter();

  // What is there before: replayed, not judged. Throws ScriptError.
  void assume(std::string text, std::string_view file);
  void assume(const Script& script);
  // A migration. Throws ScriptError; then nothing of this file is reported.
  void lint(std::string text, std::string_view file);
  // `file`: as findings name it.
  void lint(const Script& script, std::string_view file);
  // Adds what something else than a rule on a statement found; dropped when its rule is switched off.
  void add(Finding finding);

  const SchemaModel& model() const;
  LintReport take_report();

 private:
  class Run;
  std::unique_ptr<Run> run_;
};

}  // namespace support::alembic::safety
