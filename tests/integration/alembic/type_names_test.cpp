// Types by the names that the server spells them with, back to the server.
#include "app/alembic/autogenerate/type_names.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/integration/alembic/database_session.hpp"

namespace support::tests {
namespace {

using namespace alembic::autogenerate;

constexpr std::string_view own_types = R"(
CREATE SCHEMA app;
CREATE SCHEMA "Odd Schema";
CREATE SCHEMA "interval";
CREATE EXTENSION citext;
CREATE EXTENSION hstore SCHEMA app;
CREATE TYPE app."Mood" AS ENUM ('a');
CREATE TYPE "Odd Schema"."a ""quoted"" one[]" AS ENUM ('a');
CREATE TYPE "interval".kind AS ENUM ('a');
CREATE TYPE app.text AS (a integer);
CREATE TYPE app."integer" AS ENUM ('a');
CREATE TYPE app."character varying" AS ENUM ('a');
CREATE TYPE public.money AS ENUM ('a');
CREATE TYPE public."timestamp with time zone" AS ENUM ('a');
CREATE TYPE app."select" AS ENUM ('a');
CREATE DOMAIN app.positive AS integer CHECK (VALUE > 0);
CREATE DOMAIN app.label AS varchar(9) COLLATE "C";
CREATE TYPE app.temperature AS RANGE (SUBTYPE = float8);
CREATE TABLE app.rows (a integer);
CREATE COLLATION app."Mine" FROM "C";
CREATE TYPE app.measured;
CREATE FUNCTION app.measured_in(cstring, oid, integer) RETURNS app.measured LANGUAGE internal IMMUTABLE STRICT
  AS 'varcharin';
CREATE FUNCTION app.measured_out(app.measured) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'varcharout';
CREATE TYPE app.measured (INPUT = app.measured_in, OUTPUT = app.measured_out, TYPMOD_IN = varchartypmodin,
  TYPMOD_OUT = varchartypmodout, LIKE = varchar, COLLATABLE = true);
)";

const std::vector<std::string>& types() {
  static const std::vector<std::string> list{"smallint",
                                             "integer",
                                             "bigint",
                                             "int2",
                                             "int4",
                                             "int8",
                                             "real",
                                             "double precision",
                                             "float",
                                             "float(24)",
                                             "float(25)",
                                             "numeric",
                                             "numeric(5)",
                                             "numeric(6,2)",
                                             "numeric(3,-2)",
                                             "numeric(1000,1000)",
                                             "decimal(4,1)",
                                             "boolean",
                                             "varchar",
                                             "varchar(1)",
                                             "varchar(10485760)",
                                             "char",
                                             "char(1)",
                                             "char(9)",
                                             "bpchar",
                                             "bpchar(4)",
                                             "\"char\"",
                                             "text",
                                             "name",
                                             "bit",
                                             "bit(8)",
                                             "\"bit\"",
                                             "varbit",
                                             "varbit(5)",
                                             "bytea",
                                             "date",
                                             "timestamp",
                                             "timestamp(0)",
                                             "timestamp(6)",
                                             "timestamptz",
                                             "timestamp(3) with time zone",
                                             "time",
                                             "time(2)",
                                             "timetz",
                                             "time(1) with time zone",
                                             "interval",
                                             "interval(3)",
                                             "interval(0)",
                                             "interval year",
                                             "interval month",
                                             "interval day",
                                             "interval hour",
                                             "interval minute",
                                             "interval second",
                                             "interval second(2)",
                                             "interval year to month",
                                             "interval day to hour",
                                             "interval day to minute",
                                             "interval day to second",
                                             "interval day to second(4)",
                                             "interval hour to minute",
                                             "interval hour to second",
                                             "interval hour to second(0)",
                                             "interval minute to second",
                                             "interval minute to second(1)",
                                             "uuid",
                                             "json",
                                             "jsonb",
                                             "jsonpath",
                                             "xml",
                                             "money",
                                             "inet",
                                             "cidr",
                                             "macaddr",
                                             "macaddr8",
                                             "tsvector",
                                             "tsquery",
                                             "int4range",
                                             "int8range",
                                             "numrange",
                                             "daterange",
                                             "tsrange",
                                             "tstzrange",
                                             "int4multirange",
                                             "int8multirange",
                                             "nummultirange",
                                             "datemultirange",
                                             "tsmultirange",
                                             "tstzmultirange",
                                             "point",
                                             "line",
                                             "lseg",
                                             "box",
                                             "path",
                                             "polygon",
                                             "circle",
                                             "oid",
                                             "regclass",
                                             "regtype",
                                             "regproc",
                                             "regprocedure",
                                             "regoper",
                                             "regoperator",
                                             "regrole",
                                             "regnamespace",
                                             "regconfig",
                                             "regdictionary",
                                             "regcollation",
                                             "pg_lsn",
                                             "pg_snapshot",
                                             "txid_snapshot",
                                             "xid",
                                             "xid8",
                                             "cid",
                                             "tid",
                                             "oidvector",
                                             "int2vector",
                                             "aclitem",
                                             "refcursor",
                                             "pg_class",
                                             "information_schema.sql_identifier",
                                             "information_schema.yes_or_no",
                                             "citext",
                                             "app.hstore",
                                             "app.\"Mood\"",
                                             "\"Odd Schema\".\"a \"\"quoted\"\" one[]\"",
                                             "\"interval\".kind",
                                             "app.text",
                                             "app.\"integer\"",
                                             "app.\"character varying\"",
                                             "public.money",
                                             "public.\"timestamp with time zone\"",
                                             "app.\"select\"",
                                             "app.positive",
                                             "app.label",
                                             "app.temperature",
                                             "app.rows",
                                             "app.measured",
                                             "app.measured(3)"};
  return list;
}

// With a collation of their own, as SQL spells it.
const std::vector<std::string>& collated_types() {
  static const std::vector<std::string> list{"text COLLATE \"C\"",
                                             "text COLLATE pg_catalog.\"C\"",
                                             "text COLLATE ucs_basic",
                                             "text COLLATE app.\"Mine\"",
                                             "varchar COLLATE \"POSIX\"",
                                             "varchar(5) COLLATE \"C\"",
                                             "varchar(5) COLLATE app.\"Mine\"",
                                             "char(3) COLLATE \"C\"",
                                             "char COLLATE app.\"Mine\"",
                                             "bpchar COLLATE \"POSIX\"",
                                             "text[] COLLATE \"C\"",
                                             "varchar(4)[] COLLATE \"C\"",
                                             "char(4)[] COLLATE app.\"Mine\"",
                                             "bpchar[] COLLATE \"C\"",
                                             "citext COLLATE \"C\"",
                                             "name COLLATE \"POSIX\"",
                                             "app.label COLLATE \"POSIX\"",
                                             "app.measured(3)[] COLLATE app.\"Mine\""};
  return list;
}

void create_table(const TestDatabase& database, std::string_view name, const std::vector<std::string>& column_types) {
  std::string columns;
  for (std::size_t i = 0; i < column_types.size(); ++i) {
    columns += fmt::format("{}c{} {} DEFAULT NULL", columns.empty() ? "" : ", ", i, column_types[i]);
  }
  database.sql(fmt::format("CREATE TABLE app.{} ({})", name, columns));
}

std::vector<Column> columns_of(const TestDatabase& database, const std::string& name) {
  DatabaseSession session(database);
  for (auto& table : inspect(*session).tables) {
    if (table.name == name) return std::move(table.columns);
  }
  return {};
}

TEST(TypeNames, MeanTheTypesThatTheServerHas) {
  const TestDatabase database;
  database.sql(std::string(own_types));
  auto written = types();
  for (const auto& type : types()) written.push_back(type + "[]");
  for (const auto& type : collated_types()) written.push_back(type);
  create_table(database, "written", written);

  const auto original = columns_of(database, "written");
  ASSERT_EQ(original.size(), written.size());
  std::vector<std::string> printed;
  for (const auto& column : original) {
    printed.push_back(schema::type_sql(type_named(column.type, column.collation), {}));
  }
  create_table(database, "printed", printed);
  const auto copy = columns_of(database, "printed");
  ASSERT_EQ(copy.size(), original.size());
  for (std::size_t i = 0; i < written.size(); ++i) {
    EXPECT_EQ(copy[i].type, original[i].type) << written[i] << " printed as " << printed[i];
    EXPECT_EQ(copy[i].collation, original[i].collation) << written[i] << " printed as " << printed[i];
  }
}

}  // namespace
}  // namespace support::tests
