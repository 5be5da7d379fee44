// The wanted side, built by the server and rolled back.
#include "app/alembic/autogenerate/wanted.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/errors.hpp"
#include "app/database/models/base.hpp"

#include "tests/integration/alembic/database_session.hpp"

namespace support::tests {
namespace {

using namespace alembic::autogenerate;
using alembic::CommandError;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Wanted : public testing::Test {
 protected:
  std::string error_of(const std::string& script) {
    try {
      wanted_from_sql(*session_, script, {.source = "schema.sql"});
    } catch (const CommandError& error) {
      return error.what();
    }
    return "none";
  }
  std::vector<std::string> names(const CatalogSnapshot& snapshot) {
    std::vector<std::string> result;
    for (const auto& table : snapshot.tables) result.push_back(table.schema + '.' + table.name);
    return result;
  }

  TestDatabase database_;
  DatabaseSession session_{database_};
};

TEST_F(Wanted, IsWhatTheSameStatementsHaveMadeInTheDatabase) {
  database_.sql(every_kind());
  const auto live = inspect(*session_);
  const auto wanted = wanted_from_sql(*session_, every_kind());
  EXPECT_THAT(descriptions(compare(live, wanted, {.compare_column_order = true})), IsEmpty());
  EXPECT_EQ(live, wanted);
}

TEST_F(Wanted, IsTheSameOnAnEmptyServer) {
  const TestDatabase filled;
  filled.sql(every_kind());
  DatabaseSession other(filled);
  EXPECT_EQ(wanted_from_sql(*session_, every_kind()), inspect(*other));
}

TEST_F(Wanted, TakesADumpOfTheDatabase) {
  database_.sql(every_kind());
  const auto live = inspect(*session_);
  if (live.server_version >= 160000) GTEST_SKIP() << "pg_dump 15 refuses to read a newer server.";
  EXPECT_THAT(descriptions(compare(live, wanted_from_sql(*session_, "\\restrict abc\n" + database_.dump_schema()))),
              IsEmpty());
}

TEST_F(Wanted, LeavesTheDatabaseAsItWas) {
  database_.sql(every_kind() + "CREATE TABLE kept (a integer); INSERT INTO kept VALUES (7);");
  const auto before = inspect(*session_);
  wanted_from_sql(*session_, "CREATE TABLE kept (b text); CREATE SCHEMA library; DROP TABLE IF EXISTS gone;");
  EXPECT_EQ(inspect(*session_), before);
  EXPECT_EQ(session_->scalar("SELECT a FROM kept"), "7");
  EXPECT_EQ(session_->scalar("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'support_agent%'"), "0");
}

TEST_F(Wanted, LocksNothingThatIsLive) {
  database_.sql(every_kind());
  DatabaseSession writer(database_);
  writer->execute(
      "BEGIN; LOCK TABLE library.authors, library.books, library.loans, library.things IN ACCESS EXCLUSIVE "
      "MODE; ALTER TABLE library.authors ADD COLUMN waiting text");
  EXPECT_EQ(wanted_from_sql(*session_, every_kind()).tables.size(), 9U);
  writer->execute("ROLLBACK");
}

TEST_F(Wanted, CanNotBeCommitted) {
  database_.sql("CREATE TABLE kept (a integer)");
  const auto wanted = wanted_from_sql(*session_,
                                      "BEGIN; CREATE TABLE a (x integer); COMMIT; CREATE TABLE b (x integer);"
                                      "END TRANSACTION; START TRANSACTION; /* ; */ commit work; ");
  EXPECT_THAT(names(wanted), ElementsAre("public.a", "public.b"));
  EXPECT_THAT(error_of("CREATE TABLE a (x integer);\nROLLBACK"), HasSubstr("schema.sql, line 2: ROLLBACK"));
  EXPECT_THAT(error_of("COMMIT PREPARED 'x'"), HasSubstr("line 1"));
  EXPECT_THAT(error_of("DO $$ BEGIN COMMIT; END $$"), HasSubstr("invalid transaction termination"));
  EXPECT_THAT(names(inspect(*session_)), ElementsAre("public.kept"));
}

TEST_F(Wanted, NamesTheLineOfAStatementThatFails) {
  EXPECT_THAT(error_of("CREATE TABLE a (x integer);\n\n-- a comment\nCREATE TABLE b (x nothing);\n"),
              HasSubstr("schema.sql, line 4, column 19: type \"nothing\" does not exist"));
  EXPECT_THAT(error_of("VACUUM"), HasSubstr("can't run in a transaction"));
  EXPECT_EQ(session_->scalar("SELECT 1"), "1");
}

TEST_F(Wanted, DoesNotReachForWhatOnlyTheDatabaseHas) {
  database_.sql(
      "CREATE TYPE mood AS ENUM ('calm'); CREATE SCHEMA app; CREATE TABLE app.people (id integer PRIMARY KEY)");
  EXPECT_THAT(error_of("CREATE TABLE t (m mood)"), HasSubstr("type \"mood\" does not exist"));
  EXPECT_THAT(error_of("CREATE SCHEMA app; CREATE TABLE t (p integer REFERENCES app.people)"),
              HasSubstr("relation \"app.people\" does not exist"));
}

TEST_F(Wanted, RefusesWhatIsFoundBesideAnExtensionThatCanNotMove) {
  database_.sql("CREATE EXTENSION pg_stat_statements; CREATE TYPE mood AS ENUM ('calm')");
  EXPECT_THAT(error_of("CREATE TABLE t (m mood)"),
              HasSubstr("uses type public.mood, which is in the database but not in the wanted schema"));
  const auto wanted = wanted_from_sql(*session_, "CREATE VIEW v AS SELECT queryid FROM pg_stat_statements");
  EXPECT_THAT(wanted.views.at(0).definition, HasSubstr("FROM public.pg_stat_statements"));
}

TEST_F(Wanted, HasTheExtensionsThatItAsksFor) {
  database_.sql("CREATE EXTENSION citext; CREATE TABLE t (c citext)");
  const auto differences = [&](const std::string& script) {
    return descriptions(compare(inspect(*session_), wanted_from_sql(*session_, script)));
  };
  EXPECT_THAT(differences("CREATE EXTENSION citext; CREATE TABLE t (c public.citext);"), IsEmpty());
  EXPECT_THAT(differences("CREATE EXTENSION IF NOT EXISTS \"citext\" WITH SCHEMA public; CREATE TABLE t (c citext);"),
              IsEmpty());
  EXPECT_THAT(differences("CREATE EXTENSION pg_trgm; CREATE EXTENSION citext; CREATE TABLE t (c citext);"),
              ElementsAre("Detected added extension 'pg_trgm'"));
  EXPECT_THAT(differences("CREATE TABLE t (c citext);"), ElementsAre("Detected removed extension 'citext'"));
}

TEST_F(Wanted, PassesOverTheWordConcurrentlyAndRowsOfCopy) {
  const auto wanted = wanted_from_sql(
      *session_,
      "CREATE TABLE t (a integer);\nCOPY t (a) FROM stdin;\n1\n;\n\\.\nCREATE INDEX CONCURRENTLY i ON t (a);");
  EXPECT_EQ(wanted.tables.at(0).indexes.at(0).name, "i");
  EXPECT_EQ(session_->scalar("SELECT 1"), "1");
}

TEST_F(Wanted, SaysWhichPrivilegeIsMissing) {
  database_.sql("CREATE ROLE guest_of_" + database_.name() + " LOGIN; CREATE TABLE t (a integer)");
  session_->execute("SET ROLE guest_of_" + database_.name());
  EXPECT_THAT(error_of("CREATE TABLE t (a integer)"),
              testing::AllOf(HasSubstr("must be owner of schema public"), HasSubstr("--dev-url")));
  session_->execute("RESET ROLE");
  database_.sql("DROP ROLE guest_of_" + database_.name());
}

TEST_F(Wanted, WaitsNoLongerThanTwoSecondsForWhoeverChangesTheSchemas) {
  DatabaseSession other(database_);
  other->execute("BEGIN; GRANT USAGE ON SCHEMA public TO public");
  database_.sql("CREATE TABLE t (a integer)");
  EXPECT_THAT(error_of("CREATE TABLE t (a integer)"), HasSubstr("somebody else is changing the schemas"));
  other->execute("ROLLBACK");
  EXPECT_EQ(error_of("CREATE TABLE t (a integer)"), "none");
}

TEST_F(Wanted, TakesTheModels) {
  const auto empty = inspect(*session_);
  const auto wanted = wanted_from_metadata(*session_, database::Base::metadata());
  EXPECT_EQ(wanted.tables.size(), database::Base::metadata().tables.size());
  const auto differences = compare(empty, wanted, CompareOptions::for_models());
  EXPECT_EQ(std::ranges::count(differences, ObjectKind::table, &Difference::kind),
            static_cast<long>(wanted.tables.size()));
}

// One change a case: what compare() says about it, and nothing else.
TEST_F(Wanted, FindsOneChangeAtATime) {
  database_.sql(every_kind());
  const auto live = inspect(*session_);
  std::ifstream cases(SUPPORT_SOURCE_DIR "/tests/data/autogenerate/one_change.jsonl");
  int count = 0;
  for (std::string line; std::getline(cases, line); ++count) {
    const auto item = boost::json::parse(line).as_object();
    const std::string change(item.at("change").as_string());
    std::vector<std::string> expected;
    for (const auto& text : item.at("detected").as_array()) expected.emplace_back(text.as_string());
    const auto minimum = item.contains("server") ? item.at("server").as_int64() : 0;
    if (live.server_version < minimum) continue;
    try {
      const auto wanted = wanted_from_sql(*session_, every_kind() + change);
      EXPECT_EQ(descriptions(compare(live, wanted, {.compare_access = true})), expected) << change;
    } catch (const CommandError& error) {
      ADD_FAILURE() << change << ": " << error.what();
    }
  }
  EXPECT_GT(count, 60);
}

}  // namespace
}  // namespace support::tests
