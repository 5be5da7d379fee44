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
    Case{"SequenceOfATableThatIsMadeAnew",
         "CREATE TABLE reading (at date NOT NULL, number bigint) PARTITION BY RANGE (at); CREATE SEQUENCE numbers "
         "OWNED BY reading.number;",
         "SELECT setval('numbers', 41)",
         "CREATE TABLE reading (at date NOT NULL, number bigint) PARTITION BY LIST (at); CREATE SEQUENCE numbers OWNED "
         "BY reading.number;",
         "SELECT nextval('numbers')", "42"},
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

}  // namespace
}  // namespace support::tests
