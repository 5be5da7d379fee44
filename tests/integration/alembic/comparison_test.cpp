// Two sides of every kind, read on real servers and compared.
#include "app/alembic/command/comparison.hpp"

#include <sstream>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/autogenerate/wanted.hpp"
#include "app/alembic/command/diff.hpp"
#include "app/alembic/errors.hpp"
#include "app/alembic/operations/sql.hpp"
#include "app/database/models/base.hpp"

#include "tests/integration/alembic/database_session.hpp"
#include "tests/support/temporary_folder.hpp"

namespace support::tests {
namespace {

using namespace alembic::autogenerate;
using alembic::CommandError;
using alembic::ExitCode;
using alembic::command::ComparisonRequest;
using alembic::command::ComparisonResult;
using alembic::command::OutputFormat;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto users_sql = "CREATE TABLE users (id integer PRIMARY KEY, mail text NOT NULL);";

class ComparisonOfSides : public testing::Test {
 protected:
  ComparisonOfSides() { set_database_url(database_); }

  void set_database_url(const TestDatabase& database) {
    const auto settings = config::Settings::load({.environment = {{"DATABASE_URL", database.url_text()}}});
    environment_ = alembic::make_environment(settings, alembic::Mode::online);
    environment_.target_metadata = &database::Base::metadata();
  }

  ComparisonResult compare(const ComparisonRequest& request) {
    std::ostringstream out;
    return compare_sides({.scripts = scripts_, .environment = environment_, .out = out, .sql = out}, request);
  }
  std::vector<std::string> found(const ComparisonRequest& request) { return descriptions(compare(request)); }

  std::string error_of(const ComparisonRequest& request, ExitCode exit_code = ExitCode::request) {
    try {
      compare(request);
    } catch (const CommandError& error) {
      EXPECT_EQ(error.exit_code(), exit_code) << error.what();
      return error.what();
    }
    return "none";
  }

  // The upgrade of the plan as a script's statements.
  static std::vector<std::string> sql_of(const ComparisonResult& result, const Steps& steps) {
    std::vector<std::string> statements;
    for (const auto& step : steps) {
      for (auto& sql : to_sql(step.operation, result.server)) statements.push_back(std::move(sql));
    }
    return statements;
  }
  void run(const ComparisonResult& result, const Steps& steps) const {
    for (const auto& sql : sql_of(result, steps)) database_.sql(sql);
  }

  std::string file(const std::string& name, const std::string& sql) const { return folder_.write(name, sql); }

  TestDatabase database_;
  TemporaryFolder folder_;
  alembic::ScriptDirectory scripts_{{}};
  alembic::Environment environment_;
};

TEST_F(ComparisonOfSides, AnyTwoKindsMeet) {
  const TestDatabase other;
  database_.sql(users_sql);
  other.sql(users_sql);
  const auto sql = file("schema.sql", users_sql);
  file("mig/r1_.sql", "-- one\n--\n-- revision: r1\n-- migrate:upgrade\n" + std::string(users_sql) +
                          "\n-- migrate:downgrade\nDROP TABLE users;\n");
  const std::vector<std::string> sides = {"", database_.url_text(), other.url_text(), sql, folder_ / "mig"};
  const auto more = file("more.sql", std::string(users_sql) + "CREATE TABLE more (id integer);");
  for (const auto& side : sides) {
    for (const auto& to : sides) EXPECT_THAT(found({.from = side, .to = to}), IsEmpty()) << side << " " << to;
    EXPECT_THAT(found({.from = side, .to = more}), ElementsAre("Detected added table 'more'")) << side;
    EXPECT_THAT(found({.from = more, .to = side}), ElementsAre("Detected removed table 'more'")) << side;
    EXPECT_THAT(found({.from = side, .to = "metadata"}), Contains("Detected added table 'customers'")) << side;
  }
  EXPECT_THAT(found({.from = "metadata", .to = "metadata"}), IsEmpty());
}

TEST_F(ComparisonOfSides, TheDevelopmentServerBuildsWhatIsNoDatabase) {
  const TestDatabase development;
  database_.sql(users_sql);
  development.sql("CREATE ROLE plain LOGIN; CREATE TABLE in_use (a integer)");
  const auto sql = file("schema.sql", std::string(users_sql) + "CREATE TABLE more (id integer);");
  // The role may read the one database, and do as it likes in the other.
  database_.sql("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
  auto url = database_.url();
  const auto as_plain = "postgresql://plain@/" + database_.name() + "?host=" + std::string(url.keyword("host")) +
                        "&port=" + std::string(url.keyword("port"));
  EXPECT_THAT(error_of({.from = as_plain, .to = sql}), AllOf(HasSubstr("this role may not"), HasSubstr("--dev-url")));
  EXPECT_THAT(found({.from = as_plain, .to = sql, .dev_url = development.url_text()}),
              ElementsAre("Detected added table 'more'"));
  development.sql("DROP ROLE plain");
}

TEST_F(ComparisonOfSides, TheToolsOwnTablesAreLeftOut) {
  database_.sql(
      "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); CREATE SCHEMA alembic; CREATE "
      "TABLE alembic.history (id integer)");
  EXPECT_THAT(found({.to = file("schema.sql", "")}), IsEmpty());
}

TEST_F(ComparisonOfSides, ARenamedTableAndColumnKeepTheirRows) {
  database_.sql(std::string(users_sql) +
                "CREATE INDEX ix_users_mail ON users (mail); CREATE TABLE notes (author integer REFERENCES users); "
                "CREATE VIEW mails AS SELECT mail FROM users; INSERT INTO users VALUES (1, 'a@b')");
  const auto wanted =
      file("schema.sql",
           "CREATE TABLE people (id integer, email text NOT NULL, born date, CONSTRAINT users_pkey "
           "PRIMARY KEY (id)); CREATE INDEX ix_users_mail ON people (email); CREATE TABLE notes (author "
           "integer, CONSTRAINT notes_author_fkey FOREIGN KEY (author) REFERENCES people); CREATE VIEW "
           "mails AS SELECT email AS mail FROM people;");
  const ComparisonRequest request{.to = wanted, .renames = {"people.mail:email", "users:people"}};
  const auto result = compare(request);
  EXPECT_THAT(descriptions(result),
              ElementsAre("Detected renamed table 'users:people'", "Detected renamed column 'people.mail:email'",
                          "Detected added column 'people.born'"));
  run(result, result.plan.upgrade);
  EXPECT_EQ(database_.sql("SELECT id, email FROM people").front(), (std::vector<std::string>{"1", "a@b"}));
  EXPECT_THAT(found({.to = wanted}), IsEmpty());
  run(result, result.plan.downgrade);
  EXPECT_EQ(database_.sql("SELECT id, mail FROM users").front(), (std::vector<std::string>{"1", "a@b"}));
}

TEST_F(ComparisonOfSides, TablesAndColumnsThatExchangeTheirNamesKeepTheirRowsAndRights) {
  database_.sql(
      "CREATE TABLE a (x integer, y integer, z date); CREATE TABLE b (w text); CREATE VIEW v AS SELECT x, w FROM a, b; "
      "GRANT SELECT ON a TO pg_monitor; GRANT UPDATE (x) ON a TO pg_monitor; INSERT INTO a VALUES (1, 2, NULL); INSERT "
      "INTO b VALUES ('text')");
  const auto wanted =
      file("schema.sql",
           "CREATE TABLE b (y integer, x integer, z date); CREATE TABLE a (w text); CREATE VIEW v AS SELECT b.y AS x, "
           "a.w FROM b, a; GRANT SELECT ON b TO pg_monitor; GRANT UPDATE (y) ON b TO pg_monitor");
  const ComparisonRequest request{.to = wanted,
                                  .options = {.compare_access = true, .ignored_kinds = {ObjectKind::schema}},
                                  .renames = {"a:b", "b:a", "b.x:y", "b.y:x"}};
  const auto result = compare(request);
  EXPECT_THAT(result.differences, IsEmpty());
  EXPECT_EQ(result.plan.upgrade.size(), 6U);
  run(result, result.plan.upgrade);
  EXPECT_EQ(database_.sql("SELECT y, x, w FROM b, a").front(), (std::vector<std::string>{"1", "2", "text"}));
  EXPECT_THAT(found({.to = wanted, .options = request.options}), IsEmpty());
  run(result, result.plan.downgrade);
  EXPECT_EQ(database_.sql("SELECT x, y, w FROM a, b").front(), (std::vector<std::string>{"1", "2", "text"}));
}

TEST_F(ComparisonOfSides, WhatLooksLikeARenameIsNotedUnlessSomebodySaysSo) {
  database_.sql(users_sql);
  const auto wanted =
      file("schema.sql", "CREATE TABLE users (id integer PRIMARY KEY, email text NOT NULL, born date);");
  const auto alone = compare({.to = wanted});
  EXPECT_THAT(descriptions(alone),
              ElementsAre("Detected added column 'users.email'", "Detected added column 'users.born'",
                          "Detected removed column 'users.mail'"));
  ASSERT_EQ(alone.likely_renames.size(), 1U);
  std::string notes;
  for (const auto& step : alone.plan.upgrade) notes += step.note;
  EXPECT_THAT(notes, HasSubstr("--rename users.mail:email"));

  std::vector<std::string> questions;
  ComparisonRequest asking{.to = wanted, .confirm = [&](const std::string& question) {
                             questions.push_back(question);
                             return true;
                           }};
  const auto confirmed = compare(asking);
  EXPECT_THAT(questions, ElementsAre("Has the column only a new name, users.mail:email (both are text NOT NULL)?"));
  EXPECT_THAT(descriptions(confirmed),
              ElementsAre("Detected renamed column 'users.mail:email'", "Detected added column 'users.born'"));

  questions.clear();
  asking.confirm = [&](const std::string& question) {
    questions.push_back(question);
    return false;
  };
  const auto denied = compare(asking);
  EXPECT_EQ(questions.size(), 1U);
  EXPECT_EQ(descriptions(denied), descriptions(alone));
  EXPECT_THAT(denied.likely_renames, IsEmpty());
}

TEST_F(ComparisonOfSides, ColumnsOfATableThatIsConfirmedAsRenamedAreAskedAboutBehindIt) {
  database_.sql("CREATE TABLE users (id integer, a text); CREATE TABLE notes (old text)");
  const auto wanted = file("schema.sql", "CREATE TABLE people (id integer, a text); CREATE TABLE notes (new text);");
  std::vector<std::string> questions;
  const auto result = compare({.to = wanted, .confirm = [&](const std::string& question) {
                                 questions.push_back(question.substr(0, question.find(" (")));
                                 return true;
                               }});
  EXPECT_THAT(questions, testing::UnorderedElementsAre("Has the table only a new name, users:people",
                                                       "Has the column only a new name, notes.old:new"));
  EXPECT_THAT(result.differences, IsEmpty());
  EXPECT_EQ(result.plan.upgrade.size(), 2U);
}

TEST_F(ComparisonOfSides, AWrongRenameIsRefused) {
  database_.sql(users_sql);
  const auto wanted = file("schema.sql", "CREATE TABLE people (id integer PRIMARY KEY, mail text NOT NULL);");
  EXPECT_THAT(error_of({.to = wanted, .renames = {"ghosts:people"}}), HasSubstr("there is no table public.ghosts"));
  EXPECT_THAT(error_of({.to = wanted, .renames = {"users:users"}}), HasSubstr("is there already"));
}

TEST_F(ComparisonOfSides, ARenameKeepsRights) {
  database_.sql(std::string(users_sql) +
                "GRANT SELECT ON users TO pg_monitor; GRANT UPDATE (mail) ON users TO pg_monitor");
  const std::string wanted =
      "CREATE TABLE people (id integer CONSTRAINT users_pkey PRIMARY KEY, email text NOT NULL); GRANT SELECT ON people "
      "TO pg_monitor;";
  const auto with_rights = [&](const std::string& grants) {
    return found({.to = file("schema.sql", wanted + grants),
                  .options = {.compare_access = true, .ignored_kinds = {ObjectKind::schema}},
                  .renames = {"users:people", "people.mail:email"}});
  };
  EXPECT_THAT(with_rights("GRANT UPDATE (email) ON people TO pg_monitor;"),
              ElementsAre("Detected renamed table 'users:people'", "Detected renamed column 'people.mail:email'"));
  EXPECT_THAT(with_rights(""),
              Contains("Detected grants change from 'pg_monitor=UPDATE' to '' on column 'people.email'"));
}

TEST_F(ComparisonOfSides, WhatCannotBeReadIsASentenceWithItsPlace) {
  EXPECT_THAT(error_of({.to = file("bad.sql", "CREATE TABLE a (b integer);\n\n  CREATE TABEL c (d text);")}),
              HasSubstr("bad.sql, line 3, column 10: syntax error at or near \"TABEL\""));
  EXPECT_THAT(error_of({.to = file("wide.sql", "/* ä */ CREATE TABLE a (\n  " + std::string(100, ' ') +
                                                   "b integer,\n  é nosuchtype);")}),
              HasSubstr("wide.sql, line 3, column 5: type \"nosuchtype\" does not exist"));
  EXPECT_THAT(error_of({.to = file("long.sql", "SELECT 1;\n/* ä */ CREATE TABLE a (" + std::string(100, ' ') +
                                                   "b nosuchtype" + std::string(100, ' ') + ");")}),
              HasSubstr("long.sql, line 2, column 127: type \"nosuchtype\" does not exist"));
  for (const auto& [open, words] : {std::pair("'open;", "The string that begins in line 2"),
                                    std::pair("\"open;", "The quoted name that begins in line 2"),
                                    std::pair("$a$open;", "The string that $a$ opens in line 2"),
                                    std::pair("/* open;", "The comment that /* opens in line 2"),
                                    std::pair("(open", "The parenthesis that is opened in line 2")}) {
    EXPECT_THAT(error_of({.to = file("open.sql", "SELECT 1;\nSELECT 'é', " + std::string(open) + "\n\n")}),
                HasSubstr("open.sql, line 2, column 13: " + std::string(words)));
  }
  EXPECT_THAT(error_of({.to = folder_ / "gone.sql"}), HasSubstr("there is no such file"));
  EXPECT_THAT(error_of({.from = "-", .to = "-"}), HasSubstr("Only one side can be standard input"));
  EXPECT_THAT(error_of({.dev_url = "schema.sql"}), HasSubstr("--dev-url schema.sql"));
  EXPECT_THAT(database_.sql("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace").front(),
              ElementsAre("0"));
}

TEST_F(ComparisonOfSides, ASchemaThatNoSideHasIsRefused) {
  database_.sql("CREATE SCHEMA shop");
  const auto wanted = file("schema.sql", "CREATE SCHEMA stall;");
  EXPECT_THAT(error_of({.to = wanted, .options = {.schemas = {"shop", "nope"}}}),
              AllOf(HasSubstr("--schema nope: neither"), HasSubstr("they have public, shop, stall")));
  EXPECT_THAT(found({.to = wanted, .options = {.schemas = {"stall"}}}), ElementsAre("Detected added schema 'stall'"));
  EXPECT_THAT(found({.to = wanted, .options = {.schemas = {"public"}}}), IsEmpty());
}

TEST_F(ComparisonOfSides, AServerThatIsNotThereIsNamedWithTheOption) {
  const auto message =
      error_of({.from = "postgresql://me:secret@127.0.0.1:1/db", .to = "metadata"}, ExitCode::unreachable);
  EXPECT_THAT(message, AllOf(HasSubstr("Could not connect to database db on host 127.0.0.1, port 1; check --from"),
                             testing::Not(HasSubstr("secret"))));
  const auto dev = error_of({.dev_url = "postgresql://127.0.0.1:1/db"}, ExitCode::unreachable);
  EXPECT_THAT(dev, HasSubstr("check --dev-url"));
}

TEST_F(ComparisonOfSides, DiffPrintsSqlAloneAndJsonAsOneDocument) {
  database_.sql("CREATE TABLE old (a integer)");
  const auto wanted = file("schema.sql", "CREATE TABLE old (a integer, b text);");
  std::ostringstream out;
  std::ostringstream sql;
  alembic::command::Context context{.scripts = scripts_, .environment = environment_, .out = out, .sql = sql};
  EXPECT_EQ(alembic::command::diff(context, {.to = wanted}), ExitCode::found);
  EXPECT_EQ(out.str(), "");
  EXPECT_THAT(sql.str(), HasSubstr("ADD COLUMN b TEXT"));
  context.format = OutputFormat::json;
  EXPECT_EQ(alembic::command::diff(context, {.to = wanted}), ExitCode::found);
  const auto document = boost::json::parse(out.str());
  EXPECT_EQ(document.at("differences").at(0).at("description"), "Detected added column 'old.b'");
  EXPECT_THAT(std::string(document.at("upgrade").at(0).at("sql").at(0).as_string()), HasSubstr("ADD COLUMN b TEXT"));
  EXPECT_EQ(document.at("downgrade").as_array().size(), 1U);
  database_.sql(sql.str());
  sql.str("");
  context.format = OutputFormat::text;
  EXPECT_EQ(alembic::command::diff(context, {.to = wanted}), ExitCode::done);
  EXPECT_EQ(sql.str(), "");
}

}  // namespace
}  // namespace support::tests
