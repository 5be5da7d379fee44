// Functions, procedures and triggers.
#include "tests/integration/alembic/operations/cases.hpp"

namespace support::tests {

using namespace alembic;
using namespace schema;

OperationCases cases(Of<CreateFunction>) {
  return {
      {.title = "WithEveryClause",
       .before = "CREATE SCHEMA app",
       .operation = CreateFunction{Function(
           "F", {{"a", Integer()}, {"b", Text()}, {"rest", Array(Text()), {.mode = ArgumentMode::variadic}}},
           "BEGIN RETURN NEXT $body$; it's$body$; END",
           {.returns = SetOf(Text()),
            .language = "plpgsql",
            .volatility = Volatility::stable,
            .strict = true,
            .leakproof = true,
            .security = Security::definer,
            .parallel = Parallel::restricted,
            .cost = 12.5,
            .rows = 7,
            .set = {{"search_path", "app, pg_temp"}, {"work_mem", "'1MB'"}},
            .schema = "app"})},
       .effect = {"+ function app.\"F\"(integer,text,text[]): CREATE OR REPLACE FUNCTION app.\"F\"(a integer, b text, "
                  "VARIADIC rest text[]) RETURNS SETOF text LANGUAGE plpgsql STABLE PARALLEL RESTRICTED STRICT "
                  "SECURITY DEFINER LEAKPROOF COST 12.5 ROWS 7 SET search_path TO 'app', 'pg_temp' SET work_mem TO "
                  "'1MB' AS $function$BEGIN RETURN NEXT $body$; it's$body$; END$function$ "},
       .question = "SELECT * FROM app.\"F\"(1, 'b', 'c')",
       .answer = "; it's"},
      {.title = "WithAStandardBody",
       .operation = CreateFunction{Function(
           "add", {{"a", Integer()}, {"b", Integer()}}, StandardBody("RETURN a + b"),
           {.returns = Integer(), .volatility = Volatility::immutable, .parallel = Parallel::safe})},
       .effect = {"+ function add(integer,integer): CREATE OR REPLACE FUNCTION public.add(a integer, b integer) "
                  "RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN (a + b) "}},
      {.title = "ThatReturnsATable",
       .operation = CreateFunction{Function("rows", {}, "SELECT 1, 'x'",
                                            {.returns = RowsOf({{"n", Integer()}, {"t", Text()}})})},
       .effect = {"+ function rows(): CREATE OR REPLACE FUNCTION public.rows() RETURNS TABLE(n integer, t text) "
                  "LANGUAGE sql AS $function$SELECT 1, 'x'$function$ "}},
      {.title = "InPlaceOfAnother",
       .before = "CREATE FUNCTION f(a integer) RETURNS integer LANGUAGE sql AS 'SELECT 1'",
       .operation = CreateFunction{.object = Function("f", {{"a", Integer()}}, "SELECT 2",
                                                      {.returns = Integer(), .volatility = Volatility::stable}),
                                   .or_replace = true,
                                   .existing = Function("f", {{"a", Integer()}}, "SELECT 1", {.returns = Integer()})},
       .effect = {"- function f(integer): CREATE OR REPLACE FUNCTION public.f(a integer) RETURNS integer LANGUAGE sql "
                  "AS $function$SELECT 1$function$ ",
                  "+ function f(integer): CREATE OR REPLACE FUNCTION public.f(a integer) RETURNS integer LANGUAGE sql "
                  "STABLE AS $function$SELECT 2$function$ "}},
      {.title = "BesideOneOfOtherArguments",
       .before = "CREATE FUNCTION f(a integer) RETURNS integer LANGUAGE sql AS 'SELECT 1'",
       .operation = CreateFunction{.object = Function("f", {{"a", Text()}}, "SELECT 2", {.returns = Integer()}),
                                   .or_replace = true,
                                   .existing = Function("f", {{"a", Integer()}}, "SELECT 1", {.returns = Integer()})},
       .effect = {"+ function f(text): CREATE OR REPLACE FUNCTION public.f(a text) RETURNS integer LANGUAGE sql AS "
                  "$function$SELECT 2$function$ "},
       .irreversible =
           "CREATE OR REPLACE 'f' can't be reversed: it names '(TEXT)' where .existing has '(INTEGER)'; say "
           "the same in both."},
  };
}

OperationCases cases(Of<DropFunction>) {
  const Function two("f", {{"a", Integer()}, {"b", Integer()}}, "SELECT a + b", {.returns = Integer()});
  constexpr auto overloads =
      "CREATE SCHEMA app; CREATE FUNCTION app.f(a integer, b integer) RETURNS integer LANGUAGE sql AS 'SELECT a + b'; "
      "CREATE FUNCTION app.f() RETURNS integer LANGUAGE sql AS 'SELECT 1'";
  return {
      {.title = "OneOfTwo",
       .before = overloads,
       .operation =
           DropFunction{
               .name = "f", .arguments = {{Integer(), Integer()}}, .schema = "app", .if_exists = true, .existing = two},
       .effect = {"- function app.f(integer,integer): CREATE OR REPLACE FUNCTION app.f(a integer, b integer) RETURNS "
                  "integer LANGUAGE sql AS $function$SELECT a + b$function$ "}},
      {.title = "ByItsNameAlone",
       .before = "CREATE FUNCTION f(a integer, b integer) RETURNS integer LANGUAGE sql AS 'SELECT a + b'",
       .operation = DropFunction{.name = "f", .existing = two},
       .effect = {"- function f(integer,integer): CREATE OR REPLACE FUNCTION public.f(a integer, b integer) RETURNS "
                  "integer LANGUAGE sql AS $function$SELECT a + b$function$ "}},
      {.title = "WithTheDefaultsOfIt",
       .before =
           "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'; CREATE TABLE t (a integer DEFAULT f())",
       .operation =
           DropFunction{
               .name = "f", .cascade = true, .existing = Function("f", {}, "SELECT 1", {.returns = Integer()})},
       .effect = {"- column t.a: 1 integer f() p t 0",
                  "- function f(): CREATE OR REPLACE FUNCTION public.f() RETURNS integer LANGUAGE sql AS "
                  "$function$SELECT 1$function$ ",
                  "+ column t.a: 1 integer p t 0"},
       .irreversible = "The drop of 'f' can't be reversed: what went with it by cascade is not known."},
      {.title = "OfOtherArguments",
       .before = overloads,
       .operation = DropFunction{.name = "f", .arguments = FunctionArguments{}, .schema = "app", .existing = two},
       .effect = {"- function app.f(): CREATE OR REPLACE FUNCTION app.f() RETURNS integer LANGUAGE sql AS "
                  "$function$SELECT 1$function$ "},
       .irreversible =
           "The drop of 'f' can't be reversed: it names '()' where .existing has '(INTEGER, INTEGER)'; say the "
           "same in both."},
  };
}

OperationCases cases(Of<CreateProcedure>) {
  return {
      {.title = "WithEveryClause",
       .before = "CREATE SCHEMA app; CREATE TABLE t (a integer)",
       .operation = CreateProcedure{Procedure(
           "P", {{"a", Integer()}}, "BEGIN DELETE FROM t; END",
           {.language = "plpgsql", .security = Security::definer, .set = {{"work_mem", "'1MB'"}}, .schema = "app"})},
       .effect = {"+ function app.\"P\"(integer): CREATE OR REPLACE PROCEDURE app.\"P\"(IN a integer) LANGUAGE plpgsql "
                  "SECURITY DEFINER SET work_mem TO '1MB' AS $procedure$BEGIN DELETE FROM t; END$procedure$ "}},
      {.title = "InPlaceOfAnother",
       .before = "CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1'",
       .operation = CreateProcedure{.object = Procedure("p", {}, "SELECT 2"),
                                    .or_replace = true,
                                    .existing = Procedure("p", {}, "SELECT 1")},
       .effect =
           {"- function p(): CREATE OR REPLACE PROCEDURE public.p() LANGUAGE sql AS $procedure$SELECT 1$procedure$ ",
            "+ function p(): CREATE OR REPLACE PROCEDURE public.p() LANGUAGE sql AS $procedure$SELECT 2$procedure$ "}},
  };
}

OperationCases cases(Of<DropProcedure>) {
  return {{.title = "InASchema",
           .before = "CREATE SCHEMA app; CREATE PROCEDURE app.p(a integer) LANGUAGE sql AS 'SELECT 1'",
           .operation = DropProcedure{.name = "p",
                                      .arguments = {{Integer()}},
                                      .schema = "app",
                                      .if_exists = true,
                                      .existing = Procedure("p", {{"a", Integer()}}, "SELECT 1")},
           .effect = {"- function app.p(integer): CREATE OR REPLACE PROCEDURE app.p(IN a integer) LANGUAGE sql AS "
                      "$procedure$SELECT 1$procedure$ "}}};
}

namespace {

constexpr auto touched =
    "CREATE SCHEMA app; CREATE TABLE app.t (a integer, b integer); CREATE FUNCTION touch() RETURNS trigger LANGUAGE "
    "plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER tr BEFORE INSERT ON app.t FOR EACH ROW EXECUTE FUNCTION "
    "touch();";

Trigger tr(TriggerTime time = TriggerTime::before) {
  return {"tr", "t", time, {TriggerEvent::insert}, "touch", {.for_each = ForEach::row, .schema = "app"}};
}

}  // namespace

OperationCases cases(Of<CreateTrigger>) {
  return {
      {.title = "ForColumnsUnderACondition",
       .before = touched,
       .operation =
           CreateTrigger{Trigger("T", "t", TriggerTime::before, {TriggerEvent::insert, TriggerEvent::update}, "touch",
                                 {.update_of = {"a", "b"},
                                  .for_each = ForEach::row,
                                  .when = "NEW.a > 0",
                                  .arguments = {"it's", "2"},
                                  .function_schema = "public",
                                  .schema = "app"})},
       .effect = {"+ trigger app.t T: CREATE TRIGGER \"T\" BEFORE INSERT OR UPDATE OF a, b ON app.t FOR EACH ROW WHEN "
                  "((new.a > 0)) EXECUTE FUNCTION touch('it''s', '2') O"}},
      {.title = "OverTheChangedRows",
       .before = touched,
       .operation = CreateTrigger{Trigger("T", "t", TriggerTime::after, {TriggerEvent::update}, "touch",
                                          {.old_table = "old_rows", .new_table = "new_rows", .schema = "app"})},
       .effect = {"+ trigger app.t T: CREATE TRIGGER \"T\" AFTER UPDATE ON app.t REFERENCING OLD TABLE AS old_rows NEW "
                  "TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION touch() O"}},
      {.title = "AsAConstraint",
       .before = "CREATE TABLE o (id integer); CREATE TABLE t (a integer); CREATE FUNCTION touch() RETURNS trigger "
                 "LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
       .operation = CreateTrigger{Trigger("T", "t", TriggerTime::after, {TriggerEvent::delete_}, "touch",
                                          {.for_each = ForEach::row,
                                           .constraint = true,
                                           .deferrable = true,
                                           .initially = "DEFERRED",
                                           .from_table = "o"})},
       .effect = {"+ constraint t T: TRIGGER DEFERRABLE INITIALLY DEFERRED t 0",
                  "+ trigger t T: CREATE CONSTRAINT TRIGGER \"T\" AFTER DELETE ON public.t FROM o DEFERRABLE INITIALLY "
                  "DEFERRED FOR EACH ROW EXECUTE FUNCTION touch() O"}},
      {.title = "InsteadOfWritingToAView",
       .before = "CREATE VIEW t AS SELECT 1 AS a; CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN "
                 "RETURN NEW; END'",
       .operation = CreateTrigger{Trigger("T", "t", TriggerTime::instead_of, {TriggerEvent::delete_}, "touch",
                                          {.for_each = ForEach::row})},
       .effect = {"+ trigger t T: CREATE TRIGGER \"T\" INSTEAD OF DELETE ON public.t FOR EACH ROW EXECUTE FUNCTION "
                  "touch() O"}},
      {.title = "InPlaceOfAnother",
       .before = touched,
       .operation = CreateTrigger{.object = tr(TriggerTime::after), .or_replace = true, .existing = tr()},
       .effect =
           {"- trigger app.t tr: CREATE TRIGGER tr BEFORE INSERT ON app.t FOR EACH ROW EXECUTE FUNCTION touch() O",
            "+ trigger app.t tr: CREATE TRIGGER tr AFTER INSERT ON app.t FOR EACH ROW EXECUTE FUNCTION touch() O"}},
  };
}

OperationCases cases(Of<AlterTrigger>) {
  const auto alter = [](TriggerFiring firing, std::optional<TriggerFiring> existing = {}) {
    return AlterTrigger{.trigger = "tr", .table = "t", .firing = firing, .existing = existing, .schema = "app"};
  };
  const std::string touched_before = touched;
  return {
      {.title = "ToDisabled",
       .before = touched,
       .operation = alter(TriggerFiring::disabled),
       .effect =
           {"- trigger app.t tr: CREATE TRIGGER tr BEFORE INSERT ON app.t FOR EACH ROW EXECUTE FUNCTION touch() O",
            "+ trigger app.t tr: CREATE TRIGGER tr BEFORE INSERT ON app.t FOR EACH ROW EXECUTE FUNCTION touch() D"}},
      {.title = "ToReplica",
       .before = touched,
       .operation = alter(TriggerFiring::replica),
       .effect =
           {"- trigger app.t tr: CREATE TRIGGER tr BEFORE INSERT ON app.t FOR EACH ROW EXECUTE FUNCTION touch() O",
            "+ trigger app.t tr: CREATE TRIGGER tr BEFORE INSERT ON app.t FOR EACH ROW EXECUTE FUNCTION touch() R"}},
      {.title = "ToEnabled",
       .before = touched_before + "ALTER TABLE app.t DISABLE TRIGGER tr",
       .operation = alter(TriggerFiring::origin),
       .effect =
           {"- trigger app.t tr: CREATE TRIGGER tr BEFORE INSERT ON app.t FOR EACH ROW EXECUTE FUNCTION touch() D",
            "+ trigger app.t tr: CREATE TRIGGER tr BEFORE INSERT ON app.t FOR EACH ROW EXECUTE FUNCTION touch() O"}},
      {.title = "FromAlwaysToReplica",
       .before = touched_before + "ALTER TABLE app.t ENABLE ALWAYS TRIGGER tr",
       .operation = alter(TriggerFiring::replica, TriggerFiring::always),
       .effect =
           {"- trigger app.t tr: CREATE TRIGGER tr BEFORE INSERT ON app.t FOR EACH ROW EXECUTE FUNCTION touch() A",
            "+ trigger app.t tr: CREATE TRIGGER tr BEFORE INSERT ON app.t FOR EACH ROW EXECUTE FUNCTION touch() R"}},
      {.title = "FromReplicaToDisabled",
       .before = touched_before + "ALTER TABLE app.t ENABLE REPLICA TRIGGER tr",
       .operation = alter(TriggerFiring::disabled, TriggerFiring::replica),
       .effect =
           {"- trigger app.t tr: CREATE TRIGGER tr BEFORE INSERT ON app.t FOR EACH ROW EXECUTE FUNCTION touch() R",
            "+ trigger app.t tr: CREATE TRIGGER tr BEFORE INSERT ON app.t FOR EACH ROW EXECUTE FUNCTION touch() D"}},
  };
}

OperationCases cases(Of<DropTrigger>) {
  return {
      {.title = "OfATableInASchema",
       .before = touched,
       .operation = DropTrigger{.name = "tr", .table = "t", .schema = "app", .if_exists = true, .existing = tr()},
       .effect =
           {"- trigger app.t tr: CREATE TRIGGER tr BEFORE INSERT ON app.t FOR EACH ROW EXECUTE FUNCTION touch() O"}},
      {.title = "WithWhatDependsOnIt",
       .before = touched,
       .operation = DropTrigger{.name = "tr", .table = "t", .schema = "app", .cascade = true, .existing = tr()},
       .effect =
           {"- trigger app.t tr: CREATE TRIGGER tr BEFORE INSERT ON app.t FOR EACH ROW EXECUTE FUNCTION touch() O"},
       .irreversible = "The drop of 'tr' can't be reversed: what went with it by cascade is not known."},
  };
}

}  // namespace support::tests
