// Views and materialized views.
#include "tests/integration/alembic/operations/cases.hpp"

namespace support::tests {

using namespace alembic;
using namespace schema;

OperationCases cases(Of<CreateView>) {
  return {
      {.title = "WithEveryClause",
       .before = "CREATE SCHEMA app; CREATE TABLE t (a integer, b integer)",
       .operation = CreateView{View("V", "SELECT a, b FROM t WHERE a > 0",
                                    {.columns = {"x", "y"},
                                     .with = {{"security_barrier", "true"}, {"security_invoker", "true"}},
                                     .check_option = CheckOption::cascaded,
                                     .schema = "app"})},
       .effect = {"+ column app.\"V\".x: 1 integer p t 0", "+ column app.\"V\".y: 2 integer p t 0",
                  "+ relation app.\"V\": v p {security_barrier=true,security_invoker=true,check_option=cascaded} rls f "
                  "f n SELECT a AS x, b AS y FROM t WHERE (a > 0);"}},
      {.title = "InPlaceOfAnother",
       .before = "CREATE SCHEMA app; CREATE VIEW app.v AS SELECT 1 AS a",
       .operation = CreateView{.object = View("v", "SELECT 2 AS a", {.schema = "app"}),
                               .or_replace = true,
                               .existing = View("v", "SELECT 1 AS a")},
       .effect = {"- relation app.v: v p rls f f n SELECT 1 AS a;", "+ relation app.v: v p rls f f n SELECT 2 AS a;"}},
      {.title = "ThatReplacesWhatNobodyDescribes",
       .before = "CREATE VIEW v AS SELECT 1 AS a",
       .operation = CreateView{.object = View("v", "SELECT 2 AS a"), .or_replace = true},
       .effect = {"- relation v: v p rls f f n SELECT 1 AS a;", "+ relation v: v p rls f f n SELECT 2 AS a;"},
       .irreversible =
           "CREATE OR REPLACE 'v' can't be reversed: nothing says what it replaces; give it as .existing, or "
           "create without or_replace."},
      {.title = "ThatIsNewWhateverExistingSays",
       .operation = CreateView{.object = View("v", "SELECT 2 AS a"), .existing = View("v", "SELECT 1 AS a")},
       .effect = {"+ column v.a: 1 integer p t 0", "+ relation v: v p rls f f n SELECT 2 AS a;"}},
      {.title = "ThatIsRecursive",
       .operation = CreateView{View("t", "VALUES (1) UNION ALL SELECT i + 1 FROM t WHERE i < 3",
                                    {.columns = {"i"}, .recursive = true})},
       .effect = {"+ column t.i: 1 integer p t 0",
                  "+ relation t: v p rls f f n WITH RECURSIVE t(i) AS ( VALUES (1) UNION ALL SELECT (i + 1) FROM t t_1 "
                  "WHERE (i < 3) ) SELECT i FROM t;"},
       .question = "SELECT max(i) FROM t",
       .answer = "3"},
  };
}

OperationCases cases(Of<DropView>) {
  return {
      {.title = "InASchema",
       .before = "CREATE SCHEMA app; CREATE VIEW app.v WITH (security_barrier = true) AS SELECT 1 AS a",
       .operation = DropView{.name = "v",
                             .schema = "app",
                             .if_exists = true,
                             .existing = View("v", "SELECT 1 AS a", {.with = {{"security_barrier", "true"}}})},
       .effect = {"- column app.v.a: 1 integer p t 0",
                  "- relation app.v: v p {security_barrier=true} rls f f n SELECT 1 AS a;"}},
      {.title = "WithTheViewsOverIt",
       .before = "CREATE VIEW v AS SELECT 1 AS a; CREATE VIEW w AS SELECT 1 AS a FROM v",
       .operation = DropView{.name = "v", .cascade = true, .existing = View("v", "SELECT 1 AS a")},
       .effect = {"- column v.a: 1 integer p t 0", "- column w.a: 1 integer p t 0",
                  "- relation v: v p rls f f n SELECT 1 AS a;", "- relation w: v p rls f f n SELECT 1 AS a FROM v;"},
       .irreversible = "The drop of 'v' can't be reversed: what went with it by cascade is not known."},
      {.title = "OfAnotherName",
       .before = "CREATE VIEW v AS SELECT 1 AS a",
       .operation = DropView{.name = "v", .existing = View("w", "SELECT 1 AS a")},
       .effect = {"- column v.a: 1 integer p t 0", "- relation v: v p rls f f n SELECT 1 AS a;"},
       .irreversible =
           "The drop of 'v' can't be reversed: it names 'v' where .existing has 'w'; say the same in both."},
      {.title = "ThatNobodyDescribes",
       .before = "CREATE VIEW v AS SELECT 1 AS a",
       .operation = DropView{.name = "v"},
       .effect = {"- column v.a: 1 integer p t 0", "- relation v: v p rls f f n SELECT 1 AS a;"},
       .irreversible = "The drop of 'v' can't be reversed: nothing says what was there; give it as .existing."},
  };
}

OperationCases cases(Of<CreateMaterializedView>) {
  return {
      {.title = "WithEveryClause",
       .before = "CREATE SCHEMA app",
       .operation = CreateMaterializedView{.object = MaterializedView("M", "SELECT 1 AS a",
                                                                      {.columns = {"x"},
                                                                       .using_ = "heap",
                                                                       .with = {{"fillfactor", "70"}},
                                                                       .tablespace = "pg_default",
                                                                       .with_data = false,
                                                                       .schema = "app"}),
                                           .if_not_exists = true},
       .effect = {"+ column app.\"M\".x: 1 integer p t 0",
                  "+ relation app.\"M\": m p {fillfactor=70} rls f f d heap SELECT 1 AS x;"},
       .question = "SELECT relispopulated FROM pg_class WHERE relname = 'M'",
       .answer = "f"},
  };
}

OperationCases cases(Of<RefreshMaterializedView>) {
  constexpr auto view =
      "CREATE SCHEMA app; CREATE TABLE t (a integer); CREATE MATERIALIZED VIEW app.m AS SELECT count(*) AS n FROM t; "
      "CREATE UNIQUE INDEX one ON app.m (n); INSERT INTO t VALUES (1), (2)";
  constexpr auto irreversible =
      "REFRESH MATERIALIZED VIEW 'm' can't be reversed: what it showed before is gone; nothing is to be done.";
  return {
      {.title = "WhileOthersRead",
       .before = view,
       .operation = RefreshMaterializedView{.view = "m", .schema = "app", .concurrently = true},
       .question = "SELECT n FROM app.m",
       .answer = "2",
       .irreversible = irreversible},
      {.title = "ToNothing",
       .before = view,
       .operation = RefreshMaterializedView{.view = "m", .schema = "app", .with_data = false},
       .question = "SELECT relispopulated FROM pg_class WHERE relname = 'm'",
       .answer = "f",
       .irreversible = irreversible},
  };
}

OperationCases cases(Of<DropMaterializedView>) {
  return {
      {.title = "InASchema",
       .before = "CREATE SCHEMA app; CREATE MATERIALIZED VIEW app.m AS SELECT 1 AS a",
       .operation =
           DropMaterializedView{
               .name = "m", .schema = "app", .if_exists = true, .existing = MaterializedView("m", "SELECT 1 AS a")},
       .effect = {"- column app.m.a: 1 integer p t 0", "- relation app.m: m p rls f f d heap SELECT 1 AS a;"}},
      {.title = "WithTheViewsOverIt",
       .before = "CREATE MATERIALIZED VIEW m AS SELECT 1 AS a; CREATE VIEW w AS SELECT 1 AS a FROM m",
       .operation =
           DropMaterializedView{.name = "m", .cascade = true, .existing = MaterializedView("m", "SELECT 1 AS a")},
       .effect = {"- column m.a: 1 integer p t 0", "- column w.a: 1 integer p t 0",
                  "- relation m: m p rls f f d heap SELECT 1 AS a;",
                  "- relation w: v p rls f f n SELECT 1 AS a FROM m;"},
       .irreversible = "The drop of 'm' can't be reversed: what went with it by cascade is not known."},
  };
}

}  // namespace support::tests
