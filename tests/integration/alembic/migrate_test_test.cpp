// `migrate test` on real servers: the program's own migrations, and a folder of ones with planted faults.
#include <chrono>
#include <map>
#include <sstream>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/runtime/pqxx_connection.hpp"
#include "app/alembic/safety/roundtrip/row_seeder.hpp"
#include "app/cli/roundtrip_command.hpp"
#include "app/config/logging.hpp"

#include "tests/integration/alembic/database_session.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/test_cluster.hpp"

namespace support::tests {
namespace {

namespace json = boost::json;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Ge;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr auto planted = SUPPORT_SOURCE_DIR "/tests/data/round_trips";

class MigrateTestCommand : public testing::Test {
 protected:
  // The exit code; what was printed is in text_.
  int run(const std::string& location, const std::string& range = "",
          alembic::command::OutputFormat format = alembic::command::OutputFormat::json,
          const std::string& dev_url = "") {
    cli::MigrateArguments general;
    general.script_location = location;
    const auto settings = config::Settings::load({.environment = {{"DATABASE_URL", database_.url_text()}}});
    config::set_up_logging(settings, config::TextStyle::alembic);
    std::ostringstream out;
    const int exit_code =
        cli::run_round_trips({.range = range, .dev_url = dev_url, .format = format}, general, settings, out);
    text_ = out.str();
    return exit_code;
  }

  // By revision.
  std::map<std::string, json::object> results() const {
    std::map<std::string, json::object> results;
    const auto document = json::parse(text_);
    for (const auto& result : document.as_array()) {
      results.emplace(result.at("revision").as_string(), result.as_object());
    }
    return results;
  }
  std::vector<std::string> order() const {
    std::vector<std::string> revisions;
    const auto document = json::parse(text_);
    for (const auto& result : document.as_array()) revisions.emplace_back(result.at("revision").as_string());
    return revisions;
  }

  static std::string verdict(const json::object& result) {
    const auto& grade = result.at("grade");
    return fmt::format("{} {}", grade.is_null() ? "-" : std::string(grade.as_string()),
                       std::string(result.at("outcome").as_string()));
  }
  static std::vector<std::string> texts(const json::value& list) {
    std::vector<std::string> texts;
    for (const auto& text : list.as_array()) texts.emplace_back(text.as_string());
    return texts;
  }
  static std::vector<std::string> differences(const json::object& result) {
    std::vector<std::string> texts;
    for (const auto& difference : result.at("after_downgrade").as_array()) {
      texts.emplace_back(difference.at("description").as_string());
    }
    return texts;
  }
  // "table.column"
  static std::vector<std::string> lost(const json::object& result, const char* key = "lost") {
    std::vector<std::string> names;
    for (const auto& loss : result.at(key).as_array()) {
      const auto& column = loss.at("column");
      names.push_back(std::string(loss.at("table").as_string()) +
                      (column.is_null() ? "" : "." + std::string(column.as_string())));
    }
    return names;
  }

  std::vector<std::string> scratch_databases() const {
    std::vector<std::string> names;
    for (const auto& row :
         database_.sql("SELECT datname FROM pg_database WHERE datname LIKE 'support_agent_scratch%'")) {
      names.push_back(row.at(0));
    }
    return names;
  }

  std::string write(const std::string& revision, const std::string& parent, const std::string& upgrade,
                    const std::string& downgrade, const std::string& more = "") {
    return folder_.write(revision + ".sql",
                         fmt::format("-- Message of {0}\n--\n-- revision: {0}\n-- down_revision: "
                                     "{1}\n{4}\n-- migrate:upgrade\n{2}\n-- migrate:downgrade\n{3}\n",
                                     revision, parent, upgrade, downgrade, more));
  }

  TestDatabase database_;
  TemporaryFolder folder_;
  std::string text_;
};

TEST_F(MigrateTestCommand, TheProgramsOwnMigrationsComeBack) {
  EXPECT_EQ(run("builtin"), 0) << text_;
  const auto all = results();
  EXPECT_THAT(all.size(), Ge(7U));
  for (const auto& [revision, result] : all) {
    EXPECT_EQ(result.at("outcome"), "passed") << revision;
    EXPECT_NE(result.at("grade"), "red") << revision;
    EXPECT_THAT(result.at("empty_tables").as_array(), IsEmpty()) << revision;
    EXPECT_THAT(result.at("notes").as_array(), IsEmpty()) << revision;
  }
  EXPECT_THAT(scratch_databases(), IsEmpty());
  EXPECT_THAT(database_.sql("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"), IsEmpty());
}

TEST_F(MigrateTestCommand, FindsEveryPlantedFaultInOneRun) {
  EXPECT_EQ(run(planted), 4) << text_;
  const auto all = results();
  std::map<std::string, std::string> verdicts;
  for (const auto& [revision, result] : all) verdicts[revision] = verdict(result);
  EXPECT_THAT(
      verdicts,
      testing::UnorderedElementsAre(
          std::pair("a001", "yellow passed"), std::pair("a002", "red asymmetric"), std::pair("a003", "red lossy"),
          std::pair("a004", "yellow passed"), std::pair("a005", "red asymmetric"), std::pair("a006", "red failed"),
          std::pair("a007", "red irreversible"), std::pair("b001", "yellow passed"), std::pair("b002", "green passed"),
          std::pair("b003", "green passed"), std::pair("c001", "green passed"), std::pair("c002", "green passed"),
          std::pair("c003", "yellow passed"), std::pair("c004", "yellow passed"), std::pair("c005", "red failed"),
          std::pair("c006", "red failed"), std::pair("c007", "- not_tested"), std::pair("d001", "yellow passed"),
          std::pair("d002", "red lossy")));
  EXPECT_THAT(differences(all.at("a002")), ElementsAre("Detected removed index 'ix_people_nickname' on 'people'"));
  EXPECT_THAT(texts(all.at("a002").at("notes")), ElementsAre(StartsWith("the second upgrade fails: Revision a002")));
  EXPECT_THAT(lost(all.at("a003")), ElementsAre("notes.body"));
  EXPECT_THAT(lost(all.at("a004")), ElementsAre("people.mood"));
  EXPECT_EQ(all.at("a004").at("loses"), "the moods of people, which nobody may keep any more");
  EXPECT_THAT(differences(all.at("a005")), ElementsAre(HasSubstr("from integer to smallint on 'people.age'")));
  EXPECT_THAT(std::string(all.at("a006").at("failure").as_string()),
              AllOf(HasSubstr("(downgrade a006 -> a005) failed"), HasSubstr("a006_downgrade_fails.sql:10")));
  EXPECT_EQ(all.at("a007").at("irreversible"), "what the notes said is in no other table");
  EXPECT_THAT(texts(all.at("b001").at("taken")),
              ElementsAre("the downgrade drops column teams.colour with what was written to it"));
  EXPECT_THAT(texts(all.at("c002").at("notes")),
              ElementsAre(HasSubstr("tested with rows that have a value in every column: Revision c002")));
  EXPECT_THAT(texts(all.at("c003").at("taken")), ElementsAre(HasSubstr("takes 'cheerful' out of enum type mood")));
  EXPECT_THAT(std::string(all.at("c004").at("refused_since").as_string()), HasSubstr("(SQLSTATE 23502)"));
  EXPECT_THAT(std::string(all.at("c005").at("failure").as_string()),
              StartsWith("the upgrade fails on a table that has rows: Revision c005"));
  EXPECT_THAT(lost(all.at("d002")), ElementsAre("events_2025.what"));
  // No number solves the puzzle, and that is said.
  ASSERT_EQ(all.at("d002").at("empty_tables").as_array().size(), 1U);
  EXPECT_EQ(all.at("d002").at("empty_tables").at(0).at("table"), "puzzles");
  EXPECT_THAT(scratch_databases(), IsEmpty());
}

TEST_F(MigrateTestCommand, GoesInTheOrderOfAnUpgrade) {
  EXPECT_EQ(run(planted, "a007:b003"), 0) << text_;
  EXPECT_THAT(order(), ElementsAre("b001", "b002", "b003"));
  EXPECT_EQ(run(planted, "a001:a003"), 1) << text_;
  EXPECT_THAT(order(), ElementsAre("a002", "a003"));
  EXPECT_EQ(run(planted, "b003:c001"), 0) << text_;
  EXPECT_THAT(order(), ElementsAre("c001"));
}

TEST_F(MigrateTestCommand, SaysWhatCantBeDone) {
  using alembic::command::OutputFormat;
  EXPECT_EQ(run(planted, "a001", OutputFormat::text), 2);
  EXPECT_EQ(text_, "FAILED: 'a001' is no range of revisions; write FROM:TO, FROM: or :TO\n");
  EXPECT_EQ(run(planted, "zz:", OutputFormat::text), 2);
  EXPECT_THAT(text_, HasSubstr("FAILED: Can't locate revision identified by 'zz'"));
  EXPECT_EQ(run(planted, "", OutputFormat::text, "nowhere"), 2);
  EXPECT_THAT(text_, StartsWith("FAILED: --dev-url nowhere: this is no URL"));
  EXPECT_EQ(run(planted, "", OutputFormat::text, "postgresql:///x?host=/nowhere"), 3);
  EXPECT_THAT(text_, HasSubstr("check --dev-url"));
}

TEST_F(MigrateTestCommand, WorksOnTheServerOfTheDevelopmentUrl) {
  const auto exit_code = run(planted, "b003:c001", alembic::command::OutputFormat::json, database_.url_text());
  EXPECT_EQ(exit_code, 0) << text_;
}

TEST_F(MigrateTestCommand, PrintsALineARevisionAndASummary) {
  EXPECT_EQ(run(planted, ":a003", alembic::command::OutputFormat::text), 1);
  EXPECT_THAT(text_, testing::ContainsRegex("yellow  a001  Create people and what belongs to them  \\([0-9.]+ s\\)\n"));
  EXPECT_THAT(text_, HasSubstr("\n    asymmetric: after the downgrade the schema is not what it was:\n      Detected "
                               "removed index 'ix_people_nickname' on 'people'\n"));
  EXPECT_THAT(text_, testing::ContainsRegex("\n    lossy: what was there before did not come back: [1-3] of [1-3] "
                                            "values? of notes.body\n"));
  EXPECT_THAT(text_, testing::EndsWith("3 revisions: 0 green, 1 yellow, 2 red; 1 lossy, 1 asymmetric\n"));
}

TEST_F(MigrateTestCommand, ComparesAccessRights) {
  const auto role = "reader_of_" + database_.name();
  database_.sql("CREATE ROLE " + role);
  write("r1", "", "CREATE TABLE t (id integer);", "DROP TABLE t;");
  write("r2", "r1", "GRANT SELECT ON t TO " + role + ";", "SELECT 1;");
  EXPECT_EQ(run(folder_.path()), 1) << text_;
  EXPECT_EQ(verdict(results().at("r2")), "red asymmetric");
  EXPECT_EQ(differences(results().at("r2")).size(), 1U);
  database_.sql("DROP ROLE " + role);
}

TEST_F(MigrateTestCommand, NoticesRowsThatADowngradeTakesAlong) {
  write("r1", "", "CREATE TABLE roles (id integer PRIMARY KEY, name text NOT NULL);", "DROP TABLE roles;");
  write("r2", "r1", "INSERT INTO roles VALUES (900, 'auditor');", "DELETE FROM roles;");
  write("r3", "r2", "INSERT INTO roles VALUES (901, 'clerk');", "DELETE FROM roles WHERE id = 901;");
  write("r4", "r3", "INSERT INTO roles VALUES (902, 'guest') ON CONFLICT DO NOTHING;", "SELECT 1;");
  EXPECT_EQ(run(folder_.path()), 1) << text_;
  const auto all = results();
  EXPECT_EQ(verdict(all.at("r2")), "red lossy");
  EXPECT_THAT(lost(all.at("r2")), ElementsAre("roles"));
  EXPECT_EQ(verdict(all.at("r3")), "green passed");
  EXPECT_THAT(texts(all.at("r4").at("notes")),
              Contains("the downgrade leaves 1 row in roles that was not there before"));
}

// What it makes of the rows may be NULL where they are; that is the rows' affair, unlike a column without any value.
TEST_F(MigrateTestCommand, TellsABackfillThatFindsNullsFromAColumnWithoutAValue) {
  write("r1", "", "CREATE TABLE t (id integer PRIMARY KEY, a text, b text);", "DROP TABLE t;");
  write("r2", "r1", "ALTER TABLE t ADD c text; UPDATE t SET c = a || b; ALTER TABLE t ALTER c SET NOT NULL;",
        "ALTER TABLE t DROP c;");
  EXPECT_EQ(run(folder_.path()), 0) << text_;
  EXPECT_THAT(texts(results().at("r2").at("notes")),
              Contains(HasSubstr("tested with rows that have a value in every column")));
  write("r3", "r2", "ALTER TABLE t ADD d text NOT NULL;", "ALTER TABLE t DROP d;");
  EXPECT_EQ(run(folder_.path(), "r2:r3"), 4) << text_;
}

// A schema of that name is the tool's own, whatever it keeps there.
TEST_F(MigrateTestCommand, LooksPastTheToolsOwnSchema) {
  write("r1", "", "CREATE TABLE t (id integer PRIMARY KEY);", "DROP TABLE t;");
  write("r2", "r1",
        "CREATE SCHEMA IF NOT EXISTS alembic; CREATE TABLE IF NOT EXISTS alembic.history (n serial, what text); INSERT "
        "INTO alembic.history (what) VALUES ('up');",
        "INSERT INTO alembic.history (what) VALUES ('down');");
  EXPECT_EQ(run(folder_.path()), 0) << text_;
  EXPECT_EQ(verdict(results().at("r2")), "green passed");
  EXPECT_THAT(results().at("r2").at("notes").as_array(), IsEmpty());
}

TEST_F(MigrateTestCommand, ANeighbourOfAFailureIsTestedStill) {
  write("r1", "", "CREATE TABLE t (id integer);", "DROP TABLE t;");
  write("r2", "r1", "SELECT no_such_function();", "SELECT 1;");
  write("r3", "r1", "CREATE INDEX i ON t (id);", "DROP INDEX i;");
  write("r4", "r2", "SELECT 1;", "SELECT 1;");
  EXPECT_EQ(run(folder_.path()), 4) << text_;
  const auto all = results();
  EXPECT_EQ(verdict(all.at("r2")), "red failed");
  EXPECT_EQ(verdict(all.at("r3")), "green passed");
  EXPECT_EQ(verdict(all.at("r4")), "- not_tested");
}

TEST_F(MigrateTestCommand, TakesANumberOfRevisionsAMinute) {
  constexpr int revisions = 20;
  std::string parent;
  for (int i = 0; i < revisions; ++i) {
    const auto id = fmt::format("r{:03}", i);
    const auto table = fmt::format("t{}", i / 4);
    if (i % 4 == 0) {
      write(id, parent,
            fmt::format("CREATE TABLE {} (id serial PRIMARY KEY, name varchar(80) NOT NULL, email text UNIQUE, state "
                        "text NOT NULL DEFAULT 'a' CHECK (state IN ('a', 'b')));",
                        table),
            fmt::format("DROP TABLE {};", table));
    } else {
      write(id, parent, fmt::format("ALTER TABLE {} ADD COLUMN c{} integer;", table, i),
            fmt::format("ALTER TABLE {} DROP COLUMN c{};", table, i));
    }
    parent = id;
  }
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(run(folder_.path()), 0) << text_;
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  EXPECT_EQ(order().size(), static_cast<std::size_t>(revisions));
  fmt::print("{} revisions in {:.1f} s, {:.0f} a minute\n", revisions, took.count(), revisions / took.count() * 60);
  EXPECT_LT(took.count(), 120.0);  // six seconds each, where it is about a fifth of one on an idle machine
}

// Tables of all kinds: what the seeder makes of them.
class RowSeeding : public testing::Test {
 protected:
  std::vector<alembic::safety::EmptyTable> seed(const std::string& schema) {
    database_.sql(schema);
    snapshot_ = alembic::autogenerate::inspect(*session_);
    std::vector<alembic::safety::SeedRequest> requests;
    for (const auto& table : snapshot_.tables) requests.push_back({{table.schema, table.name}, 3});
    return alembic::safety::RowSeeder(*session_).seed(snapshot_, requests);
  }
  std::string count(const std::string& table) const { return database_.sql("SELECT count(*) FROM " + table)[0][0]; }
  std::string scalar(const std::string& sql) const { return database_.sql(sql)[0][0]; }

  TestDatabase database_;
  DatabaseSession session_{database_};
  alembic::autogenerate::CatalogSnapshot snapshot_;
};

TEST_F(RowSeeding, KnowsTheUsualTypes) {
  EXPECT_THAT(
      seed("CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TYPE pair AS (a integer, b text); CREATE TYPE span AS "
           "RANGE (SUBTYPE = numeric); CREATE DOMAIN age AS smallint NOT NULL CHECK (VALUE BETWEEN 18 AND 99); "
           "CREATE DOMAIN adult AS age CHECK (VALUE > 20);"
           "CREATE TABLE t (a smallint, b bigint, c numeric(3, 2), d real, e money, f text, g varchar(1), h "
           "char(5), i bytea, j timestamp(0), k timestamptz, l date, m time, n timetz, o interval day to second, "
           "p boolean, q mood, r point, s line, t lseg, u box, v path, w polygon, x circle, y cidr, z inet, aa "
           "macaddr, bb macaddr8, cc bit(3), dd bit varying(5), ee tsvector, ff tsquery, gg uuid, hh xml, ii "
           "json, jj jsonb, kk integer[], ll pair, mm int4range, nn tstzrange, oo age, pp adult, qq mood[], rr "
           "\"char\", ss name, tt oid, uu pg_lsn, vv jsonpath, ww span, xx text[][], yy int4multirange, zz "
           "regclass)"),
      IsEmpty());
  EXPECT_EQ(count("t"), "3");
  EXPECT_EQ(scalar("SELECT num_nulls(variadic ARRAY[a::text, b::text, c::text, d::text, f, g, h, i::text, j::text, "
                   "k::text, l::text, o::text, p::text, q::text, gg::text, jj::text, ll::text, ww::text]) FROM t ORDER "
                   "BY 1 LIMIT 1"),
            "0");
  EXPECT_EQ(scalar("SELECT count(*) FROM t WHERE f IS NULL AND oo IS NOT NULL"), "1");
}

TEST_F(RowSeeding, SatisfiesWhatIsDeclared) {
  EXPECT_THAT(
      seed(
          "CREATE TABLE a (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code char(3) NOT NULL UNIQUE CHECK "
          "(code ~ '^[A-Z]{3}$'), email text NOT NULL UNIQUE CHECK (email = lower(email) AND email LIKE '%@%'));"
          "CREATE TABLE b (a_id integer NOT NULL REFERENCES a, code char(3) NOT NULL REFERENCES a (code), low integer, "
          "high integer, twice integer GENERATED ALWAYS AS (low * 2) STORED CHECK (twice < 100), data jsonb NOT NULL "
          "CHECK (jsonb_array_length(data) > 0), PRIMARY KEY (a_id, code), CHECK (low < high AND low > 5), CHECK "
          "(octet_length(code) = 3));"
          "CREATE TABLE c (one integer PRIMARY KEY DEFAULT 1 CHECK (one = 1), hash bytea NOT NULL CHECK "
          "(octet_length(hash) = 32), at timestamptz NOT NULL CHECK (at >= '2024-01-01'));"
          "CREATE TABLE d (tenant integer, n integer, PRIMARY KEY (tenant, n)); CREATE TABLE e (tenant integer NOT "
          "NULL, n integer, m integer NOT NULL, FOREIGN KEY (tenant, n) REFERENCES d, FOREIGN KEY (tenant, m) "
          "REFERENCES d);"
          "CREATE TABLE f (during int4range NOT NULL, EXCLUDE USING gist (during WITH &&));"
          "CREATE TABLE g (x text, y text, CHECK (num_nonnulls(x, y) = 1)); CREATE TABLE nothing ();"),
      IsEmpty());
  for (const auto* table : {"a", "d", "e", "g"}) EXPECT_EQ(count(table), "3") << table;
  EXPECT_THAT(std::stoi(count("b")), Ge(2));
  EXPECT_EQ(count("c"), "1");
  EXPECT_NE(count("f"), "0");
}

TEST_F(RowSeeding, RefersToItself) {
  EXPECT_THAT(
      seed("CREATE TABLE a (id serial PRIMARY KEY, parent integer REFERENCES a); CREATE TABLE b (id uuid PRIMARY "
           "KEY, root uuid NOT NULL REFERENCES b); CREATE TABLE c (id integer GENERATED ALWAYS AS IDENTITY "
           "PRIMARY KEY, root integer NOT NULL REFERENCES c)"),
      IsEmpty());
  EXPECT_EQ(scalar("SELECT count(parent) > 0 FROM a"), "t");
  EXPECT_NE(count("b"), "0");
  EXPECT_NE(count("c"), "0");
}

TEST_F(RowSeeding, FillsPartitionsAndChildren) {
  EXPECT_THAT(
      seed("CREATE TABLE r (at date NOT NULL, x text) PARTITION BY RANGE (at); CREATE TABLE r1 PARTITION OF r "
           "FOR VALUES FROM ('2024-01-01') TO ('2024-02-01'); CREATE TABLE r2 PARTITION OF r DEFAULT; CREATE "
           "TABLE l (c text NOT NULL) PARTITION BY LIST (c); CREATE TABLE l1 PARTITION OF l FOR VALUES IN ('x', "
           "'y'); CREATE TABLE h (n integer NOT NULL) PARTITION BY HASH (n); CREATE TABLE h0 PARTITION OF h FOR "
           "VALUES WITH (MODULUS 2, REMAINDER 0); CREATE TABLE h1 PARTITION OF h FOR VALUES WITH (MODULUS 2, "
           "REMAINDER 1); CREATE TABLE p (a integer CHECK (a > 3)); CREATE TABLE q (b text) INHERITS (p); CREATE "
           "TABLE k (at date, n integer NOT NULL); "),
      IsEmpty());
  for (const auto* table : {"ONLY r1", "ONLY r2", "ONLY l1", "ONLY h0", "ONLY h1", "ONLY p", "ONLY q", "k"}) {
    EXPECT_NE(count(table), "0") << table;
  }
}

TEST_F(RowSeeding, NamesWhatItCantFill) {
  const auto empty = seed(
      "CREATE TABLE a (id integer PRIMARY KEY); CREATE TABLE b (id integer PRIMARY KEY, a_id integer NOT NULL); CREATE "
      "TABLE c (id integer NOT NULL CHECK (id > 0 AND id < 0)); CREATE TABLE d (c_id integer NOT NULL); CREATE TABLE x "
      "(id integer PRIMARY KEY, y integer NOT NULL); CREATE TABLE y (id integer PRIMARY KEY, x integer NOT NULL "
      "REFERENCES x); ALTER TABLE x ADD FOREIGN KEY (y) REFERENCES y; CREATE FUNCTION no() RETURNS trigger LANGUAGE "
      "plpgsql AS $$BEGIN RAISE 'never'; END$$; CREATE TRIGGER no BEFORE INSERT ON d FOR EACH ROW EXECUTE FUNCTION "
      "no()");
  std::map<std::string, std::string> why;
  for (const auto& table : empty) why[table.table.name] = table.why;
  EXPECT_THAT(why,
              testing::UnorderedElementsAre(testing::Pair("c", HasSubstr("no values of id were found that satisfy")),
                                            testing::Pair("x", "y must refer to rows of y, which has none that fit"),
                                            testing::Pair("y", "x must refer to rows of x, which has none that fit")));
  // The superuser passes by the trigger.
  EXPECT_EQ(count("d"), "3");
}

}  // namespace
}  // namespace support::tests
