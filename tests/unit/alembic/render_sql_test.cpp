#include <random>

#include <gmock/gmock.h>

#include "app/alembic/autogenerate/render.hpp"
#include "app/alembic/operations/sql.hpp"
#include "app/alembic/script/sql_split.hpp"
#include "app/schema/quoting.hpp"
#include "app/schema/sql_text.hpp"

#include "tests/support/operation_samples.hpp"

namespace support::alembic::autogenerate {
namespace {

using testing::ElementsAre;

std::vector<std::string> split(const std::string& script) {
  std::vector<std::string> texts;
  for (const auto& statement : split_sql(script)) {
    texts.emplace_back(statement.text);
    if (statement.copy_data) texts.back() += ";\n" + std::string(*statement.copy_data) + "\\.";
  }
  return texts;
}

TEST(RenderSql, HasAnEmptyLineBetweenStatements) {
  EXPECT_EQ(render_sql({}, {}), "");
  const PlannedStep two{
      .operation = CreateTable{schema::Table("t", {schema::column("a", schema::Integer(), {.comment = "c"})})},
      .note = "First.\nSecond."};
  EXPECT_EQ(render_sql({two, {.operation = DropTable{"u"}}, {.operation = CopyData{"COPY t FROM stdin", "1\n"}}}, {}),
            "-- First.\n-- Second.\nCREATE TABLE t (\n    a INTEGER\n);\n\nCOMMENT ON COLUMN t.a IS 'c';\n\nDROP TABLE "
            "u;\n\nCOPY t FROM stdin;\n1\n\\.\n");
}

TEST(RenderSql, IsForTheServerThatItIsToldOf) {
  EXPECT_EQ(render_sql({{.operation = CreateExtension{.extension = "vector", .if_available = true}}},
                       {.extensions = schema::ServerFeatures::Extensions{}}),
            "");
}

TEST(RenderSql, OfAnyOperationSplitsIntoItsStatements) {
  Steps steps;
  std::vector<std::string> statements;
  for (const auto& sample : tests::operation_samples()) {
    std::vector<std::string> sql;
    try {
      sql = to_sql(sample, {});
    } catch (const std::invalid_argument&) {
      continue;  // what PostgreSQL does not have
    }
    steps.push_back({.operation = sample, .note = "It's a note; with a $$ and a /* in it."});
    for (const auto& one : sql) statements.push_back(one.substr(0, one.find_last_not_of('\n') + 1));
  }
  EXPECT_GT(statements.size(), 100U);
  EXPECT_EQ(split(render_sql(steps, {})), statements);
}

TEST(RenderSql, AnyTextSurvivesSplitting) {
  std::mt19937 random(3);
  const std::vector<std::string> pieces{"a",
                                        " ",
                                        ";",
                                        "'",
                                        "\"",
                                        "$$",
                                        "$body$",
                                        "\\",
                                        "--",
                                        "/*",
                                        "*/",
                                        "\n",
                                        "BEGIN ATOMIC",
                                        "END",
                                        "(",
                                        ")",
                                        "E",
                                        "COPY t FROM stdin"};
  for (int round = 0; round < 2000; ++round) {
    std::string text = "x";
    for (auto i = random() % 12; i > 0; --i) text += pieces[random() % pieces.size()];
    const Steps steps{
        {.operation = CreateTableComment{.table = text, .comment = text}, .note = text},
        {.operation = CreateFunction{schema::Function("f", {}, text, {.returns = schema::Integer()})}, .note = text},
        {.operation = DropTable{"t"}, .note = text}};
    std::vector<std::string> statements;
    for (const auto& step : steps) statements.push_back(to_sql(step.operation, {}).front());
    EXPECT_EQ(split(render_sql(steps, {})), statements) << text;
  }
}

TEST(RenderSql, NeedsAutocommitForWhatNoTransactionTakes) {
  EXPECT_FALSE(needs_autocommit({{.operation = DropTable{"t"}}}));
  EXPECT_TRUE(needs_autocommit(
      {{.operation = DropTable{"t"}}, {.operation = AddEnumValue{"e", "x"}, .outside_transaction = true}}));
  EXPECT_TRUE(needs_autocommit({{.operation = DropIndex{.index = "i", .concurrently = true}}}));
}

}  // namespace
}  // namespace support::alembic::autogenerate
