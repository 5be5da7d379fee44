// Row level security, and statistics.
#include "tests/integration/alembic/operations/cases.hpp"

namespace support::tests {

using namespace alembic;
using namespace schema;

namespace {

constexpr auto guarded =
    "CREATE SCHEMA app; CREATE TABLE app.t (a integer, b integer); CREATE POLICY p ON app.t FOR UPDATE TO pg_monitor "
    "USING (a > 0) WITH CHECK (a > 1);";

Policy p() {
  return {"p",
          "t",
          {.command = PolicyCommand::update,
           .roles = {"pg_monitor"},
           .using_ = "a > 0",
           .with_check = "a > 1",
           .schema = "app"}};
}

}  // namespace

OperationCases cases(Of<CreatePolicy>) {
  return {
      {.title = "WithEveryClause",
       .before = guarded,
       .operation = CreatePolicy{Policy("P", "t",
                                        {.kind = PolicyKind::restrictive,
                                         .command = PolicyCommand::update,
                                         .roles = {"pg_monitor", "CURRENT_USER"},
                                         .using_ = "a > 0",
                                         .with_check = "a > 1",
                                         .schema = "app"})},
       .effect = {"+ policy app.t P: w f pg_monitor,support_agent using (a > 0) check (a > 1)"}},
      {.title = "ForEverybody",
       .before = guarded,
       .operation = CreatePolicy{Policy("P", "t", {.schema = "app"})},
       .effect = {"+ policy app.t P: * t public"}},
  };
}

OperationCases cases(Of<AlterPolicy>) {
  return {
      {.title = "InEveryPart",
       .before = guarded,
       .operation =
           AlterPolicy{
               {.roles = {"PUBLIC"}, .using_ = "b > 0", .with_check = "b > 1", .existing = p(), .schema = "app"},
               "p",
               "t"},
       .effect = {"- policy app.t p: w t pg_monitor using (a > 0) check (a > 1)",
                  "+ policy app.t p: w t public using (b > 0) check (b > 1)"}},
      {.title = "FromEverybodyToARole",
       .before = "CREATE TABLE t (a integer); CREATE POLICY p ON t USING (a > 0)",
       .operation = AlterPolicy{{.roles = {"pg_monitor"}, .existing = Policy("p", "t", {.using_ = "a > 0"})}, "p", "t"},
       .effect = {"- policy t p: * t public using (a > 0)", "+ policy t p: * t pg_monitor using (a > 0)"}},
      {.title = "ToAConditionThatWasNone",
       .before = "CREATE TABLE t (a integer); CREATE POLICY p ON t",
       .operation = AlterPolicy{{.using_ = "a > 0", .existing = Policy("p", "t")}, "p", "t"},
       .effect = {"- policy t p: * t public", "+ policy t p: * t public using (a > 0)"},
       .irreversible =
           "ALTER POLICY 'p' can't be reversed: PostgreSQL can't take a condition away; drop the policy and "
           "create it."},
      {.title = "ThatNobodyDescribes",
       .before = guarded,
       .operation = AlterPolicy{{.using_ = "b > 0", .schema = "app"}, "p", "t"},
       .effect = {"- policy app.t p: w t pg_monitor using (a > 0) check (a > 1)",
                  "+ policy app.t p: w t pg_monitor using (b > 0) check (a > 1)"},
       .irreversible = "ALTER POLICY 'p' can't be reversed: nothing says what was there; give it as .existing."},
  };
}

OperationCases cases(Of<DropPolicy>) {
  return {
      {.title = "OfATableInASchema",
       .before = guarded,
       .operation = DropPolicy{.name = "p", .table = "t", .schema = "app", .if_exists = true, .existing = p()},
       .effect = {"- policy app.t p: w t pg_monitor using (a > 0) check (a > 1)"}},
      {.title = "WithWhatDependsOnIt",
       .before = guarded,
       .operation = DropPolicy{.name = "p", .table = "t", .schema = "app", .cascade = true, .existing = p()},
       .effect = {"- policy app.t p: w t pg_monitor using (a > 0) check (a > 1)"},
       .irreversible = "The drop of 'p' can't be reversed: what went with it by cascade is not known."},
  };
}

OperationCases cases(Of<AlterRowLevelSecurity>) {
  const std::string before = guarded;
  const auto alter = [](RowSecurity action) {
    return AlterRowLevelSecurity{.table = "t", .action = action, .schema = "app"};
  };
  return {
      {.title = "ToEnabled",
       .before = before,
       .operation = alter(RowSecurity::enable),
       .effect = {"- relation app.t: r p rls f f d heap", "+ relation app.t: r p rls t f d heap"}},
      {.title = "ToDisabled",
       .before = before + "ALTER TABLE app.t ENABLE ROW LEVEL SECURITY",
       .operation = alter(RowSecurity::disable),
       .effect = {"- relation app.t: r p rls t f d heap", "+ relation app.t: r p rls f f d heap"}},
      {.title = "ToForced",
       .before = before,
       .operation = alter(RowSecurity::force),
       .effect = {"- relation app.t: r p rls f f d heap", "+ relation app.t: r p rls f t d heap"}},
      {.title = "ToNotForced",
       .before = before + "ALTER TABLE app.t FORCE ROW LEVEL SECURITY",
       .operation = alter(RowSecurity::no_force),
       .effect = {"- relation app.t: r p rls f t d heap", "+ relation app.t: r p rls f f d heap"}},
  };
}

OperationCases cases(Of<CreateStatistics>) {
  return {
      {.title = "OfColumnsAndAnExpression",
       .before = guarded,
       .operation = CreateStatistics{.object = Statistics(
                                         "S", "t", {"a", "b", text("a + b")},
                                         {.kinds = {"ndistinct", "mcv"}, .schema = "app", .table_schema = "app"}),
                                     .if_not_exists = true},
       .effect = {"+ statistics S: CREATE STATISTICS app.\"S\" (ndistinct, mcv) ON a, b, (a + b) FROM app.t"}},
  };
}

OperationCases cases(Of<DropStatistics>) {
  return {
      {.title = "InASchema",
       .before = "CREATE SCHEMA app; CREATE TABLE t (a integer, b integer); CREATE STATISTICS app.s ON a, b FROM t",
       .operation =
           DropStatistics{
               .name = "s", .schema = "app", .if_exists = true, .existing = Statistics("s", "t", {"a", "b"})},
       .effect = {"- statistics s: CREATE STATISTICS app.s ON a, b FROM t"}},
      {.title = "WithWhatDependsOnIt",
       .before = "CREATE TABLE t (a integer, b integer); CREATE STATISTICS s ON a, b FROM t",
       .operation = DropStatistics{.name = "s", .cascade = true, .existing = Statistics("s", "t", {"a", "b"})},
       .effect = {"- statistics s: CREATE STATISTICS public.s ON a, b FROM t"},
       .irreversible = "The drop of 's' can't be reversed: what went with it by cascade is not known."},
  };
}

}  // namespace support::tests
