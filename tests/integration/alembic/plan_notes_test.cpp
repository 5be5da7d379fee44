// That the notes about rewrites say what the server does.
#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/alembic/autogenerate/wanted.hpp"
#include "app/alembic/runtime/server_features.hpp"

#include "tests/support/planned_migration.hpp"
#include "tests/support/reused_database.hpp"

namespace support::tests {
namespace {

using namespace alembic::autogenerate;

struct Case {
  const char* before;
  const char* after;
};

// Columns of one table, changed and added.
constexpr std::array cases = {
    Case{"c varchar(10)", "c varchar(20)"},
    Case{"c varchar(20)", "c varchar(10)"},
    Case{"c varchar(10)", "c text"},
    Case{"c text", "c varchar"},
    Case{"c varchar(10)[]", "c varchar(20)[]"},
    Case{"c varchar(20)[]", "c varchar(10)[]"},
    Case{"c varchar(10)[]", "c varchar[]"},
    Case{"c varchar(10)[]", "c text[]"},
    Case{"c integer[]", "c text[]"},
    Case{"c numeric(10,2)[]", "c numeric(12,2)[]"},
    Case{"c numeric(10,2)", "c numeric(12,2)"},
    Case{"c numeric(10,2)", "c numeric(12,3)"},
    Case{"c numeric(10,2)", "c numeric"},
    Case{"c numeric", "c numeric(12,2)"},
    Case{"c timestamp(3)", "c timestamp(6)"},
    Case{"c timestamp", "c timestamp(6)"},
    Case{"c timestamp", "c timestamp(3)"},
    Case{"c timestamp(3)", "c timestamptz(3)"},
    Case{"c interval(3)", "c interval"},
    Case{"c bit varying(3)", "c bit varying(5)"},
    Case{"c character(3)", "c character(5)"},
    Case{"c character(3)", "c text"},
    Case{"c cidr", "c inet"},
    Case{"c inet", "c cidr"},
    Case{"c xml", "c text"},
    Case{"c boolean", "c integer"},
    Case{"c integer", "c boolean"},
    Case{"c integer", "c bigint"},
    Case{"c json", "c jsonb"},
    Case{"", "c integer DEFAULT 5"},
    Case{"", "c timestamptz DEFAULT now()"},
    Case{"", "c timestamptz DEFAULT clock_timestamp()"},
    Case{"", "c uuid DEFAULT gen_random_uuid()"},
    Case{"", "c integer GENERATED ALWAYS AS IDENTITY"},
    Case{"", "c serial"},
    Case{"", "c integer GENERATED ALWAYS AS (id * 2) STORED"},
    Case{"", "c integer DEFAULT calm()"},
    Case{"", "c integer DEFAULT wild()"},
    Case{"", "c plain DEFAULT 1"},
    Case{"", "c checked"},
    Case{"", "c twice_checked"},
};

class PlanNotes : public WithReusedDatabase<testing::TestWithParam<Case>> {
 protected:
  static std::string table_with(const std::string& column) {
    return std::string(
               "CREATE FUNCTION calm() RETURNS integer LANGUAGE sql STABLE AS 'SELECT 1'; CREATE FUNCTION wild() "
               "RETURNS "
               "integer LANGUAGE plpgsql AS 'BEGIN RETURN 1; END'; CREATE DOMAIN plain AS integer; CREATE DOMAIN "
               "checked AS integer "
               "CHECK (VALUE > 0); CREATE DOMAIN twice_checked AS checked; CREATE TABLE t (id integer") +
           (column.empty() ? "" : ", ") + column + ");";
  }
};

TEST_P(PlanNotes, OfRewritesAreTrue) {
  auto& connection = database_->connection();
  database_->clear();
  database_->run(table_with(GetParam().before));
  const auto before = inspect(connection, planning());
  const auto after = wanted_from_sql(connection, table_with(GetParam().after), {.inspect = planning()});
  const auto server = alembic::server_features(connection);
  const auto planned = plan(before, after, {});
  const auto file = connection.scalar("SELECT pg_relation_filenode('t')");
  ASSERT_EQ(apply(connection, planned.upgrade, server), "") << sql_text(planned.upgrade, server);
  const bool is_rewritten = connection.scalar("SELECT pg_relation_filenode('t')") != file;
  std::string notes;
  for (const auto& step : planned.upgrade) notes += step.note;
  EXPECT_EQ(notes.find("Rewrites the table") != std::string::npos, is_rewritten) << notes;
}

INSTANTIATE_TEST_SUITE_P(Columns, PlanNotes, testing::ValuesIn(cases));

}  // namespace
}  // namespace support::tests
