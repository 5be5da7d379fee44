#include "app/alembic/script/sql_split.hpp"

#include <chrono>
#include <fstream>
#include <random>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace support::alembic {
namespace {

namespace json = boost::json;

std::string text(const json::value& value) {
  return std::string(value.as_string());
}

std::vector<json::object> cases() {
  std::ifstream file(SUPPORT_SOURCE_DIR "/tests/data/sql_split.jsonl");
  std::vector<json::object> cases;
  for (std::string line; std::getline(file, line);) cases.push_back(json::parse(line).as_object());
  return cases;
}

json::array as_json(const std::vector<SqlStatement>& statements) {
  json::array list;
  for (const auto& statement : statements) {
    json::object object{{"text", statement.text}, {"line", statement.line}};
    if (statement.copy_data) object["copy_data"] = *statement.copy_data;
    list.push_back(std::move(object));
  }
  return list;
}

void expect_error(const std::string& sql, const json::object& c) {
  try {
    split_sql(sql);
    ADD_FAILURE() << "no error";
  } catch (const SqlSyntaxError& error) {
    EXPECT_EQ(error.line(), c.at("line").to_number<unsigned>());
    EXPECT_EQ(error.column(), c.at("column").to_number<unsigned>()) << sql;
    for (const auto& mention : c.at("error_mentions").as_array()) {
      EXPECT_THAT(error.what(), testing::HasSubstr(text(mention)));
    }
  }
}

TEST(SqlSplit, EveryCaseOfTheTable) {
  ASSERT_GE(cases().size(), 80U);
  for (const auto& c : cases()) {
    SCOPED_TRACE(text(c.at("case")));
    const auto sql = text(c.at("sql"));
    if (c.contains("error_mentions")) {
      expect_error(sql, c);
    } else {
      EXPECT_EQ(as_json(split_sql(sql)), c.at("statements"));
    }
  }
}

TEST(SqlSplit, LineCommentsAreThoseThatPostgresqlSees) {
  const auto comments = sql_line_comments(
      "-- one\nSELECT '\n-- string\n', $$\n-- body\n$$ -- two\r\n;\n/*\n-- nested\n*/ COPY t FROM stdin;\n-- "
      "row\n\\.\n  "
      "--three");
  ASSERT_EQ(comments.size(), 3U);
  EXPECT_EQ(comments[0].text, "-- one");
  EXPECT_EQ(comments[0].offset, 0U);
  EXPECT_EQ(comments[0].line, 1U);
  EXPECT_EQ(comments[1].text, "-- two");
  EXPECT_EQ(comments[1].line, 6U);
  EXPECT_EQ(comments[2].text, "--three");
  EXPECT_EQ(comments[2].line, 13U);
}

class RandomScript {
 public:
  explicit RandomScript(unsigned seed) : random_(seed) {}

  std::string operator()() {
    std::string script;
    for (auto length = std::uniform_int_distribution<>(0, 24)(random_); length > 0; --length) {
      script += pieces_[std::uniform_int_distribution<std::size_t>(0, pieces_.size() - 1)(random_)];
    }
    return script;
  }

 private:
  std::mt19937 random_;
  std::vector<std::string> pieces_ = {"'",
                                      "\"",
                                      "\\",
                                      "$",
                                      "$$",
                                      "$a$",
                                      "$1",
                                      "E'",
                                      "U&'",
                                      "--",
                                      "/*",
                                      "*/",
                                      "(",
                                      ")",
                                      ";",
                                      "\n",
                                      "\r\n",
                                      " ",
                                      "a",
                                      "e",
                                      "1",
                                      "COPY",
                                      "FROM",
                                      " stdin",
                                      ";\n",
                                      "\\.",
                                      "ä",
                                      ".",
                                      "CASE ",
                                      "END ",
                                      "BEGIN ",
                                      "ATOMIC ",
                                      "CREATE ",
                                      "OR REPLACE ",
                                      "FUNCTION ",
                                      "AS ",
                                      "COPY t FROM stdin;\n",
                                      "+*-/",
                                      "x'1",
                                      "\t1\n",
                                      "\n\\.\n"};
};

// What the server would be sent, written as a script again.
std::string joined(const std::vector<SqlStatement>& statements) {
  std::string script;
  for (const auto& statement : statements) {
    script += std::string(statement.text) + ";\n";
    if (statement.copy_data) script += std::string(*statement.copy_data) + "\\.\n";
  }
  return script;
}

unsigned lines_before(std::string_view script, const char* place) {
  return 1 + static_cast<unsigned>(std::count(script.data(), place, '\n'));
}

TEST(SqlSplit, KeepsTextAndOrderOfWhateverItIsGiven) {
  RandomScript random(20260118);
  unsigned accepted = 0;
  unsigned with_rows = 0;
  for (int i = 0; i < 200'000; ++i) {
    const auto script = random();
    SCOPED_TRACE(script);
    try {
      const auto statements = split_sql(script);
      ++accepted;
      const char* end = script.data();
      for (const auto& statement : statements) {
        ASSERT_FALSE(statement.text.empty());
        ASSERT_GE(statement.text.data(), end);
        ASSERT_EQ(statement.line, lines_before(script, statement.text.data()));
        end = statement.text.data() + statement.text.size();
        if (!statement.copy_data) continue;
        ++with_rows;
        ASSERT_GT(statement.copy_data->data(), end);
        end = statement.copy_data->data() + statement.copy_data->size();
      }
      ASSERT_LE(end, script.data() + script.size());
      const auto again = joined(statements);
      ASSERT_EQ(joined(split_sql(again)), again);
    } catch (const SqlSyntaxError& error) {
      ASSERT_GE(error.line(), 1U);
      ASSERT_LE(error.line(), lines_before(script, script.data() + script.size()));
    }
  }
  EXPECT_GT(accepted, 20'000U);
  EXPECT_GT(with_rows, 10U);
}

TEST(SqlSplit, RandomBytesNeverCrash) {
  std::mt19937 random(7);
  std::uniform_int_distribution<> byte(0, 255);
  for (int i = 0; i < 20'000; ++i) {
    std::string script(static_cast<std::size_t>(i % 64), ' ');
    for (auto& c : script) c = static_cast<char>(byte(random));
    try {
      split_sql(script);
    } catch (const SqlSyntaxError&) {
    }
  }
}

// Each would take hours if anything were looked at again and again.
TEST(SqlSplit, IsLinearInTheLengthOfTheScript) {
  const auto begin = std::chrono::steady_clock::now();
  for (const std::string piece : {"SELECT 1;\n", "$a ", "$a$b$a$;", "E'a'\n-- c\n", "E'a' ", "/**/", "-- c\n", ";",
                                  "'a' ", "COPY t FROM stdin;\n1\n\\.\n", "/*", "(", "\"", "-"}) {
    std::string script;
    while (script.size() < 1'000'000) script += piece;
    try {
      split_sql(script);
    } catch (const SqlSyntaxError&) {
    }
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

}  // namespace
}  // namespace support::alembic
