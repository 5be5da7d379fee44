#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "tests/conformance/graph_cases.hpp"
#include "tests/conformance/op_sql_cases.hpp"
#include "tests/support/recording_sink.hpp"

namespace support::tests {
namespace {

using Statements = std::vector<std::string>;

std::vector<OpSqlCase> all_cases() {
  std::vector<OpSqlCase> result;
  for (const auto part :
       {table_cases(), add_column_cases(), alter_column_cases(), index_and_constraint_cases(), data_cases()}) {
    result.insert(result.end(), part.begin(), part.end());
  }
  return result;
}

// What Alembic printed, without the semicolons that close its statements.
std::map<std::string, Statements> read_expected() {
  std::map<std::string, Statements> result;
  for (const auto& line : read_lines("op_sql.jsonl")) {
    if (!line.contains("sql")) continue;
    Statements statements = strings(line.at("sql"));
    for (std::string& statement : statements) {
      if (statement.ends_with(';')) statement.pop_back();
    }
    result.emplace(text(line.at("id")), std::move(statements));
  }
  return result;
}

const std::map<std::string, Statements>& expected() {
  static const auto cases = read_expected();
  return cases;
}

class OpSql : public testing::TestWithParam<OpSqlCase> {};

TEST_P(OpSql, PrintsWhatAlembicPrints) {
  if (!have_cases()) GTEST_SKIP() << "The measured cases are not beside the checkout: " << cases_path("op_sql.jsonl");
  const auto found = expected().find(std::string(GetParam().id));
  ASSERT_NE(found, expected().end()) << "op_sql.jsonl has no case with SQL of this id";
  EXPECT_EQ(sql_of(GetParam().calls), found->second);
}

std::string test_name(const testing::TestParamInfo<OpSqlCase>& a_case) {
  std::string name(a_case.param.id);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Cases, OpSql, testing::ValuesIn(all_cases()), test_name);

TEST(OpSqlTable, NamesEachCaseOnce) {
  std::map<std::string_view, int> uses;
  for (const OpSqlCase& a_case : all_cases()) ++uses[a_case.id];
  for (const auto& [id, count] : uses) EXPECT_EQ(count, 1) << id;
}

}  // namespace
}  // namespace support::tests
