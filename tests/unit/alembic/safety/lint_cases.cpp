#include "tests/unit/alembic/safety/lint_cases.hpp"

#include <fstream>
#include <map>

#include <boost/json.hpp>

#include "app/alembic/safety/rule.hpp"

namespace support::alembic::safety::testing {

namespace {

std::string text(const boost::json::value& value) {
  return std::string(value.as_string());
}

std::vector<std::string> texts(const boost::json::object& line, const char* key) {
  std::vector<std::string> result;
  if (const auto* list = line.if_contains(key)) {
    for (const auto& item : list->as_array()) result.push_back(text(item));
  }
  return result;
}

LintCase read_case(const boost::json::object& line) {
  LintCase result{.name = text(line.at("case")),
                  .files = texts(line, "files"),
                  .has = texts(line, "has"),
                  .lacks = texts(line, "lacks")};
  if (const auto* schema = line.if_contains("schema")) result.schema = text(*schema);
  if (result.files.empty()) result.files = {text(line.at("sql"))};
  if (const auto* clean = line.if_contains("clean")) result.clean = clean->as_bool();
  if (const auto* version = line.if_contains("pg")) result.options.server_version = version->to_number<unsigned>();
  const std::map<std::string, TransactionMode> modes{{"auto", TransactionMode::automatic},
                                                     {"file", TransactionMode::file},
                                                     {"statement", TransactionMode::statements}};
  if (const auto* mode = line.if_contains("mode")) result.options.transaction = modes.at(text(*mode));
  if (!line.contains("style")) return result;
  for (const auto& rule : rules()) {
    if (rule.section == Section::style) result.options.enabled.emplace(rule.id);
  }
  return result;
}

}  // namespace

std::vector<LintCase> read_lint_cases() {
  std::vector<LintCase> cases;
  std::ifstream file(SUPPORT_SOURCE_DIR "/tests/data/lint.jsonl");
  for (std::string line; std::getline(file, line);) cases.push_back(read_case(boost::json::parse(line).as_object()));
  return cases;
}

LintReport lint(const LintCase& lint_case) {
  Linter linter(lint_case.options);
  if (!lint_case.schema.empty()) linter.assume(lint_case.schema, "schema.sql");
  for (const auto& file : lint_case.files) linter.lint(file, "case.sql");
  return linter.take_report();
}

}  // namespace support::alembic::safety::testing
