// A project of SQL migrations from its first command on, through the program itself.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "tests/e2e/migrate_fixture.hpp"

namespace support::tests {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;

// The path in "Generating <path> ...  done".
std::string generated(const AgentResult& result) {
  static const std::regex line("Generating (.*) \\.\\.\\.  done\n");
  std::smatch match;
  EXPECT_TRUE(std::regex_search(result.standard_output, match, line)) << result.standard_output;
  return match[1];
}

std::string slurp(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

void fill_in(const std::string& path, const std::string& upgrade, const std::string& downgrade) {
  auto text = slurp(path);
  text = std::regex_replace(text, std::regex("-- migrate:upgrade\n"), "-- migrate:upgrade\n" + upgrade + "\n");
  std::ofstream(path) << text << downgrade << "\n";
}

std::string id_of(const std::string& path) {
  return fs::path(path).filename().string().substr(0, 12);
}

using MigrateFolder = MigrateTest;

TEST_F(MigrateFolder, IsMadeFilledInAndRun) {
  const auto made = migrate({"init", "mig"});
  EXPECT_EQ(made.exit_code, 0) << made.standard_output;
  EXPECT_THAT(made.standard_output, testing::EndsWith(folder_ / ".env before proceeding.\n"));
  const auto first = generated(on_folder({"revision", "-m", "Create people"}));
  EXPECT_THAT(first, MatchesRegex(".*/mig/versions/[0-9a-f]{12}_create_people\\.sql"));
  const auto empty_run = on_folder({"upgrade", "head"});
  EXPECT_EQ(empty_run.exit_code, 0) << empty_run.standard_output;  // as with Alembic's `pass`
  EXPECT_EQ(on_folder({"downgrade", "base"}).exit_code, 0);
  fill_in(first, "CREATE TABLE people (id integer);", "DROP TABLE people;");
  const auto second = generated(on_folder({"revision", "-m", "Add names"}));
  fill_in(second, "ALTER TABLE people ADD name text;\nINSERT INTO people VALUES (1, 'a;b');",
          "DELETE FROM people;\nALTER TABLE people DROP name;");

  EXPECT_EQ(on_folder({"upgrade", "head"}).exit_code, 0);
  EXPECT_THAT(rows(), ElementsAre(id_of(second)));
  EXPECT_EQ(database_.sql("SELECT name FROM people").front().front(), "a;b");
  EXPECT_EQ(on_folder({"current"}).standard_output, id_of(second) + " (head)\n");
  EXPECT_EQ(on_folder({"history"}).standard_output,
            fmt::format("{0} -> {1} (head), Add names\n<base> -> {0}, Create people\n", id_of(first), id_of(second)));
  EXPECT_THAT(on_folder({"show", "head"}).standard_output,
              AllOf(HasSubstr("Path: " + second), HasSubstr("    Add names\n    \n    Revision ID: " + id_of(second))));
  EXPECT_EQ(on_folder({"downgrade", "-1"}).exit_code, 0);
  EXPECT_THAT(rows(), ElementsAre(id_of(first)));
  EXPECT_EQ(on_folder({"downgrade", "base"}).exit_code, 0);
  EXPECT_THAT(relations(), IsEmpty());
}

TEST_F(MigrateFolder, MayBeMadeByItsFirstRevision) {
  const auto result = on_folder({"revision", "-m", "first"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.standard_output, testing::StartsWith("Creating directory " + folder_ / "mig" + " ...  done\n"));
  EXPECT_TRUE(fs::exists(generated(result)));
  const auto other = migrate({"--script-location", "gone", "history"});
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_THAT(other.standard_output, HasSubstr(folder_ / "gone: No such file or directory"));
}

TEST_F(MigrateFolder, BranchesAreMergedAndRunTogether) {
  on_folder({"revision", "-m", "root", "--rev-id", "root1"});
  on_folder({"revision", "-m", "left", "--rev-id", "left1", "--branch-label", "left"});
  on_folder({"revision", "-m", "right", "--rev-id", "right1", "--head", "root1", "--splice"});
  const auto ambiguous = on_folder({"revision", "-m", "x"});
  EXPECT_EQ(ambiguous.exit_code, 2);
  EXPECT_THAT(ambiguous.standard_output, testing::StartsWith("FAILED: Multiple heads are present;"));
  const auto merged = on_folder({"merge", "heads", "-m", "both", "--rev-id", "both1"});
  EXPECT_EQ(merged.exit_code, 0) << merged.standard_output;
  EXPECT_EQ(on_folder({"upgrade", "head"}).exit_code, 0);
  EXPECT_THAT(rows(), ElementsAre("both1"));
  EXPECT_EQ(on_folder({"downgrade", "-1"}).exit_code, 2);  // an ambiguous walk, as in Alembic
  EXPECT_EQ(on_folder({"downgrade", "root1"}).exit_code, 0);
  EXPECT_THAT(rows(), ElementsAre("root1"));
}

TEST_F(MigrateFolder, RowsOfCopyBodiesAndStatementsOutsideATransactionRun) {
  write("r1", "",
        "CREATE TABLE t (a integer, b text);\n"
        "COPY t (a, b) FROM stdin WITH (DELIMITER ';');\n1;it's\n2;\\N\n3;$$\n\\.\n"
        "CREATE FUNCTION twice(x integer) RETURNS integer LANGUAGE sql\nBEGIN ATOMIC\n  SELECT 1;\n  SELECT 2 * "
        "x;\nEND;\n"
        "DO $$ BEGIN PERFORM 1; INSERT INTO t VALUES (4, 'do;'); END $$;",
        "DROP FUNCTION twice(integer);\nDROP TABLE t;");
  write("r2", "r1", "CREATE INDEX CONCURRENTLY ix_t_a ON t (a);\nCREATE INDEX CONCURRENTLY ix_t_b ON t (b);",
        "DROP INDEX CONCURRENTLY ix_t_b;\nDROP INDEX CONCURRENTLY ix_t_a;", "-- transactional: false\n");
  const auto up = on_folder({"upgrade", "head"});
  ASSERT_EQ(up.exit_code, 0) << up.standard_output;
  EXPECT_EQ(database_.sql("SELECT string_agg(coalesce(b, 'null'), ',' ORDER BY a), twice(4) FROM t").front(),
            (std::vector<std::string>{"it's,null,$$,do;", "8"}));
  EXPECT_THAT(relations(), ElementsAre("ix_t_a", "ix_t_b", "t"));
  const auto down = on_folder({"downgrade", "base"});
  ASSERT_EQ(down.exit_code, 0) << down.standard_output;
  EXPECT_THAT(relations(), IsEmpty());
}

TEST_F(MigrateFolder, SeveralLocationsMakeOneHistoryAndTheParentSaysWhereANewFileGoes) {
  folder_.write("one/r1_.sql", "-- one\n--\n-- revision: r1\n-- migrate:upgrade\n-- migrate:downgrade\n");
  folder_.write("two/r2_.sql",
                "-- two\n--\n-- revision: r2\n-- down_revision: r1\n-- migrate:upgrade\n-- migrate:downgrade\n");
  const auto both = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--script-location", "one:two"});
    return migrate(std::move(arguments));
  };
  EXPECT_EQ(both({"history"}).standard_output, "r1 -> r2 (head), two\n<base> -> r1, one\n");
  EXPECT_THAT(generated(both({"revision", "-m", "x"})), testing::StartsWith(folder_ / "two/"));
  EXPECT_THAT(generated(both({"revision", "-m", "x", "--version-path", "one", "--head", "r2", "--splice"})),
              testing::StartsWith(folder_ / "one/"));
  EXPECT_EQ(both({"revision", "-m", "x", "--head", "base"}).standard_output,
            "FAILED: Multiple version locations present, please specify --version-path\n");
  EXPECT_EQ(both({"revision", "-m", "x", "--head", "r2", "--splice", "--version-path", "three"}).standard_output,
            "FAILED: Path three is not represented in current version locations\n");
}

TEST_F(MigrateFolder, ReportsAreOneJsonDocument) {
  const auto made = json::parse(migrate({"--format", "json", "init", "mig"}).standard_output);
  EXPECT_EQ(made.at("created").as_array().size(), 5U);
  const auto revision = json::parse(on_folder({"--format", "json", "revision", "-m", "one"}).standard_output);
  EXPECT_EQ(revision.at("doc"), "one");
  EXPECT_EQ(revision.at("down_revision"), json::array());
  EXPECT_TRUE(fs::exists(std::string(revision.at("path").as_string())));
  const auto templates = json::parse(migrate({"list_templates", "--format", "json"}).standard_output);
  EXPECT_EQ(templates.at("templates").at(1).at("name"), "sql");
  const auto check = on_folder({"check", "--format", "json"});
  EXPECT_EQ(check.exit_code, 2);
  EXPECT_EQ(json::parse(check.standard_output).at("error").at("message"), "Target database is not up to date.");
}

TEST_F(MigrateFolder, EditOpensTheFilesInTheUsersEditor) {
  const auto path = write("r1", "", "", "");
  folder_.write("editor", "#!/bin/sh\necho edited >> \"$2\"\n[ \"$1\" = fine ]\n");
  fs::permissions(folder_ / "editor", fs::perms::owner_all);
  EXPECT_EQ(on_folder({"edit", "head"}, {{"VISUAL", folder_ / "editor" + " fine"}, {"EDITOR", "false"}}).exit_code, 0);
  EXPECT_THAT(slurp(path), testing::EndsWith("edited\n"));
}

TEST_F(MigrateFolder, EditSaysWhyItCannot) {
  const auto path = write("r1", "", "", "");
  const auto failing = on_folder({"edit", "r1"}, {{"EDITOR", "false"}});
  EXPECT_EQ(failing.exit_code, 2);
  EXPECT_EQ(failing.standard_output, fmt::format("FAILED: Error executing editor (false {}: exit code 1)\n", path));
  EXPECT_EQ(on_folder({"edit", "base"}).standard_output, "FAILED: No revision files indicated by symbol 'base'\n");
  EXPECT_EQ(on_folder({"edit", "current"}).standard_output, "FAILED: No current revisions\n");
  EXPECT_THAT(on_folder({"edit", "r1"}, {{"PATH", "/nowhere"}}).standard_output, HasSubstr("No suitable editor found"));
}

TEST_F(MigrateFolder, AutogenerateAndCheckLookAtTheDatabaseFirst) {
  write("r1", "", "CREATE TABLE t (a integer);", "DROP TABLE t;");
  for (const auto& arguments : {std::vector<std::string>{"check"}, {"revision", "--autogenerate", "-m", "x"}}) {
    const auto behind = on_folder(arguments);
    EXPECT_EQ(behind.exit_code, 2);
    EXPECT_EQ(behind.standard_output, "FAILED: Target database is not up to date.\n");
  }
  EXPECT_EQ(on_folder({"upgrade", "head"}).exit_code, 0);
  const auto without_models = on_folder({"revision", "--autogenerate", "-m", "x"});
  EXPECT_EQ(without_models.exit_code, 2);
  EXPECT_THAT(without_models.standard_output,
              AllOf(HasSubstr("FAILED: Can't proceed with --autogenerate option; "), HasSubstr("--to FILE")));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_ / "mig"), fs::directory_iterator()), 1);
}

TEST_F(MigrateFolder, AutogenerateWritesWhatLeadsToAFileAndBack) {
  write("r1", "", "CREATE TABLE t (a integer);", "DROP TABLE t;");
  EXPECT_EQ(on_folder({"upgrade", "head"}).exit_code, 0);
  folder_.write("schema.sql", R"(
CREATE TABLE t (a integer, b text NOT NULL DEFAULT 'it''s; new');
CREATE TABLE u (id integer PRIMARY KEY);
CREATE FUNCTION f() RETURNS integer LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM t; SELECT 1; END;
CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1; RETURN NULL; END $$;
)");
  const std::vector<std::string> autogenerate{"revision", "--autogenerate", "--to", "schema.sql", "-m", "follow"};
  const auto made = on_folder(autogenerate);
  ASSERT_EQ(made.exit_code, 0) << made.standard_output;
  EXPECT_THAT(made.standard_error,
              AllOf(HasSubstr("INFO  [alembic.autogenerate.compare] Detected added table 'u'"),
                    HasSubstr("INFO  [alembic.autogenerate.compare] Detected added column 't.b'")));
  const auto up = on_folder({"upgrade", "head"});
  EXPECT_EQ(up.exit_code, 0) << up.standard_error << slurp(generated(made));
  EXPECT_THAT(relations(), ElementsAre("t", "u", "u_pkey"));
  EXPECT_EQ(database_.sql("SELECT f()").front().front(), "1");

  // Nothing is left to do; the file is written all the same.
  const auto empty = on_folder(autogenerate);
  ASSERT_EQ(empty.exit_code, 0) << empty.standard_output;
  EXPECT_THAT(empty.standard_error, testing::Not(HasSubstr("Detected")));
  EXPECT_THAT(slurp(generated(empty)), testing::EndsWith("\n-- migrate:upgrade\n\n-- migrate:downgrade\n"));

  EXPECT_EQ(on_folder({"downgrade", "r1"}).exit_code, 0);
  EXPECT_THAT(relations(), ElementsAre("t"));
  EXPECT_EQ(database_.sql("SELECT count(*) FROM pg_proc WHERE proname IN ('f', 'g')").front().front(), "0");
}

TEST_F(MigrateFolder, AutogenerateBuildsOnAnotherServerWhenToldTo) {
  write("r1", "", "CREATE TABLE t (a integer);", "DROP TABLE t;");
  EXPECT_EQ(on_folder({"upgrade", "head"}).exit_code, 0);
  folder_.write("schema.sql", "CREATE TABLE t (a integer);\nCREATE TABLE \"U\" (b integer);\n");
  const TestDatabase other;
  const std::vector<std::string> autogenerate{"revision", "--autogenerate", "--to", "schema.sql"};
  auto elsewhere = autogenerate;
  elsewhere.insert(elsewhere.end(), {"--dev-url", other.url_text()});
  const auto made = on_folder(elsewhere);
  ASSERT_EQ(made.exit_code, 0) << made.standard_output;
  EXPECT_THAT(slurp(generated(made)), HasSubstr("\"U\" ("));
  elsewhere.back() = "mysql://nowhere";
  EXPECT_EQ(on_folder(elsewhere).exit_code, 2);
  EXPECT_EQ(on_folder({"revision", "--to", "schema.sql"}).exit_code, 2);
}

TEST_F(MigrateFolder, AutogenerateNeedsAPlaceInAnOwnTemplate) {
  migrate({"init", "mig"});
  folder_.write("schema.sql", "CREATE TABLE t (a integer);");
  folder_.write("mig/script.sql.in",
                std::regex_replace(folder_.read("mig/script.sql.in"), std::regex("\\$\\{(up|down)grades\\}\n"), ""));
  EXPECT_EQ(on_folder({"revision", "-m", "x"}).exit_code, 0);
  EXPECT_EQ(on_folder({"upgrade", "head"}).exit_code, 0);
  const auto made = on_folder({"revision", "--autogenerate", "--to", "schema.sql"});
  EXPECT_EQ(made.exit_code, 2);
  EXPECT_THAT(made.standard_output, HasSubstr("script.sql.in: The template has no place for what was generated; write "
                                              "${upgrades} on a line of its own"));
}

TEST_F(MigrateFolder, AnOwnTemplateIsUsed) {
  migrate({"init", "mig"});
  auto text = folder_.read("mig/script.sql.in");
  text = std::regex_replace(text, std::regex("\n(-- migrate:.*)\n"),
                            "\n-- Ticket:\n\n$1\nSET LOCAL lock_timeout = '2s';\n");
  folder_.write("mig/script.sql.in", text);
  EXPECT_THAT(slurp(generated(on_folder({"revision", "-m", "x"}))),
              HasSubstr("-- Ticket:\n\n-- migrate:upgrade\nSET LOCAL lock_timeout = '2s';\n"));
}

// The first block of `language` in docs/sql-migrations.md.
std::string block_of_document(const std::string& language) {
  const auto document = slurp(SUPPORT_SOURCE_DIR "/docs/sql-migrations.md");
  const auto begin = document.find("```" + language + "\n") + language.size() + 4;
  return document.substr(begin, document.find("```", begin) - begin);
}

TEST_F(MigrateFolder, TheLinesAndTheFileOfTheDocumentationWork) {
  folder_.write("run",
                "set -e\nsupport-agent() { " SUPPORT_BINARY_DIR "/support-agent \"$@\"; }\n" + block_of_document("sh"));
  const auto command =
      fmt::format("cd {} && DATABASE_URL='{}' bash ./run >/dev/null 2>&1", folder_.path(), database_.url_text());
  EXPECT_EQ(std::system(command.c_str()), 0);
  EXPECT_THAT(folder_.read("upgrade.sql"), HasSubstr("-- Running upgrade  -> 3f2a9c1d7e4b"));

  folder_.write("migrations/versions/second.sql", block_of_document("sql"));
  database_.sql("CREATE TABLE people (phone text)");
  const auto run = migrate({"--script-location", "migrations", "upgrade", "head"});
  EXPECT_EQ(run.exit_code, 0) << run.standard_output;
  EXPECT_THAT(relations(), ElementsAre("ix_people_phone", "people"));
  EXPECT_EQ(migrate({"--script-location", "migrations", "downgrade", "-1"}).exit_code, 0);
  EXPECT_THAT(relations(), ElementsAre("people"));
}

TEST_F(MigrateFolder, InitTouchesNothingThatIsThere) {
  folder_.write("mig/file", "");
  folder_.write(".env", "LOG_LEVEL=info\n");
  const auto full = migrate({"init", "mig"});
  EXPECT_EQ(full.exit_code, 2);
  EXPECT_EQ(full.standard_output, "FAILED: Directory mig already exists and is not empty\n");
  EXPECT_THAT(migrate({"init", "new"}).standard_output, HasSubstr(".env already exists, skipping\n"));
  EXPECT_EQ(folder_.read(".env"), "LOG_LEVEL=info\n");
  const auto cpp = migrate({"init", "-t", "cpp", "other"});
  EXPECT_EQ(cpp.exit_code, 2);
  EXPECT_THAT(cpp.standard_output, HasSubstr("app/alembic/versions"));
  EXPECT_FALSE(fs::exists(folder_ / "other"));
}

}  // namespace
}  // namespace support::tests
