// The SQL of every directive that Alembic has not, with all of its options. What a sequence, a view or a function of
// its own can say is tested with the values (tests/unit/schema); here each stands for all.
#include <stdexcept>

#include <gmock/gmock.h>

#include "tests/support/recording_sink.hpp"

namespace support::alembic {
namespace {

using namespace schema;
using tests::sql_of;

struct DirectiveCase {
  const char* title;
  void (*calls)(Operations& op);
  std::vector<std::string> statements;
};

void check(const std::vector<DirectiveCase>& cases) {
  for (const auto& one : cases) EXPECT_EQ(sql_of(one.calls), one.statements) << one.title;
}

struct Refusal {
  const char* title;
  void (*calls)(Operations& op);
  const char* sentence;  // a part of it
};

void check(const std::vector<Refusal>& cases) {
  for (const auto& one : cases) {
    EXPECT_THAT([&] { sql_of(one.calls); },
                testing::ThrowsMessage<std::invalid_argument>(testing::HasSubstr(one.sentence)))
        << one.title;
  }
}

TEST(ObjectDirectives, PrintSchemasAndExtensions) {
  check(std::vector<DirectiveCase>{
      {"create", [](Operations& op) { op.create_schema("app"); }, {"CREATE SCHEMA app"}},
      {"create with all options",
       [](Operations& op) { op.create_schema("App", {.authorization = "the owner", .if_not_exists = true}); },
       {"CREATE SCHEMA IF NOT EXISTS \"App\" AUTHORIZATION \"the owner\""}},
      {"create for a role in SQL's words",
       [](Operations& op) { op.create_schema("app", {.authorization = "CURRENT_USER"}); },
       {"CREATE SCHEMA app AUTHORIZATION CURRENT_USER"}},
      {"drop", [](Operations& op) { op.drop_schema("app"); }, {"DROP SCHEMA app"}},
      {"drop with all options",
       [](Operations& op) {
         op.drop_schema("App", {.if_exists = true, .cascade = true, .existing_authorization = "owner"});
       },
       {"DROP SCHEMA IF EXISTS \"App\" CASCADE"}},
      {"rename", [](Operations& op) { op.rename_schema("app", "App 2"); }, {"ALTER SCHEMA app RENAME TO \"App 2\""}},
      {"create an extension",
       [](Operations& op) {
         op.create_extension("uuid-ossp", {.if_not_exists = true, .if_available = true, .schema = "App"});
       },
       {"CREATE EXTENSION IF NOT EXISTS \"uuid-ossp\" WITH SCHEMA \"App\""}},
      {"drop an extension",
       [](Operations& op) {
         op.drop_extension("uuid-ossp", {.if_exists = true, .schema = "app"});
         op.drop_extension("citext");
       },
       {"DROP EXTENSION IF EXISTS \"uuid-ossp\"", "DROP EXTENSION citext"}},
  });
}

TEST(ObjectDirectives, PrintSequences) {
  check(std::vector<DirectiveCase>{
      {"create",
       [](Operations& op) {
         op.create_sequence(Sequence("s", {.start = 5, .schema = "app"}), {.if_not_exists = true});
       },
       {"CREATE SEQUENCE IF NOT EXISTS app.s START WITH 5"}},
      {"alter everything",
       [](Operations& op) {
         op.alter_sequence("S", {.type = Integer(),
                                 .start = 5,
                                 .increment = -2,
                                 .minvalue = -9,
                                 .maxvalue = 9,
                                 .cycle = true,
                                 .cache = 7,
                                 .restart = 3,
                                 .owned_by = OwnerColumn{"T", "a", "app"},
                                 .persistence = Persistence::unlogged,
                                 .if_exists = true,
                                 .existing = Sequence("S"),
                                 .schema = "app"});
       },
       {"ALTER SEQUENCE IF EXISTS app.\"S\" AS INTEGER INCREMENT BY -2 START WITH 5 MINVALUE -9 MAXVALUE 9 CACHE 7 "
        "CYCLE OWNED BY app.\"T\".a RESTART WITH 3",
        "ALTER SEQUENCE IF EXISTS app.\"S\" SET UNLOGGED"}},
      {"alter what is taken away",
       [](Operations& op) {
         op.alter_sequence("s", {.minvalue = std::nullopt,
                                 .maxvalue = std::nullopt,
                                 .cycle = false,
                                 .restart = std::nullopt,
                                 .owned_by = std::nullopt,
                                 .persistence = Persistence::permanent});
       },
       {"ALTER SEQUENCE s NO MINVALUE NO MAXVALUE NO CYCLE OWNED BY NONE RESTART", "ALTER SEQUENCE s SET LOGGED"}},
      {"alter nothing", [](Operations& op) { op.alter_sequence("s", {}); }, {}},
      {"drop", [](Operations& op) { op.drop_sequence("s"); }, {"DROP SEQUENCE s"}},
      {"drop with all options",
       [](Operations& op) {
         op.drop_sequence("S", {.schema = "app", .if_exists = true, .cascade = true, .existing = Sequence("S")});
       },
       {"DROP SEQUENCE IF EXISTS app.\"S\" CASCADE"}},
      {"rename",
       [](Operations& op) { op.rename_sequence("s", "order", {.schema = "app"}); },
       {"ALTER SEQUENCE app.s RENAME TO \"order\""}},
  });
}

TEST(ObjectDirectives, PrintDomainsAndEnums) {
  check(std::vector<DirectiveCase>{
      {"create",
       [](Operations& op) { op.create_domain(Domain("code", Text(), {.not_null = true, .schema = "app"})); },
       {"CREATE DOMAIN app.code AS TEXT NOT NULL"}},
      {"alter everything",
       [](Operations& op) {
         op.alter_domain("Code",
                         {.drop_constraint = "Old",
                          .add_constraint = CheckConstraint("VALUE <> ''", {.name = "filled", .not_valid = true}),
                          .server_default = "it's",
                          .not_null = true,
                          .validate_constraint = "filled",
                          .existing = Domain("Code", Text()),
                          .schema = "app"});
       },
       {"ALTER DOMAIN app.\"Code\" DROP CONSTRAINT \"Old\"",
        "ALTER DOMAIN app.\"Code\" ADD CONSTRAINT filled CHECK (VALUE <> '') NOT VALID",
        "ALTER DOMAIN app.\"Code\" SET DEFAULT 'it''s'", "ALTER DOMAIN app.\"Code\" SET NOT NULL",
        "ALTER DOMAIN app.\"Code\" VALIDATE CONSTRAINT filled"}},
      {"alter what is taken away",
       [](Operations& op) { op.alter_domain("code", {.server_default = std::nullopt, .not_null = false}); },
       {"ALTER DOMAIN code DROP DEFAULT", "ALTER DOMAIN code DROP NOT NULL"}},
      {"alter to an expression",
       [](Operations& op) { op.alter_domain("day", {.server_default = text("now()")}); },
       {"ALTER DOMAIN day SET DEFAULT now()"}},
      {"alter nothing", [](Operations& op) { op.alter_domain("code", {}); }, {}},
      {"drop",
       [](Operations& op) {
         op.drop_domain("code");
         op.drop_domain("Code",
                        {.schema = "app", .if_exists = true, .cascade = true, .existing = Domain("Code", Text())});
       },
       {"DROP DOMAIN code", "DROP DOMAIN IF EXISTS app.\"Code\" CASCADE"}},
      {"rename",
       [](Operations& op) { op.rename_domain("code", "Code", {.schema = "app"}); },
       {"ALTER DOMAIN app.code RENAME TO \"Code\""}},
      {"enums",
       [](Operations& op) {
         op.create_enum(Enum("mood", {"sad", "it's fine"}, {.schema = "app"}));
         op.drop_enum("mood", {.schema = "app", .if_exists = true, .existing = Enum("mood", {"sad"})});
         op.drop_enum("Mood");
       },
       {"CREATE TYPE app.mood AS ENUM ('sad', 'it''s fine')", "DROP TYPE IF EXISTS app.mood", "DROP TYPE \"Mood\""}},
  });
}

TEST(ObjectDirectives, PrintViews) {
  check(std::vector<DirectiveCase>{
      {"create",
       [](Operations& op) {
         op.create_view(View("v", "SELECT 1", {.schema = "app"}));
         op.create_view(View("v", "SELECT 2"), {.or_replace = true, .existing = View("v", "SELECT 1")});
       },
       {"CREATE VIEW app.v AS\nSELECT 1", "CREATE OR REPLACE VIEW v AS\nSELECT 2"}},
      {"drop",
       [](Operations& op) {
         op.drop_view("v");
         op.drop_view("V", {.schema = "app", .if_exists = true, .cascade = true, .existing = View("V", "SELECT 1")});
       },
       {"DROP VIEW v", "DROP VIEW IF EXISTS app.\"V\" CASCADE"}},
      {"rename",
       [](Operations& op) { op.rename_view("v", "V", {.schema = "app"}); },
       {"ALTER VIEW app.v RENAME TO \"V\""}},
      {"create materialized",
       [](Operations& op) {
         op.create_materialized_view(MaterializedView("m", "SELECT 1", {.with_data = false, .schema = "app"}),
                                     {.if_not_exists = true});
       },
       {"CREATE MATERIALIZED VIEW IF NOT EXISTS app.m AS\nSELECT 1\nWITH NO DATA"}},
      {"refresh",
       [](Operations& op) {
         op.refresh_materialized_view("m");
         op.refresh_materialized_view("M", {.schema = "app", .concurrently = true});
         op.refresh_materialized_view("m", {.with_data = false});
       },
       {"REFRESH MATERIALIZED VIEW m", "REFRESH MATERIALIZED VIEW CONCURRENTLY app.\"M\"",
        "REFRESH MATERIALIZED VIEW m WITH NO DATA"}},
      {"drop materialized",
       [](Operations& op) {
         op.drop_materialized_view("m");
         op.drop_materialized_view(
             "M", {.schema = "app", .if_exists = true, .cascade = true, .existing = MaterializedView("M", "SELECT 1")});
       },
       {"DROP MATERIALIZED VIEW m", "DROP MATERIALIZED VIEW IF EXISTS app.\"M\" CASCADE"}},
      {"rename materialized",
       [](Operations& op) { op.rename_materialized_view("m", "M", {.schema = "app"}); },
       {"ALTER MATERIALIZED VIEW app.m RENAME TO \"M\""}},
  });
}

TEST(ObjectDirectives, PrintFunctionsAndProcedures) {
  check(std::vector<DirectiveCase>{
      {"create a function",
       [](Operations& op) {
         const Function f("f", {{"a", Integer()}}, "SELECT a", {.returns = Integer(), .schema = "app"});
         op.create_function(f);
         op.create_function(f, {.or_replace = true, .existing = f});
       },
       {"CREATE FUNCTION app.f(a INTEGER) RETURNS INTEGER LANGUAGE sql\nAS $$SELECT a$$",
        "CREATE OR REPLACE FUNCTION app.f(a INTEGER) RETURNS INTEGER LANGUAGE sql\nAS $$SELECT a$$"}},
      {"drop a function",
       [](Operations& op) {
         op.drop_function("f");
         op.drop_function("f", {.arguments = FunctionArguments{}});
         op.drop_function("F", {.arguments = {{Integer(), {"rest", Array(Text()), {.mode = ArgumentMode::variadic}}}},
                                .schema = "app",
                                .if_exists = true,
                                .cascade = true,
                                .existing = Function("F", {}, "SELECT 1", {.returns = Integer()})});
       },
       {"DROP FUNCTION f", "DROP FUNCTION f()", "DROP FUNCTION IF EXISTS app.\"F\"(INTEGER, VARIADIC TEXT[]) CASCADE"}},
      {"create a procedure",
       [](Operations& op) {
         const Procedure p("p", {{"a", Integer()}}, "SELECT 1", {.schema = "app"});
         op.create_procedure(p);
         op.create_procedure(p, {.or_replace = true, .existing = p});
       },
       {"CREATE PROCEDURE app.p(a INTEGER) LANGUAGE sql\nAS $$SELECT 1$$",
        "CREATE OR REPLACE PROCEDURE app.p(a INTEGER) LANGUAGE sql\nAS $$SELECT 1$$"}},
      {"drop a procedure",
       [](Operations& op) {
         op.drop_procedure("p");
         op.drop_procedure("P", {.arguments = {{Integer()}},
                                 .schema = "app",
                                 .if_exists = true,
                                 .cascade = true,
                                 .existing = Procedure("P", {}, "SELECT 1")});
       },
       {"DROP PROCEDURE p", "DROP PROCEDURE IF EXISTS app.\"P\"(INTEGER) CASCADE"}},
  });
}

TEST(ObjectDirectives, PrintTriggers) {
  check(std::vector<DirectiveCase>{
      {"create",
       [](Operations& op) {
         const Trigger tr("tr", "t", TriggerTime::before, {TriggerEvent::update}, "touch",
                          {.for_each = ForEach::row, .schema = "app"});
         op.create_trigger(tr);
         op.create_trigger(tr, {.or_replace = true, .existing = tr});
       },
       {"CREATE TRIGGER tr BEFORE UPDATE ON app.t FOR EACH ROW EXECUTE FUNCTION touch()",
        "CREATE OR REPLACE TRIGGER tr BEFORE UPDATE ON app.t FOR EACH ROW EXECUTE FUNCTION touch()"}},
      {"enable",
       [](Operations& op) {
         op.enable_trigger("tr", "t");
         op.enable_trigger("Tr", "t", {.firing = TriggerFiring::replica, .schema = "app"});
         op.enable_trigger("tr", "t", {.firing = TriggerFiring::always, .existing = TriggerFiring::disabled});
       },
       {"ALTER TABLE t ENABLE TRIGGER tr", "ALTER TABLE app.t ENABLE REPLICA TRIGGER \"Tr\"",
        "ALTER TABLE t ENABLE ALWAYS TRIGGER tr"}},
      {"disable",
       [](Operations& op) {
         op.disable_trigger("tr", "t");
         op.disable_trigger("Tr", "T", {.existing = TriggerFiring::always, .schema = "app"});
       },
       {"ALTER TABLE t DISABLE TRIGGER tr", "ALTER TABLE app.\"T\" DISABLE TRIGGER \"Tr\""}},
      {"drop",
       [](Operations& op) {
         op.drop_trigger("tr", "t");
         op.drop_trigger("Tr", "t",
                         {.schema = "app",
                          .if_exists = true,
                          .cascade = true,
                          .existing = Trigger("Tr", "t", TriggerTime::before, {TriggerEvent::insert}, "touch")});
       },
       {"DROP TRIGGER tr ON t", "DROP TRIGGER IF EXISTS \"Tr\" ON app.t CASCADE"}},
      {"rename",
       [](Operations& op) { op.rename_trigger("t", "tr", "Tr", {.schema = "app"}); },
       {"ALTER TRIGGER tr ON app.t RENAME TO \"Tr\""}},
  });
}

TEST(ObjectDirectives, PrintPoliciesAndRowLevelSecurity) {
  check(std::vector<DirectiveCase>{
      {"create",
       [](Operations& op) { op.create_policy(Policy("p", "t", {.using_ = "a > 0", .schema = "app"})); },
       {"CREATE POLICY p ON app.t USING (a > 0)"}},
      {"alter",
       [](Operations& op) {
         op.alter_policy("P", "t",
                         {.roles = {"app", "PUBLIC"},
                          .using_ = "a > 0",
                          .with_check = "a > 1",
                          .existing = Policy("P", "t"),
                          .schema = "app"});
         op.alter_policy("p", "t", {.roles = {"The Role"}});
         op.alter_policy("p", "t", {.using_ = "true"});
         op.alter_policy("p", "t", {.with_check = "true"});
         op.alter_policy("p", "t", {});
       },
       {"ALTER POLICY \"P\" ON app.t TO app, PUBLIC USING (a > 0) WITH CHECK (a > 1)",
        "ALTER POLICY p ON t TO \"The Role\"", "ALTER POLICY p ON t USING (true)",
        "ALTER POLICY p ON t WITH CHECK (true)"}},
      {"drop",
       [](Operations& op) {
         op.drop_policy("p", "t");
         op.drop_policy("P", "t", {.schema = "app", .if_exists = true, .cascade = true, .existing = Policy("P", "t")});
       },
       {"DROP POLICY p ON t", "DROP POLICY IF EXISTS \"P\" ON app.t CASCADE"}},
      {"rename",
       [](Operations& op) { op.rename_policy("t", "p", "P", {.schema = "app"}); },
       {"ALTER POLICY p ON app.t RENAME TO \"P\""}},
      {"row level security",
       [](Operations& op) {
         op.enable_row_level_security("t");
         op.disable_row_level_security("t", {.schema = "app"});
         op.force_row_level_security("T");
         op.no_force_row_level_security("t", {.schema = "app"});
       },
       {"ALTER TABLE t ENABLE ROW LEVEL SECURITY", "ALTER TABLE app.t DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE \"T\" FORCE ROW LEVEL SECURITY", "ALTER TABLE app.t NO FORCE ROW LEVEL SECURITY"}},
  });
}

TEST(ObjectDirectives, PrintStatistics) {
  check(std::vector<DirectiveCase>{
      {"create",
       [](Operations& op) {
         op.create_statistics(Statistics("s", "t", {"a", "b"}, {.schema = "app"}), {.if_not_exists = true});
       },
       {"CREATE STATISTICS IF NOT EXISTS app.s ON a, b FROM t"}},
      {"drop",
       [](Operations& op) {
         op.drop_statistics("s");
         op.drop_statistics(
             "S", {.schema = "app", .if_exists = true, .cascade = true, .existing = Statistics("S", "t", {"a", "b"})});
       },
       {"DROP STATISTICS s", "DROP STATISTICS IF EXISTS app.\"S\" CASCADE"}},
      {"rename",
       [](Operations& op) { op.rename_statistics("s", "S", {.schema = "app"}); },
       {"ALTER STATISTICS app.s RENAME TO \"S\""}},
  });
}

TEST(ObjectDirectives, PrintWhatIsDoneToPartsOfTables) {
  check(std::vector<DirectiveCase>{
      {"validate",
       [](Operations& op) {
         op.validate_constraint("ck", "t");
         op.validate_constraint("Ck", "T", {.schema = "app"});
       },
       {"ALTER TABLE t VALIDATE CONSTRAINT ck", "ALTER TABLE app.\"T\" VALIDATE CONSTRAINT \"Ck\""}},
      {"rename",
       [](Operations& op) {
         op.rename_constraint("t", "ck", "Ck", {.schema = "app"});
         op.rename_column("t", "a", "A", {.schema = "app"});
         op.rename_index("ix", "Ix", {.schema = "app"});
         op.rename_enum("mood", "Mood", {.schema = "app"});
       },
       {"ALTER TABLE app.t RENAME CONSTRAINT ck TO \"Ck\"", "ALTER TABLE app.t RENAME a TO \"A\"",
        "ALTER INDEX app.ix RENAME TO \"Ix\"", "ALTER TYPE app.mood RENAME TO \"Mood\""}},
      {"labels",
       [](Operations& op) {
         op.add_enum_value("mood", "so-so", {.before = "good", .schema = "app", .if_not_exists = true});
         op.rename_enum_value("mood", "so-so", "it's so-so");
       },
       {"ALTER TYPE app.mood ADD VALUE IF NOT EXISTS 'so-so' BEFORE 'good'",
        "ALTER TYPE mood RENAME VALUE 'so-so' TO 'it''s so-so'"}},
  });
}

TEST(ObjectDirectives, RefuseWhatPostgresCanNot) {
  check(std::vector<Refusal>{
      {"a sequence becomes temporary",
       [](Operations& op) { op.alter_sequence("s", {.persistence = Persistence::temporary}); },
       "The sequence 's' is to become temporary"},
      {"a sequence counts in text", [](Operations& op) { op.alter_sequence("s", {.type = Text()}); },
       "A sequence is to count in TEXT"},
      {"a view is emptied while others read",
       [](Operations& op) { op.refresh_materialized_view("m", {.concurrently = true, .with_data = false}); },
       "'m' is to be emptied concurrently"},
      {"a constraint trigger is replaced",
       [](Operations& op) {
         op.create_trigger(Trigger("tr", "t", TriggerTime::after, {TriggerEvent::insert}, "touch",
                                   {.for_each = ForEach::row, .constraint = true}),
                           {.or_replace = true});
       },
       "which PostgreSQL can't replace"},
      {"a policy of inserts sees rows",
       [](Operations& op) { op.create_policy(Policy("p", "t", {.command = PolicyCommand::insert, .using_ = "true"})); },
       "'p'"},
      {"a condition is empty", [](Operations& op) { op.alter_policy("p", "t", {.using_ = " "}); },
       "The condition of a policy"},
      {"a schema's name is too long", [](Operations& op) { op.create_schema(std::string(64, 's')); }, "has 64 bytes"},
      {"a name is too long", [](Operations& op) { op.rename_view("v", std::string(64, 'v')); }, "The view name 'vvv"},
  });
}

}  // namespace
}  // namespace support::alembic
