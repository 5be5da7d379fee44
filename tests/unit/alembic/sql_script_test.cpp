#include "app/alembic/script/sql_script.hpp"

#include <fstream>
#include <random>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/errors.hpp"
#include "app/alembic/operations/operations.hpp"

#include "tests/support/recording_sink.hpp"

namespace support::alembic {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using testing::StartsWith;
using testing::ThrowsMessage;

// Keeps what a body asks for, in the form of tests/data/sql_scripts.jsonl: text, line, rows of COPY.
class Recorder : public tests::RecordingSink {
 public:
  void invoke(const Operation& operation, const SourceLine& at) override {
    EXPECT_EQ(at.file, "versions/x.sql");
    if (const auto* execute = std::get_if<Execute>(&operation)) calls.push_back({execute->sql, at.line});
    if (const auto* copy = std::get_if<CopyData>(&operation)) {
      calls.push_back({copy->statement, at.line, copy->rows});
    }
  }

  json::array calls;
};

json::array calls_of(const Body& body) {
  Recorder recorder;
  Operations op(recorder);
  body(op);
  return recorder.calls;
}

std::string text(const json::value& value) {
  return std::string(value.as_string());
}

Script parse(const std::string& source) {
  return parse_sql_script("versions/x.sql", source);
}

void expect_equal_if_named(const json::object& c, std::string_view name, const json::value& actual) {
  if (const auto* expected = c.if_contains(name)) {
    EXPECT_EQ(actual, *expected) << name;
  }
}

void check(const json::object& c) {
  const auto script = parse(text(c.at("text")));
  script.check();
  expect_equal_if_named(c, "revision", json::value(script.declared.revision));
  expect_equal_if_named(c, "down_revision", json::value_from(script.declared.down_revisions));
  expect_equal_if_named(c, "branch_labels", json::value_from(script.declared.branch_labels));
  expect_equal_if_named(c, "depends_on", json::value_from(script.declared.depends_on));
  expect_equal_if_named(c, "longdoc", json::value(script.longdoc));
  expect_equal_if_named(c, "doc", json::value(script.doc()));
  expect_equal_if_named(c, "transactional", json::value(script.transactional));
  expect_equal_if_named(c, "upgrade", calls_of(script.upgrade));
  EXPECT_EQ(script.loses.value_or(""), c.contains("loses") ? text(c.at("loses")) : "");
  if (script.irreversible) {
    EXPECT_EQ(text(c.at("irreversible")), *script.irreversible);
    EXPECT_FALSE(script.downgrade);
  } else {
    EXPECT_FALSE(c.contains("irreversible"));
    expect_equal_if_named(c, "downgrade", calls_of(script.downgrade));
  }
}

void check_error(const json::object& c) {
  try {
    parse(text(c.at("text")));
    ADD_FAILURE() << "no error";
  } catch (const CommandError& error) {
    EXPECT_EQ(error.exit_code(), ExitCode::request);
    auto place = "versions/x.sql:" + std::to_string(c.at("line").as_int64());
    if (const auto* column = c.if_contains("column")) place += ':' + std::to_string(column->as_int64());
    EXPECT_THAT(error.what(), StartsWith(place + ": "));
    for (const auto& mention : c.at("error_mentions").as_array()) EXPECT_THAT(error.what(), HasSubstr(text(mention)));
  }
}

TEST(SqlScript, EveryCaseOfTheTable) {
  std::ifstream file(SUPPORT_SOURCE_DIR "/tests/data/sql_scripts.jsonl");
  std::size_t count = 0;
  for (std::string line; std::getline(file, line); ++count) {
    const auto c = json::parse(line).as_object();
    SCOPED_TRACE(text(c.at("case")));
    if (c.contains("error_mentions")) {
      check_error(c);
    } else {
      check(c);
    }
  }
  EXPECT_GE(count, 40U);
}

constexpr auto frame = "-- m\n--\n-- revision: a\n\n-- migrate:upgrade\n{}\n-- migrate:downgrade\nSELECT 1;\n";

TEST(SqlScript, BytesThatAreNotUtf8AreNamedWithTheirLine) {
  for (const std::string bytes : {"\xE4", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82"}) {
    EXPECT_THAT([&] { parse(fmt::format(frame, "SELECT '" + bytes + "';")); },
                ThrowsMessage<CommandError>(testing::AllOf(StartsWith("versions/x.sql:6: "), HasSubstr("UTF-8"))));
  }
  EXPECT_THAT([&] { parse("\xFF\xFE-\0-\0"); }, ThrowsMessage<CommandError>(StartsWith("versions/x.sql:1: ")));
  parse(fmt::format(frame, "SELECT 'ä€𝄞';"));
}

TEST(SqlScript, WhatOnlyTheBodiesShowIsFoundByTheCheckAndNotBefore) {
  const auto script = parse(fmt::format(frame, "SELECT 1;\nSELECT 'open;"));
  EXPECT_THAT(script.check,
              ThrowsMessage<CommandError>(StartsWith("versions/x.sql:7:8: The string that begins in line 7")));
  const auto psql = parse(fmt::format(frame, "\\connect other"));
  EXPECT_THAT(psql.check, ThrowsMessage<CommandError>(HasSubstr("versions/x.sql:6:1: \\connect in line 6")));
}

TEST(SqlScript, LinesOfTheGraphAreKnown) {
  const auto script = parse(
      "-- m\n--\n-- revision: a\n-- depends_on: c\n-- down_revision: b\n-- migrate:upgrade\n-- "
      "migrate:downgrade\n");
  EXPECT_EQ(script.lines.revision, 3U);
  EXPECT_EQ(script.lines.depends_on, 4U);
  EXPECT_EQ(script.lines.down_revision, 5U);
}

TEST(SqlScript, RandomTextNeverCrashes) {
  const std::vector<std::string> pieces = {"-- ",
                                           "--\n",
                                           "revision: a\n",
                                           "-- revision: a\n-- migrate:upgrade\n",
                                           "down_revision: b",
                                           "\n",
                                           "migrate:upgrade",
                                           "-- migrate:upgrade\n",
                                           "-- migrate:downgrade\n",
                                           "SELECT 1;",
                                           "'",
                                           "$$",
                                           "transactional: ",
                                           "false",
                                           "(",
                                           ")",
                                           ":",
                                           "-- migrate:irreversible x\n",
                                           "-- migrate:loses x\n"};
  std::mt19937 random(3);
  int accepted = 0;
  for (int i = 0; i < 50'000; ++i) {
    std::string source;
    for (auto length = random() % 12; length > 0; --length) source += pieces[random() % pieces.size()];
    try {
      parse(source);
      ++accepted;
    } catch (const CommandError& error) {
      ASSERT_THAT(error.what(), StartsWith("versions/x.sql:"));
    }
  }
  EXPECT_GT(accepted, 5);
}

}  // namespace
}  // namespace support::alembic
