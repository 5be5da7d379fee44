// `migrate diff` and `migrate check` at the command line: what is printed where, and the exit codes.
#include <filesystem>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "tests/e2e/migrate_fixture.hpp"

namespace support::tests {
namespace {

namespace json = boost::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class MigrateDiff : public MigrateTest {
 protected:
  MigrateDiff() {
    folder_.write("users.sql", "CREATE TABLE users (id integer PRIMARY KEY, mail text);\n");
    folder_.write("more.sql", "CREATE TABLE users (id integer PRIMARY KEY, mail text, born date);\n");
  }

  void expect_untouched() const {
    EXPECT_THAT(database_.sql("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"), IsEmpty());
    EXPECT_EQ(database_.sql("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'support%'").front().front(), "0");
  }
};

TEST_F(MigrateDiff, PrintsSqlThatMakesTheOtherSideAndSaysWhatItFound) {
  database_.sql(folder_.read("users.sql"));
  const auto diff = migrate({"diff", "--to", "more.sql"});
  EXPECT_EQ(diff.exit_code, 1);
  EXPECT_THAT(diff.standard_output, HasSubstr("ALTER TABLE public.users ADD COLUMN born"));
  EXPECT_THAT(diff.standard_output, Not(HasSubstr("INFO")));
  EXPECT_THAT(diff.standard_error,
              HasSubstr("INFO  [alembic.autogenerate.compare] Detected added column 'users.born'\n"));
  database_.sql(diff.standard_output);
  const auto again = migrate({"diff", "--to", "more.sql"});
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_EQ(again.standard_output, "");
  EXPECT_EQ(again.standard_error, "");
}

TEST_F(MigrateDiff, ComparesTwoFilesOnTheServerOfTheSettings) {
  const auto diff = migrate({"diff", "--from", "users.sql", "--to", "more.sql"});
  EXPECT_EQ(diff.exit_code, 1) << diff.standard_error;
  EXPECT_THAT(diff.standard_output, HasSubstr("ADD COLUMN born"));
  EXPECT_EQ(migrate({"diff", "--from", "users.sql", "--to", "users.sql"}).exit_code, 0);
  expect_untouched();
}

TEST_F(MigrateDiff, NeedsNoDatabaseUrlWhenASideOrADevelopmentServerIsNamed) {
  const TestDatabase other;
  const auto url = "postgresql+asyncpg" + other.url_text().substr(std::string("postgresql").size());
  for (const auto& arguments : {std::vector<std::string>{"--from", url, "--to", "users.sql"},
                                {"--from", "users.sql", "--to", url},
                                {"--from", "users.sql", "--to", "more.sql", "--dev-url", url}}) {
    auto all = arguments;
    all.insert(all.begin(), {"migrate", "diff"});
    const auto result = run_agent(all, {}, folder_.path());
    EXPECT_EQ(result.exit_code, 1) << result.standard_error;
  }
  EXPECT_FALSE(std::filesystem::exists(folder_ / "var")) << "A private cluster was started.";
}

TEST_F(MigrateDiff, JsonIsOneDocument) {
  database_.sql(folder_.read("users.sql"));
  for (const auto& arguments : {std::vector<std::string>{"diff", "--to", "more.sql", "--format", "json"},
                                {"--format", "json", "diff", "--to", "more.sql"}}) {
    const auto diff = migrate(arguments);
    EXPECT_EQ(diff.exit_code, 1);
    const auto document = json::parse(diff.standard_output);
    const auto& difference = document.at("differences").at(0);
    EXPECT_EQ(difference.at("change"), "added");
    EXPECT_EQ(difference.at("kind"), "column");
    EXPECT_EQ(difference.at("schema"), "public");
    EXPECT_EQ(difference.at("table"), "users");
    EXPECT_EQ(difference.at("name"), "born");
    EXPECT_EQ(difference.at("description"), "Detected added column 'users.born'");
    EXPECT_FALSE(document.at("upgrade").as_array().empty());
    EXPECT_FALSE(document.at("downgrade").as_array().empty());
  }
  const auto same = migrate({"diff", "--to", "users.sql", "--format", "json"});
  EXPECT_EQ(same.exit_code, 0);
  EXPECT_THAT(json::parse(same.standard_output).at("differences").as_array(), IsEmpty());
}

TEST_F(MigrateDiff, RenamesWhenItIsTold) {
  database_.sql("CREATE TABLE users (id integer, mail text); INSERT INTO users VALUES (1, 'a@b')");
  folder_.write("people.sql", "CREATE TABLE people (id integer, mail text);");
  const auto guessed = migrate({"diff", "--to", "people.sql"});
  EXPECT_EQ(guessed.exit_code, 1);
  EXPECT_THAT(guessed.standard_error,
              HasSubstr("users may only have a new name, people (both have the columns id, mail); --rename "
                        "users:people says so"));
  EXPECT_THAT(guessed.standard_output, AllOf(HasSubstr("DROP TABLE"), HasSubstr("--rename users:people")));
  const auto told = migrate({"diff", "--to", "people.sql", "--rename", "users:people"});
  EXPECT_EQ(told.exit_code, 1);
  EXPECT_THAT(told.standard_output, AllOf(HasSubstr("RENAME TO people"), Not(HasSubstr("DROP TABLE"))));
  database_.sql(told.standard_output);
  EXPECT_EQ(database_.sql("SELECT mail FROM people").front().front(), "a@b");
  EXPECT_EQ(migrate({"diff", "--to", "people.sql"}).exit_code, 0);
}

TEST_F(MigrateDiff, LeavesOutWhatItIsToldTo) {
  database_.sql(folder_.read("users.sql") + "CREATE TABLE tmp_a (a integer); CREATE INDEX ON users (mail);");
  EXPECT_EQ(migrate({"diff", "--to", "users.sql"}).exit_code, 1);
  EXPECT_EQ(migrate({"diff", "--to", "users.sql", "--exclude-name", "tmp_*", "--ignore", "index"}).exit_code, 0);
  EXPECT_EQ(migrate({"diff", "--to", "users.sql", "--schema", "elsewhere"}).exit_code, 2);
}

TEST_F(MigrateDiff, BadInputIsASentenceOnStandardErrorAndNothingElse) {
  folder_.write("bad.sql", "CREATE TABLE a (b integer);\nCREATE TABEL c (d text);\n");
  for (const auto& [arguments, exit_code, words] : std::vector<std::tuple<std::vector<std::string>, int, std::string>>{
           {{"--to", "gone.sql"}, 2, "FAILED: --to gone.sql: there is no such file"},
           {{"--to", "bad.sql"}, 2, "FAILED: bad.sql, line 2, column 8: syntax error"},
           {{"--from", "postgresql://nobody@127.0.0.1:1/x"}, 3, "FAILED: Could not connect to database x"},
           {{"--to", "mysql://me@host/x"}, 2, "FAILED: --to: "},
           {{"--to", "users.sql", "--rename", "ghosts:users"}, 2, "FAILED: --rename ghosts:users: there is no table"},
           {{"--rename", "users"}, 2, "write old:new"},
           {{"--to", ""}, 2, "--to: it is empty; name a URL"},
           {{"--ignore", "tables"}, 2, "--ignore: "},
           {{"--exclude-name", "tabel:x"}, 2, "There is no kind of object 'tabel'"},
           {{"--fromm", "x"}, 2, "has no option '--fromm'; did you mean '--from'?"},
           {{"--to", "users.sql", "--dev-url", "here"}, 2, "--dev-url here: this is no URL"}}) {
    auto all = arguments;
    all.insert(all.begin(), "diff");
    const auto result = migrate(all);
    EXPECT_EQ(result.exit_code, exit_code) << arguments.back();
    EXPECT_EQ(result.standard_output, "") << arguments.back();
    EXPECT_THAT(result.standard_error, HasSubstr(words));
  }
  const auto as_json = migrate({"diff", "--to", "gone.sql", "--format", "json"});
  EXPECT_EQ(as_json.exit_code, 2);
  EXPECT_EQ(json::parse(as_json.standard_output).at("error").at("exit_code"), 2);
  expect_untouched();
}

TEST_F(MigrateDiff, CheckOfTheProgramsOwnDatabase) {
  const auto behind = migrate({"check"});
  EXPECT_EQ(behind.exit_code, 2);
  EXPECT_EQ(behind.standard_output, "FAILED: Target database is not up to date.\n");
  ASSERT_EQ(migrate({"upgrade", "head"}).exit_code, 0);
  const auto clean = migrate({"check"});
  EXPECT_EQ(clean.exit_code, 0) << clean.standard_output;
  EXPECT_EQ(clean.standard_output, "No new upgrade operations detected.\n");
  database_.sql("ALTER TABLE customers ADD COLUMN extra text");
  const auto more = migrate({"check"});
  EXPECT_EQ(more.exit_code, 1);
  EXPECT_EQ(more.standard_output,
            "FAILED: New upgrade operations detected: 1 difference of the database of DATABASE_URL and the models\n"
            "  Detected removed column 'customers.extra'\n");
  EXPECT_THAT(more.standard_error, HasSubstr("ERROR [alembic.util.messaging] New upgrade operations detected: "));
  const auto document = migrate({"check", "--format", "json"});
  EXPECT_EQ(document.exit_code, 1);
  EXPECT_EQ(json::parse(document.standard_output).at("differences").at(0).at("name"), "extra");
  EXPECT_EQ(migrate({"check", "--exclude-name", "column:extra"}).exit_code, 0);
}

TEST_F(MigrateDiff, DriftIsWhatTheAppliedRevisionsDidNotMake) {
  write("r1", "", "CREATE TABLE a (id integer PRIMARY KEY);", "DROP TABLE a;");
  write("r2", "r1", "CREATE TABLE b (id integer);", "DROP TABLE b;");
  write("s2", "r1", "CREATE TABLE c (id integer);", "DROP TABLE c;");
  const auto empty = on_folder({"drift"});
  EXPECT_EQ(empty.exit_code, 0) << empty.standard_output;
  EXPECT_EQ(empty.standard_output, "No drift: the database is what no revisions make of it.\n");
  EXPECT_THAT(rows(), testing::IsEmpty());

  // What is not applied yet is no drift.
  ASSERT_EQ(on_folder({"upgrade", "r2"}).exit_code, 0);
  EXPECT_EQ(on_folder({"drift"}).standard_output,
            "No drift: the database is what the revisions up to r2 make of it.\n");
  ASSERT_EQ(on_folder({"upgrade", "s2"}).exit_code, 0);
  const auto branches = on_folder({"drift"});
  EXPECT_EQ(branches.exit_code, 0);
  EXPECT_THAT(branches.standard_output, HasSubstr("the revisions up to r2 and s2 make of it"));

  database_.sql("ALTER TABLE a ADD COLUMN note text; CREATE INDEX by_hand ON b (id); DROP TABLE c");
  const auto drifted = on_folder({"drift"});
  EXPECT_EQ(drifted.exit_code, 1);
  EXPECT_EQ(drifted.standard_output,
            "FAILED: The database has drifted: 3 differences from what the revisions up to r2 and s2 make of it\n"
            "  Detected removed table 'c'\n"
            "  Detected added column 'a.note'\n"
            "  Detected added index 'by_hand' on '['id']'\n");
  EXPECT_EQ(on_folder({"drift", "--ignore", "table,column,index"}).exit_code, 0);
  const auto as_json = on_folder({"drift", "--format", "json"});
  EXPECT_EQ(as_json.exit_code, 1);
  const auto document = json::parse(as_json.standard_output);
  EXPECT_EQ(document.at("differences").as_array().size(), 3U);
  EXPECT_EQ(document.at("upgrade").as_array().size(), 3U);
  EXPECT_THAT(json::serialize(document.at("downgrade")), HasSubstr("CREATE TABLE public.c ("));

  database_.sql("UPDATE alembic_version SET version_num = 'gone' WHERE version_num = 's2'");
  const auto unknown = on_folder({"drift"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.standard_output, HasSubstr("Can't locate revision identified by 'gone'"));
}

TEST_F(MigrateDiff, CheckOfAFolderComparesWithASchemaFile) {
  write("r1", "", folder_.read("users.sql"), "DROP TABLE users;");
  ASSERT_EQ(on_folder({"upgrade", "head"}).exit_code, 0);
  EXPECT_EQ(on_folder({"check", "--to", "users.sql"}).exit_code, 0);
  const auto more = on_folder({"check", "--to", "more.sql"});
  EXPECT_EQ(more.exit_code, 1);
  EXPECT_THAT(more.standard_output, HasSubstr("\n  Detected added column 'users.born'\n"));
  EXPECT_EQ(migrate({"diff", "--from", "mig", "--to", "users.sql"}).exit_code, 0);
  EXPECT_EQ(migrate({"diff", "--from", "mig", "--to", "more.sql"}).exit_code, 1);
}

}  // namespace
}  // namespace support::tests
