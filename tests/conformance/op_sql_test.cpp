#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "tests/conformance/graph_cases.hpp"
#include "tests/conformance/recorded_calls.hpp"
#include "tests/support/recording_sink.hpp"

// Calls of Alembic's operations with the statements that they print; op_sql/read_cases.py turns the calls into JSON.
namespace support::tests {
namespace {

namespace json = boost::json;
using Statements = std::vector<std::string>;

constexpr auto python = "/usr/bin/python3";

// Why a case may be left out; any other reason, and any other case, fails.
const std::map<std::string, std::string, std::less<>> unreadable{
    {"what a batch held is not recorded", "op.batch_alter_table() is all that the record has"},
    {"a directive that its test made up", "what it does is in the test alone"},
};
const std::map<std::string, std::string, std::less<>> irreducible{
    {"op-0097", "the test replaces what create_table() and drop_table() do by SQL of its own"},
    {"op-0184", "the table is recorded with a column that the test adds after the statement is printed"},
};

std::vector<json::object> read_cases(const std::string& file) {
  const std::string command =
      std::string(python) + " -B -X utf8 " SUPPORT_SOURCE_DIR "/tests/conformance/op_sql/read_cases.py '" + file + "'";
  const std::unique_ptr<FILE, int (*)(FILE*)> answers(popen(command.c_str(), "r"), &pclose);
  std::vector<json::object> result;
  char* line = nullptr;
  std::size_t capacity = 0;
  while (getline(&line, &capacity, answers.get()) > 0) result.push_back(json::parse(line).as_object());
  std::free(line);
  return result;
}

// A statement on one line with single blanks, without its semicolon.
std::string one_line(const std::string& statement) {
  std::string result;
  for (const char c : statement) {
    const bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!blank) {
      result += c;
    } else if (!result.empty() && result.back() != ' ') {
      result += ' ';
    }
  }
  while (!result.empty() && (result.back() == ' ' || result.back() == ';')) result.pop_back();
  return result;
}

constexpr std::string_view mark_begin = "\xe2\x9f\xaa";
constexpr std::string_view mark_end = "\xe2\x9f\xab";

// Whether the statement is the expected one where each mark, an expression whose record is empty, stands for any text.
bool matches(std::string_view ours, std::string_view expected) {
  const std::size_t begin = ours.find(mark_begin);
  if (begin == std::string_view::npos) return ours == expected;
  if (!expected.starts_with(ours.substr(0, begin))) return false;
  const std::string_view rest = ours.substr(ours.find(mark_end, begin) + mark_end.size());
  for (std::size_t end = begin; end <= expected.size(); ++end) {
    if (matches(rest, expected.substr(end))) return true;
  }
  return false;
}

bool match(const Statements& ours, const Statements& expected) {
  return std::equal(ours.begin(), ours.end(), expected.begin(), expected.end(),
                    [](const auto& one, const auto& other) { return matches(one_line(one), one_line(other)); });
}

schema::NamingConvention convention_of(const json::object& patterns) {
  schema::NamingConvention result;
  for (const auto& [kind, pattern] : patterns) {
    if (kind == "ix") result.ix = text(pattern);
    if (kind == "uq") result.uq = text(pattern);
    if (kind == "ck") result.ck = text(pattern);
    if (kind == "fk") result.fk = text(pattern);
    if (kind == "pk") result.pk = text(pattern);
  }
  return result;
}

Statements statements_of(const json::object& a_case) {
  const auto calls = [&](alembic::Operations& op) {
    for (const json::value& call : a_case.at("calls").as_array()) invoke_recorded(op, call);
  };
  const json::value& convention = a_case.at("naming_convention");
  return convention.is_object() ? sql_of(calls, convention_of(convention.as_object())) : sql_of(calls);
}

// Whether Alembic means it, or dies of a defect of its own, where any answer in a sentence and any SQL will do.
bool is_refusal(const json::object& error) {
  const std::string kind = text(error.at("class"));
  return kind != "AssertionError" && kind != "AttributeError" && kind != "KeyError" && kind != "TypeError";
}

void expect_refusal(const json::object& a_case) {
  try {
    const Statements ours = statements_of(a_case);
    EXPECT_FALSE(is_refusal(a_case.at("error").as_object())) << "printed: " << testing::PrintToString(ours);
  } catch (const std::exception& error) {
    EXPECT_STRNE(error.what(), "");
  }
}

void expect_the_same(const json::object& a_case) {
  if (a_case.at("error").is_object()) return expect_refusal(a_case);
  const Statements expected = strings(a_case.at("sql"));
  try {
    const Statements ours = statements_of(a_case);
    EXPECT_TRUE(match(ours, expected)) << "printed: " << testing::PrintToString(ours)
                                       << "\nexpected: " << testing::PrintToString(expected);
  } catch (const std::exception& error) {
    ADD_FAILURE() << error.what() << "\nexpected: " << testing::PrintToString(expected);
  }
}

enum class Exceptions { allowed, none };

void expect_all_the_same(const std::string& file, Exceptions exceptions) {
  const std::vector<json::object> cases = read_cases(file);
  ASSERT_FALSE(cases.empty()) << "nothing could be read from " << file;
  std::size_t ran = 0;
  for (const json::object& a_case : cases) {
    const std::string id = text(a_case.at("id"));
    SCOPED_TRACE(id + ": " + text(a_case.at("source")));
    const json::value* reason = a_case.if_contains("reason");
    const auto by_reason = unreadable.find(reason ? text(*reason) : "");
    const auto by_id = irreducible.find(id);
    if (exceptions == Exceptions::allowed && (by_reason != unreadable.end() || by_id != irreducible.end())) {
      std::cout << "  " << id << " is left out: " << (by_reason != unreadable.end() ? by_reason->second : by_id->second)
                << '\n';
    } else if (reason) {
      ADD_FAILURE() << "The call can't be read: " << text(*reason);
    } else {
      ++ran;
      expect_the_same(a_case);
    }
  }
  std::cout << "  " << ran << " of " << cases.size() << " cases ran\n";
}

bool has_python() {
  return access(python, X_OK) == 0;
}

TEST(OpSql, PrintsWhatAlembicPrints) {
  if (!have_cases()) GTEST_SKIP() << "The measured cases are not beside the checkout: " << cases_path("op_sql.jsonl");
  if (!has_python()) GTEST_SKIP() << "The calls are read by Python, and there is no " << python;
  expect_all_the_same(cases_path("op_sql.jsonl"), Exceptions::allowed);
}

TEST(OpSql, PrintsTheWholeVocabularyAsAlembicDoes) {
  if (!has_python()) GTEST_SKIP() << "The calls are read by Python, and there is no " << python;
  expect_all_the_same(SUPPORT_SOURCE_DIR "/tests/data/op_sql.jsonl", Exceptions::none);
}

TEST(OpSql, AMarkStandsForAnyTextAndNothingElseDoes) {
  EXPECT_TRUE(
      matches("CHECK (\xe2\x9f\xaa"
              "1\xe2\x9f\xab)",
              "CHECK (a > 5)"));
  EXPECT_FALSE(
      matches("CHECK (\xe2\x9f\xaa"
              "1\xe2\x9f\xab) NOT VALID",
              "CHECK (a > 5)"));
  EXPECT_FALSE(matches("CHECK (a)", "CHECK (b)"));
}

}  // namespace
}  // namespace support::tests
