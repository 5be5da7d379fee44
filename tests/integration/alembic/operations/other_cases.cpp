// Names, rows, and statements of one's own.
#include "tests/integration/alembic/operations/cases.hpp"

namespace support::tests {

using namespace alembic;

OperationCases cases(Of<RenameObject>) {
  const auto object = [](ObjectKind kind) {
    return RenameObject{.kind = kind, .name = "old", .new_name = "New", .schema = "app"};
  };
  const auto of_table = [](ObjectKind kind) {
    return RenameObject{.kind = kind, .name = "old", .new_name = "New", .schema = "app", .table = "t"};
  };
  return {
      {.title = "OfAColumn",
       .before = "CREATE SCHEMA app; CREATE TABLE app.t (old integer)",
       .operation = of_table(ObjectKind::column),
       .effect = {"- column app.t.old: 1 integer p t 0", "+ column app.t.New: 1 integer p t 0"}},
      {.title = "OfAConstraint",
       .before = "CREATE SCHEMA app; CREATE TABLE app.t (a integer CONSTRAINT old UNIQUE)",
       .operation = of_table(ObjectKind::constraint),
       .effect = {"- constraint app.t old: UNIQUE (a) t 0",
                  "- index app.old: CREATE UNIQUE INDEX old ON app.t USING btree (a) t f f",
                  "+ constraint app.t New: UNIQUE (a) t 0",
                  "+ index app.\"New\": CREATE UNIQUE INDEX \"New\" ON app.t USING btree (a) t f f"}},
      {.title = "OfAPolicy",
       .before = "CREATE SCHEMA app; CREATE TABLE app.t (a integer); CREATE POLICY old ON app.t",
       .operation = of_table(ObjectKind::policy),
       .effect = {"- policy app.t old: * t public", "+ policy app.t New: * t public"}},
      {.title = "OfATrigger",
       .before =
           "CREATE SCHEMA app; CREATE TABLE app.t (a integer); CREATE FUNCTION touch() RETURNS trigger LANGUAGE "
           "plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER old BEFORE DELETE ON app.t EXECUTE FUNCTION touch()",
       .operation = of_table(ObjectKind::trigger),
       .effect = {"- trigger app.t old: CREATE TRIGGER old BEFORE DELETE ON app.t FOR EACH STATEMENT EXECUTE FUNCTION "
                  "touch() O",
                  "+ trigger app.t New: CREATE TRIGGER \"New\" BEFORE DELETE ON app.t FOR EACH STATEMENT EXECUTE "
                  "FUNCTION touch() O"}},
      {.title = "OfADomain",
       .before = "CREATE SCHEMA app; CREATE DOMAIN app.old AS integer",
       .operation = object(ObjectKind::domain),
       .effect = {"- type app.old: d integer f", "+ type app.\"New\": d integer f"}},
      {.title = "OfAnIndex",
       .before = "CREATE SCHEMA app; CREATE TABLE app.t (a integer); CREATE INDEX old ON app.t (a)",
       .operation = object(ObjectKind::index),
       .effect = {"- index app.old: CREATE INDEX old ON app.t USING btree (a) t f f",
                  "+ index app.\"New\": CREATE INDEX \"New\" ON app.t USING btree (a) t f f"}},
      {.title = "OfAMaterializedView",
       .before = "CREATE SCHEMA app; CREATE MATERIALIZED VIEW app.old AS SELECT 1 AS a",
       .operation = object(ObjectKind::materialized_view),
       .effect = {"- column app.old.a: 1 integer p t 0", "- relation app.old: m p rls f f d heap SELECT 1 AS a;",
                  "+ column app.\"New\".a: 1 integer p t 0",
                  "+ relation app.\"New\": m p rls f f d heap SELECT 1 AS a;"}},
      {.title = "OfASchema",
       .before = "CREATE SCHEMA old; CREATE TABLE old.t (a integer)",
       .operation = RenameObject{.kind = ObjectKind::schema, .name = "old", .new_name = "New"},
       .effect = {"- column old.t.a: 1 integer p t 0", "- relation old.t: r p rls f f d heap",
                  "- schema old: ", "+ column \"New\".t.a: 1 integer p t 0", "+ relation \"New\".t: r p rls f f d heap",
                  "+ schema New: "}},
      {.title = "OfASequence",
       .before = "CREATE SCHEMA app; CREATE SEQUENCE app.old",
       .operation = object(ObjectKind::sequence),
       .effect = {"- relation app.old: S p rls f f n", "- sequence app.old: bigint 1 1 1 9223372036854775807 1 f",
                  "+ relation app.\"New\": S p rls f f n",
                  "+ sequence app.\"New\": bigint 1 1 1 9223372036854775807 1 f"}},
      {.title = "OfStatistics",
       .before =
           "CREATE SCHEMA app; CREATE TABLE app.t (a integer, b integer); CREATE STATISTICS app.old ON a, b FROM app.t",
       .operation = object(ObjectKind::statistics),
       .effect = {"- statistics old: CREATE STATISTICS app.old ON a, b FROM app.t",
                  "+ statistics New: CREATE STATISTICS app.\"New\" ON a, b FROM app.t"}},
      {.title = "OfAType",
       .before = "CREATE SCHEMA app; CREATE TYPE app.old AS ENUM ('a')",
       .operation = object(ObjectKind::type),
       .effect = {"- type app.old: e 'a'", "+ type app.\"New\": e 'a'"}},
      {.title = "OfAView",
       .before = "CREATE SCHEMA app; CREATE VIEW app.old AS SELECT 1 AS a",
       .operation = object(ObjectKind::view),
       .effect = {"- column app.old.a: 1 integer p t 0", "- relation app.old: v p rls f f n SELECT 1 AS a;",
                  "+ column app.\"New\".a: 1 integer p t 0", "+ relation app.\"New\": v p rls f f n SELECT 1 AS a;"}},
  };
}

OperationCases cases(Of<Execute>) {
  return {{.title = "OneStatement",
           .operation = Execute{"CREATE TABLE t (a integer); -- and nothing else"},
           .effect = {"+ column t.a: 1 integer p t 0", "+ relation t: r p rls f f d heap"},
           .irreversible =
               "SQL 'CREATE TABLE t (a integer); -- and nothing else' can't be reversed: what it does is not "
               "known; write the way back by hand."}};
}

OperationCases cases(Of<CopyData>) {
  return {{.title = "OfTwoRows",
           .before = "CREATE TABLE t (a integer, b text)",
           .operation = CopyData{.statement = "COPY t FROM stdin", .rows = "1\tone\n2\t\\N\n"},
           .question = "SELECT string_agg(concat(a, b), ',' ORDER BY a) FROM t",
           .answer = "1one,2",
           .irreversible =
               "COPY 'COPY t FROM stdin' can't be reversed: which rows were there before is not known; delete "
               "them by hand."}};
}

OperationCases cases(Of<BulkInsert>) {
  return {
      {.title = "OfTwoRows",
       .before = "CREATE SCHEMA app; CREATE TABLE app.t (a integer, \"B\" text)",
       .operation =
           BulkInsert{.table = "t", .columns = {"a", "B"}, .rows = {{1, "it's"}, {2, std::nullopt}}, .schema = "app"},
       .question = "SELECT string_agg(concat(a, \"B\"), ',' ORDER BY a) FROM app.t",
       .answer = "1it's,2",
       .irreversible = "INSERT INTO 't' can't be reversed: which rows were there before is not known; delete them by "
                       "hand."}};
}

OperationCases cases(Of<CustomOperation>) {
  return {
      {.title = "WithAWayBack",
       .operation = CustomOperation{.name = "create_log",
                                    .statements = {"CREATE TABLE log (a text)", "CREATE INDEX ix ON log (a)"},
                                    .reverse_statements = {"DROP TABLE log"}},
       .effect = {"+ column log.a: 1 text default x t 0",
                  "+ index ix: CREATE INDEX ix ON public.log USING btree (a) t f f",
                  "+ relation log: r p rls f f d heap"}},
      {.title = "OutsideOfATransaction",
       .before = "CREATE TABLE t (a integer)",
       .operation = CustomOperation{.name = "index",
                                    .statements = {"CREATE INDEX CONCURRENTLY ix ON t (a)"},
                                    .reverse_statements = {"DROP INDEX CONCURRENTLY ix"},
                                    .needs_autocommit = true},
       .effect = {"+ index ix: CREATE INDEX ix ON public.t USING btree (a) t f f"}},
      {.title = "WithoutAWayBack",
       .operation = CustomOperation{.name = "create_log", .statements = {"CREATE TABLE log (a text)"}},
       .effect = {"+ column log.a: 1 text default x t 0", "+ relation log: r p rls f f d heap"},
       .irreversible = "Operation 'create_log' can't be reversed: it has no .reverse_statements."},
  };
}

}  // namespace support::tests
