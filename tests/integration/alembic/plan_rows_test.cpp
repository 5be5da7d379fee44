// That plans keep the rows of tables that are on both sides, whatever becomes of their parents.
#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/autogenerate/compare.hpp"
#include "app/alembic/autogenerate/wanted.hpp"
#include "app/alembic/runtime/server_features.hpp"

#include "tests/support/planned_migration.hpp"
#include "tests/support/reused_database.hpp"

namespace support::tests {
namespace {

using namespace alembic::autogenerate;
using testing::IsEmpty;

struct Case {
  const char* name;
  const char* before;
  const char* rows;
  const char* after;
  const char* query;  // of one value, after the upgrade
  const char* expected;
};

constexpr std::array cases = {
    Case{"ChildWhoseParentGoes",
         "CREATE TABLE vehicle (id integer NOT NULL, wheels integer CHECK (wheels > 0)); CREATE TABLE lorry (load "
         "integer) INHERITS (vehicle);",
         "INSERT INTO lorry VALUES (1, 6, 40), (2, 8, 60)",
         "CREATE TABLE lorry (id integer NOT NULL, wheels integer, load integer);",
         "SELECT string_agg(concat_ws('/', id, wheels, load), ' ' ORDER BY id) FROM lorry", "1/6/40 2/8/60"},
    Case{"ChildThatChangesParents",
         "CREATE TABLE vehicle (id integer); CREATE TABLE machine (id integer, power integer CHECK (power > 1)); "
         "CREATE TABLE lorry (load integer) INHERITS (vehicle);",
         "INSERT INTO lorry VALUES (1, 40)",
         "CREATE TABLE vehicle (id integer); CREATE TABLE machine (id integer, power integer CHECK (power > 1)); "
         "CREATE TABLE lorry (load integer) INHERITS (machine);",
         "SELECT concat_ws('/', id, load) FROM lorry WHERE (SELECT count(*) FROM machine) = 1", "1/40"},
    Case{"ColumnThatOnlyTheChildKeeps",
         "CREATE TABLE vehicle (id integer, wheels integer); CREATE TABLE lorry (load integer) INHERITS (vehicle);",
         "INSERT INTO lorry VALUES (1, 6, 40)",
         "CREATE TABLE vehicle (id integer); CREATE TABLE lorry (wheels integer, load integer) INHERITS (vehicle);",
         "SELECT concat_ws('/', id, wheels, load) FROM lorry", "1/6/40"},
    Case{"PartitionWithWiderBounds",
         "CREATE TABLE reading (at date NOT NULL, degrees integer) PARTITION BY RANGE (at); CREATE TABLE reading_may "
         "PARTITION OF reading FOR VALUES FROM ('2026-05-01') TO ('2026-05-15');",
         "INSERT INTO reading VALUES ('2026-05-02', 17)",
         "CREATE TABLE reading (at date NOT NULL, degrees integer) PARTITION BY RANGE (at); CREATE TABLE reading_may "
         "PARTITION OF reading FOR VALUES FROM ('2026-05-01') TO ('2026-06-01');",
         "SELECT degrees FROM reading", "17"},
    Case{"PartitionsThatSwapTheirBounds",
         "CREATE TABLE reading (shelf text) PARTITION BY LIST (shelf); CREATE TABLE first PARTITION OF reading FOR "
         "VALUES IN ('a', 'b'); CREATE TABLE second PARTITION OF reading FOR VALUES IN ('c');",
         "INSERT INTO reading VALUES ('a'), ('c')",
         "CREATE TABLE reading (shelf text) PARTITION BY LIST (shelf); CREATE TABLE first PARTITION OF reading FOR "
         "VALUES IN ('a'); CREATE TABLE second PARTITION OF reading FOR VALUES IN ('b', 'c');",
         "SELECT string_agg(shelf, ' ' ORDER BY shelf) FROM reading", "a c"},
    Case{"PartitionsOfATableThatIsPartitionedAnew",
         "CREATE TABLE reading (at date NOT NULL, shelf text NOT NULL, PRIMARY KEY (at, shelf)) PARTITION BY RANGE "
         "(at); CREATE TABLE reading_may PARTITION OF reading FOR VALUES FROM ('2026-05-01') TO ('2026-06-01');",
         "INSERT INTO reading VALUES ('2026-05-02', 'a')",
         "CREATE TABLE reading (at date NOT NULL, shelf text NOT NULL, PRIMARY KEY (at, shelf)) PARTITION BY LIST "
         "(shelf); CREATE TABLE reading_may PARTITION OF reading FOR VALUES IN ('a');",
         "SELECT concat_ws('/', at, shelf) FROM reading", "2026-05-02/a"},
    Case{"PartitionOfATableThatForeignKeysReferTo",
         "CREATE TABLE shelf (id integer PRIMARY KEY) PARTITION BY LIST (id); CREATE TABLE shelf_1 PARTITION OF shelf "
         "FOR VALUES IN (1); CREATE TABLE shelf_2 PARTITION OF shelf FOR VALUES IN (2); CREATE TABLE book (shelf "
         "integer REFERENCES shelf);",
         "INSERT INTO shelf VALUES (1); INSERT INTO book VALUES (1)",
         "CREATE TABLE shelf (id integer PRIMARY KEY) PARTITION BY LIST (id); CREATE TABLE shelf_1 PARTITION OF shelf "
         "FOR VALUES IN (1); CREATE TABLE book (shelf integer REFERENCES shelf);",
         "SELECT count(*) FROM book JOIN shelf ON shelf.id = book.shelf", "1"},
    Case{"ValuesOfACompositeWhoseAttributesMove",
         "CREATE TYPE full_name AS (given text, family text); CREATE TABLE person (id integer, name full_name);",
         "INSERT INTO person VALUES (1, ('Ada', 'King')), (2, NULL)",
         "CREATE TYPE full_name AS (family text, given text, born integer); CREATE TABLE person (id integer, name "
         "full_name);",
         "SELECT string_agg(concat_ws('/', id, (name).family, (name).given, name IS NOT DISTINCT FROM NULL), ' ' ORDER "
         "BY id) FROM person",
         "1/King/Ada/f 2/t"},
    Case{"ColumnsOfARangeTypeThatChanges",
         "CREATE TYPE span AS RANGE (SUBTYPE = integer); CREATE TABLE stay (id integer, at span DEFAULT span(1, 2), "
         "others span[], breaks span_multirange DEFAULT span_multirange(span(3, 4)), nights integer DEFAULT "
         "upper(span(0, 7))); CREATE VIEW long_stay AS SELECT id FROM stay WHERE at @> 30;",
         "INSERT INTO stay VALUES (1, '[3,9)', '{\"[1,2)\"}', '{[4,5),[6,7)}'), (2, NULL, NULL, NULL)",
         "CREATE TYPE span AS RANGE (SUBTYPE = numeric); CREATE TABLE stay (id integer, at span DEFAULT span(1, 2), "
         "others span[], breaks span_multirange DEFAULT span_multirange(span(3, 4)), nights integer DEFAULT "
         "upper(span(0, 7))); CREATE VIEW long_stay AS SELECT id FROM stay WHERE at @> 30.0;",
         "SELECT string_agg(concat_ws('/', id, at, others, breaks), ' ' ORDER BY id) FROM stay",
         "1/[3,9)/{\"[1,2)\"}/{[4,5),[6,7)} 2"},
    Case{"ColumnsOfARangeTypeThatKeepsItsSubtype",
         "CREATE TYPE span AS RANGE (SUBTYPE = float8); CREATE TABLE stay (at span DEFAULT span(1, 2), breaks "
         "span_multirange);",
         "INSERT INTO stay VALUES ('[3,9)', '{[4,5)}')",
         "CREATE TYPE span AS RANGE (SUBTYPE = float8, SUBTYPE_DIFF = float8mi); CREATE TABLE stay (at span DEFAULT "
         "span(1, 2), breaks span_multirange);",
         "SELECT concat_ws('/', at, breaks) FROM stay", "[3,9)/{[4,5)}"},
    Case{"ColumnsOfAMultirangeTypeWithAnotherName",
         "CREATE TYPE span AS RANGE (SUBTYPE = integer); CREATE TABLE stay (at span, breaks span_multirange);",
         "INSERT INTO stay VALUES ('[3,9)', '{[4,5)}')",
         "CREATE TYPE span AS RANGE (SUBTYPE = integer, MULTIRANGE_TYPE_NAME = spans); CREATE TABLE stay (at span, "
         "breaks spans);",
         "SELECT concat_ws('/', at, breaks) FROM stay", "[3,9)/{[4,5)}"},
    Case{"ColumnsOfARangeOverATypeThatChanges",
         "CREATE TYPE size AS ENUM ('s', 'm', 'l'); CREATE TYPE sizes AS RANGE (SUBTYPE = size); CREATE TABLE shirt "
         "(fits sizes, more sizes_multirange);",
         "INSERT INTO shirt VALUES ('[s,m]', '{[l,l]}')",
         "CREATE TYPE size AS ENUM ('s', 'l', 'm'); CREATE TYPE sizes AS RANGE (SUBTYPE = size); CREATE TABLE shirt "
         "(fits sizes, more sizes_multirange);",
         "SELECT concat_ws('/', fits, more) FROM shirt", "[s,m]/{[l,l]}"},
    Case{
        "DomainWhoseCheckCallsAnotherFunction",
        "CREATE FUNCTION is_even(integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 % 2 = 0'; CREATE DOMAIN "
        "even AS integer CHECK (is_even(VALUE)); CREATE TABLE shoe (size even);",
        "INSERT INTO shoe VALUES (42)",
        "CREATE FUNCTION is_even(bigint) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 % 2 = 0'; CREATE DOMAIN "
        "even AS integer CHECK (is_even(VALUE)); CREATE TABLE shoe (size even);",
        "SELECT size FROM shoe", "42"},
    Case{"DomainWhoseFunctionIsMadeAnew",
         "CREATE FUNCTION is_even(n integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 % 2 = 0'; CREATE "
         "FUNCTION start() RETURNS integer LANGUAGE sql AS 'SELECT 2'; CREATE DOMAIN even AS integer DEFAULT start() "
         "CHECK (is_even(VALUE)); CREATE TABLE shoe (size even);",
         "INSERT INTO shoe VALUES (42), (DEFAULT)",
         "CREATE FUNCTION is_even(number integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 % 2 = 0'; "
         "CREATE FUNCTION start() RETURNS bigint LANGUAGE sql AS 'SELECT 2::bigint'; CREATE DOMAIN even AS integer "
         "DEFAULT start() CHECK (is_even(VALUE)); CREATE TABLE shoe (size even);",
         "SELECT string_agg(size::text, ' ' ORDER BY size) FROM shoe", "2 42"},
    Case{"DomainInAnArrayWhoseFunctionIsMadeAnew",
         "CREATE FUNCTION is_even(n integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 % 2 = 0'; CREATE "
         "DOMAIN even AS integer CHECK (is_even(VALUE)); CREATE TABLE shoe (sizes even[]);",
         "INSERT INTO shoe VALUES ('{42}')",
         "CREATE FUNCTION is_even(number integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 % 2 = 0'; "
         "CREATE DOMAIN even AS integer CHECK (is_even(VALUE)); CREATE TABLE shoe (sizes even[]);",
         "SELECT sizes FROM shoe", "{42}"},
    Case{
        "WhatUsesAFunctionWhoseParametersHaveOtherNames",
        "CREATE FUNCTION half(n integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 / 2'; CREATE TABLE shoe "
        "(size integer DEFAULT half(80) CHECK (half(size) > 1), half integer GENERATED ALWAYS AS (half(size)) STORED); "
        "CREATE INDEX halves ON shoe (half(size)); CREATE VIEW halved AS SELECT half(size) AS h FROM shoe;",
        "INSERT INTO shoe VALUES (42), (DEFAULT)",
        "CREATE FUNCTION half(number integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 / 2'; CREATE TABLE "
        "shoe (size integer DEFAULT half(80) CHECK (half(size) > 1), half integer GENERATED ALWAYS AS (half(size)) "
        "STORED); CREATE INDEX halves ON shoe (half(size)); CREATE VIEW halved AS SELECT half(size) AS h FROM shoe;",
        "SELECT string_agg(concat_ws('/', size, half), ' ' ORDER BY size) FROM shoe", "40/20 42/21"},
    Case{
        "SettingsOfAMaterializedViewThatIsMadeAgain",
        "CREATE TABLE reading (degrees integer); CREATE MATERIALIZED VIEW report AS SELECT degrees FROM reading; "
        "CREATE "
        "INDEX by_degrees ON report (degrees); ALTER MATERIALIZED VIEW report ALTER COLUMN degrees SET STATISTICS 50; "
        "ALTER MATERIALIZED VIEW report CLUSTER ON by_degrees;",
        "INSERT INTO reading VALUES (17)",
        "CREATE TABLE reading (degrees bigint); CREATE MATERIALIZED VIEW report AS SELECT degrees FROM reading; CREATE "
        "INDEX by_degrees ON report (degrees); ALTER MATERIALIZED VIEW report ALTER COLUMN degrees SET STATISTICS 50; "
        "ALTER MATERIALIZED VIEW report CLUSTER ON by_degrees;",
        "SELECT concat_ws('/', attstattarget, indisclustered) FROM pg_attribute JOIN pg_index ON attrelid = indrelid "
        "WHERE attname = 'degrees' AND attrelid = 'report'::regclass",
        "50/t"},
    Case{"SettingsOfAMaterializedViewThatChange",
         "CREATE TABLE reading (degrees integer); CREATE MATERIALIZED VIEW report AS SELECT degrees FROM reading; "
         "CREATE "
         "INDEX by_degrees ON report (degrees);",
         "INSERT INTO reading VALUES (17)",
         "CREATE TABLE reading (degrees integer); CREATE MATERIALIZED VIEW report AS SELECT degrees FROM reading; "
         "CREATE "
         "INDEX by_degrees ON report (degrees); ALTER MATERIALIZED VIEW report ALTER COLUMN degrees SET (n_distinct = "
         "7); ALTER MATERIALIZED VIEW report CLUSTER ON by_degrees;",
         "SELECT concat_ws('/', (SELECT o FROM unnest(attoptions) o WHERE o LIKE 'n_distinct=%'), indisclustered) FROM "
         "pg_attribute JOIN pg_index ON attrelid = indrelid "
         "WHERE attname = 'degrees' AND attrelid = 'report'::regclass",
         "n_distinct=7/t"},
    Case{"CommentOfTheSequenceOfAnIdentity",
         "CREATE TABLE reading (id integer GENERATED ALWAYS AS IDENTITY); COMMENT ON SEQUENCE reading_id_seq IS 'a';",
         "INSERT INTO reading DEFAULT VALUES",
         "CREATE TABLE reading (id integer GENERATED ALWAYS AS IDENTITY); COMMENT ON SEQUENCE reading_id_seq IS 'b'; "
         "CREATE TABLE other (id integer GENERATED ALWAYS AS IDENTITY); COMMENT ON SEQUENCE other_id_seq IS 'c';",
         "SELECT obj_description('reading_id_seq'::regclass, 'pg_class') || obj_description('other_id_seq'::regclass, "
         "'pg_class')",
         "bc"},
    Case{"TableThatRefersToOneThatIsLoggedFromNowOn", "CREATE UNLOGGED TABLE shelf (id integer PRIMARY KEY);",
         "INSERT INTO shelf VALUES (1)",
         "CREATE TABLE shelf (id integer PRIMARY KEY); CREATE TABLE book (shelf integer REFERENCES shelf);",
         "SELECT id FROM shelf", "1"},
    Case{"SequenceOfATableThatIsMadeAnew",
         "CREATE TABLE reading (at date NOT NULL, number bigint) PARTITION BY RANGE (at); CREATE SEQUENCE numbers "
         "OWNED BY reading.number;",
         "SELECT setval('numbers', 41)",
         "CREATE TABLE reading (at date NOT NULL, number bigint) PARTITION BY LIST (at); CREATE SEQUENCE numbers OWNED "
         "BY reading.number;",
         "SELECT nextval('numbers')", "42"},
    Case{"SequenceOfASerialColumnThatHasLostItsDefault",
         "CREATE TABLE shelf (id serial PRIMARY KEY); ALTER TABLE shelf ALTER COLUMN id DROP DEFAULT;",
         "SELECT setval('shelf_id_seq', 41)", "CREATE TABLE shelf (id serial PRIMARY KEY);",
         "SELECT nextval('shelf_id_seq')", "42"},
    Case{"TableBesidePartitionsOfPartitionsThatGoWithTheirReferrer",
         "CREATE TABLE kept (id integer); CREATE TABLE reading (at date, number integer, PRIMARY KEY (at, number)) "
         "PARTITION BY RANGE (at); CREATE TABLE reading_may PARTITION OF reading FOR VALUES FROM ('2026-05-01') TO "
         "('2026-06-01') PARTITION BY HASH (number); CREATE TABLE reading_may_odd PARTITION OF reading_may FOR VALUES "
         "WITH (MODULUS 1, REMAINDER 0); CREATE TABLE remark (at date, number integer, FOREIGN KEY (at, number) "
         "REFERENCES reading);",
         "INSERT INTO kept VALUES (7); INSERT INTO reading VALUES ('2026-05-02', 1); INSERT INTO remark VALUES "
         "('2026-05-02', 1)",
         "CREATE TABLE kept (id integer);", "SELECT id FROM kept", "7"},
};

class PlanRows : public WithReusedDatabase<testing::TestWithParam<Case>> {};

TEST_P(PlanRows, Stay) {
  auto& connection = database_->connection();
  database_->clear();
  database_->run(GetParam().before);
  database_->run(GetParam().rows);
  const auto before = inspect(connection, planning());
  const auto after = wanted_from_sql(connection, GetParam().after, {.inspect = planning()});
  const auto server = alembic::server_features(connection);
  const auto planned = plan(before, after, {});
  ASSERT_EQ(apply(connection, planned.upgrade, server), "") << sql_text(planned.upgrade, server);
  EXPECT_THAT(compare(inspect(connection, planning()), after, {}), IsEmpty()) << sql_text(planned.upgrade, server);
  EXPECT_EQ(connection.query(GetParam().query).at(0).at(0), GetParam().expected) << sql_text(planned.upgrade, server);
  ASSERT_EQ(apply(connection, planned.downgrade, server), "") << sql_text(planned.downgrade, server);
  EXPECT_THAT(compare(inspect(connection, planning()), before, {}), IsEmpty()) << sql_text(planned.downgrade, server);
}

INSTANTIATE_TEST_SUITE_P(Tables, PlanRows, testing::ValuesIn(cases),
                         [](const auto& given) { return given.param.name; });

// What the comparison leaves out.
class PlanOfAPart : public WithReusedDatabase<testing::Test> {
 protected:
  Plan planned_for(const char* before, const char* after, const std::string& left_out) {
    database_->clear();
    database_->run(before);
    CompareOptions options;
    options.include_object = [left_out](const ObjectName& object, Side) { return object.name != left_out; };
    auto& connection = database_->connection();
    before_ = inspect(connection, reading);
    return plan(before_, wanted_from_sql(connection, after, {.inspect = reading}), options);
  }
  std::string applied(const Steps& steps) {
    return apply(database_->connection(), steps, alembic::server_features(database_->connection()));
  }

  static constexpr InspectOptions reading{.access = InspectOptions::AccessRights::read,
                                          .dependencies = InspectOptions::Dependencies::read};
  CatalogSnapshot before_;
};

TEST_F(PlanOfAPart, LeavesPartitionsAndChildrenOfWhatGoes) {
  for (const auto* before :
       {"CREATE TABLE reading (at date) PARTITION BY RANGE (at); CREATE TABLE kept PARTITION OF "
        "reading DEFAULT; INSERT INTO kept VALUES ('2026-05-02')",
        "CREATE TABLE reading (at date); CREATE TABLE kept () INHERITS (reading); INSERT INTO kept "
        "VALUES ('2026-05-02')"}) {
    const auto planned = planned_for(before, "SELECT 1;", "kept");
    EXPECT_EQ(applied(planned.upgrade), "") << before;
    EXPECT_EQ(database_->connection().scalar("SELECT at FROM kept"), "2026-05-02") << before;
    EXPECT_EQ(database_->connection().scalar("SELECT to_regclass('reading') IS NULL"), "t") << before;
  }
}

TEST_F(PlanOfAPart, GivesPartitionsThatAreLeftOutBackAsTheyWere) {
  for (const auto* type : {"bigint", "integer"}) {
    const std::string key = type == std::string("integer") ? "abs(id)" : "id";
    const auto planned = planned_for(
        "CREATE TABLE reading (id integer, note text) PARTITION BY RANGE (id); CREATE TABLE kept PARTITION OF reading "
        "FOR VALUES FROM (0) TO (100); CREATE TABLE other PARTITION OF reading FOR VALUES FROM (100) TO (200); CREATE "
        "INDEX ON kept (note); INSERT INTO reading VALUES (7, 'a'), (150, 'b')",
        ("CREATE TABLE reading (id " + std::string(type) + ", note text) PARTITION BY RANGE (" + key +
         "); CREATE TABLE kept PARTITION OF reading FOR VALUES FROM (0) TO (50); CREATE TABLE other PARTITION OF "
         "reading "
         "FOR VALUES FROM (100) TO (200);")
            .c_str(),
        "kept");
    auto& connection = database_->connection();
    const auto bound = "SELECT replace(pg_get_expr(relpartbound, oid), '''', '') FROM pg_class WHERE relname = 'kept'";
    for (const auto* steps : {&planned.upgrade, &planned.downgrade}) {
      EXPECT_EQ(applied(*steps), "") << sql_text(*steps, alembic::server_features(connection));
      EXPECT_EQ(connection.scalar(bound), "FOR VALUES FROM (0) TO (100)");
      EXPECT_EQ(connection.scalar("SELECT string_agg(note, ' ' ORDER BY id) FROM reading"), "a b");
      EXPECT_EQ(connection.scalar("SELECT count(*) FROM pg_index WHERE indrelid = 'kept'::regclass"), "1");
    }
  }
}

TEST_F(PlanOfAPart, DropsNothingThatUsesWhatGoes) {
  const auto planned = planned_for("CREATE TABLE reading (at date); CREATE VIEW report AS SELECT at FROM reading",
                                   "SELECT 1;", "report");
  ASSERT_EQ(planned.upgrade.size(), 1U);
  EXPECT_EQ(planned.upgrade.front().note,
            "The rows of 'reading' are lost. Is refused as long as the view 'report' uses it, which is not compared: "
            "change or drop that first.");
  EXPECT_THAT(applied(planned.upgrade), testing::HasSubstr("cannot drop table reading because other objects depend"));
}

TEST_F(PlanOfAPart, GivesBackRightsOnBothWays) {
  const auto planned = planned_for(
      "CREATE TABLE reading (at integer); CREATE VIEW report AS SELECT at FROM reading; GRANT SELECT ON report TO "
      "pg_monitor; CREATE FUNCTION own(n integer) RETURNS integer LANGUAGE sql RETURN n; REVOKE EXECUTE ON FUNCTION "
      "own(integer) FROM PUBLIC",
      "CREATE TABLE reading (at bigint); CREATE VIEW report AS SELECT at FROM reading; CREATE FUNCTION own(n integer) "
      "RETURNS bigint LANGUAGE sql RETURN n;",
      "");
  EXPECT_EQ(applied(planned.upgrade), "");
  EXPECT_EQ(applied(planned.downgrade), "");
  std::vector<std::string> differences;
  for (const auto& difference : compare(inspect(database_->connection(), reading), before_, {.compare_access = true})) {
    differences.push_back(description(difference));
  }
  EXPECT_THAT(differences, IsEmpty());
}

TEST_F(PlanOfAPart, GivesAFunctionWhoseParametersHaveOtherNamesItsRights) {
  constexpr auto after =
      "CREATE FUNCTION own(number integer, VARIADIC more text[]) RETURNS integer LANGUAGE sql RETURN 1;";
  const auto planned = planned_for(
      "CREATE FUNCTION own(n integer, VARIADIC more text[]) RETURNS integer LANGUAGE sql RETURN 1; REVOKE EXECUTE ON "
      "FUNCTION own FROM PUBLIC; GRANT EXECUTE ON FUNCTION own TO pg_monitor; COMMENT ON FUNCTION own IS 'Mine.'",
      (std::string(after) + "COMMENT ON FUNCTION own IS 'Mine.'").c_str(), "");
  const auto rights = database_->connection().scalar("SELECT proacl FROM pg_proc WHERE proname = 'own'");
  for (const auto* steps : {&planned.upgrade, &planned.downgrade}) {
    EXPECT_EQ(applied(*steps), "");
    EXPECT_EQ(database_->connection().scalar("SELECT proacl FROM pg_proc WHERE proname = 'own'"), rights);
    EXPECT_EQ(database_->connection().scalar("SELECT obj_description('own'::regproc, 'pg_proc')"), "Mine.");
  }
}

}  // namespace
}  // namespace support::tests
