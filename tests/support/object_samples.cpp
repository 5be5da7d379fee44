#include "tests/support/object_samples.hpp"

namespace support::tests {
namespace {

using namespace alembic;
using namespace schema;

constexpr auto query = R"(SELECT id,
       name
  FROM customers;
)";
constexpr auto plpgsql = R"(
BEGIN
  NEW.note := 'it''s ??/; $$ )sql" ' || chr(10);
  RETURN NEW;
END
)";

void add_types_and_extensions(std::vector<Operation>& to) {
  to.emplace_back(CreateEnum{
      Enum("level", {"a level with a long label", "another level with a long label", "a third level with a long label"},
           {.schema = "app"})});
  to.emplace_back(DropEnum{"level"});
  to.emplace_back(DropEnum{"level", "app", true});
  to.emplace_back(AddEnumValue{"level", "x"});
  to.emplace_back(AddEnumValue{"level", "x", "y", "", "app", true});
  to.emplace_back(AddEnumValue{.type = "level", .value = "x", .after = "z"});
  to.emplace_back(RenameEnumValue{"level", "x", "y", "app"});
  to.emplace_back(CreateExtension{"citext"});
  to.emplace_back(CreateExtension{"vector", "app", true, true});
  to.emplace_back(DropExtension{"citext"});
  to.emplace_back(DropExtension{.extension = "citext", .schema = "app", .if_exists = true});
  to.emplace_back(CreateDomain{Domain("d", Integer())});
  const Domain domain("d", schema::Text(),
                      {.collation = "C",
                       .collation_schema = "pg_catalog",
                       .server_default = "x",
                       .not_null = true,
                       .checks = {CheckConstraint("VALUE <> ''", {.name = "filled"})},
                       .schema = "app"});
  to.emplace_back(CreateDomain{domain});
  AlterDomain alter;
  alter.domain = "d";
  alter.drop_constraint = "a";
  alter.add_constraint = CheckConstraint("VALUE > 0", {.not_valid = true});
  alter.server_default = DomainDefault(text("1 + 1"));
  alter.not_null = true;
  alter.validate_constraint = "b";
  alter.existing = domain;
  alter.schema = "app";
  to.emplace_back(alter);
  to.emplace_back(DropDomain{"d"});
  to.emplace_back(DropDomain{"d", "app", true, true, domain});
}

void add_schemas_and_sequences(std::vector<Operation>& to) {
  to.emplace_back(CreateSchema{"app"});
  to.emplace_back(CreateSchema{"app", "owner", true});
  to.emplace_back(DropSchema{"app"});
  to.emplace_back(DropSchema{"app", true, true, "owner"});
  const Sequence sequence("s", {.type = Integer(),
                                .start = 1,
                                .increment = -1,
                                .minvalue = -10,
                                .nomaxvalue = true,
                                .cycle = false,
                                .cache = 5,
                                .owned_by = OwnerColumn{"t", "a", "app"},
                                .persistence = Persistence::unlogged,
                                .schema = "app"});
  to.emplace_back(CreateSequence{Sequence("s")});
  to.emplace_back(CreateSequence{sequence, true});
  AlterSequence alter;
  alter.sequence = "s";
  alter.restart = std::nullopt;
  to.emplace_back(alter);
  alter.type = BigInteger();
  alter.start = 1;
  alter.increment = 2;
  alter.minvalue = std::nullopt;
  alter.maxvalue = 100;
  alter.cycle = true;
  alter.cache = 1;
  alter.owned_by = OwnerColumn{"t", "a"};
  alter.persistence = Persistence::permanent;
  alter.if_exists = true;
  alter.existing = sequence;
  alter.schema = "app";
  to.emplace_back(alter);
  to.emplace_back(DropSequence{"s"});
  to.emplace_back(DropSequence{"s", "app", true, true, sequence});
  for (int kind = 0; kind <= static_cast<int>(ObjectKind::view); ++kind) {
    RenameObject rename{static_cast<ObjectKind>(kind), "old", "new"};
    if (rename.kind <= ObjectKind::trigger) rename.table = "t";
    if (rename.kind != ObjectKind::schema) rename.schema = "app";
    to.emplace_back(rename);
  }
}

void add_views(std::vector<Operation>& to) {
  const View view("v", query,
                  {.columns = {"a", "b"},
                   .with = {{"security_barrier", "true"}},
                   .check_option = CheckOption::local,
                   .recursive = true,
                   .temporary = true,
                   .schema = "app"});
  to.emplace_back(CreateView{View("v", "SELECT 1")});
  to.emplace_back(CreateView{View(
      "v",
      "SELECT id, name, email, phone, city FROM customers WHERE city IS NOT NULL AND email LIKE '%@example.com'")});
  to.emplace_back(CreateView{view, true, View("v", query)});
  to.emplace_back(DropView{"v"});
  to.emplace_back(DropView{"v", "app", true, true, view});
  const MaterializedView stored("m", query,
                                {.columns = {"a"},
                                 .using_ = "heap",
                                 .with = {{"fillfactor", "70"}},
                                 .tablespace = "fast",
                                 .with_data = false,
                                 .schema = "app"});
  to.emplace_back(CreateMaterializedView{MaterializedView("m", "SELECT 1")});
  to.emplace_back(CreateMaterializedView{stored, true});
  to.emplace_back(RefreshMaterializedView{"m"});
  to.emplace_back(RefreshMaterializedView{"m", "app", true, false});
  to.emplace_back(DropMaterializedView{"m"});
  to.emplace_back(DropMaterializedView{"m", "app", true, true, stored});
}

void add_routines(std::vector<Operation>& to) {
  const Function touch("touch", {}, plpgsql, {.returns = UserDefinedType("trigger"), .language = "plpgsql"});
  to.emplace_back(CreateFunction{touch});
  const Function full(
      "f",
      {{"a", Integer()}, schema::Text(), {"b", Array(Integer()), {.mode = ArgumentMode::variadic, .default_ = "'{}'"}}},
      StandardBody("BEGIN ATOMIC SELECT 1; SELECT 2; END"),
      {.returns = SetOf(NamedType("customers")),
       .volatility = Volatility::stable,
       .strict = true,
       .leakproof = true,
       .window = true,
       .security = Security::definer,
       .parallel = Parallel::safe,
       .cost = 12.5,
       .rows = 100.0,
       .support = "app.support",
       .transforms = {HStore()},
       .set = {{"search_path", "app, pg_temp"}},
       .schema = "app"});
  to.emplace_back(CreateFunction{full, true, touch});
  to.emplace_back(CreateFunction{Function("rows", {{"", Integer(), {.mode = ArgumentMode::inout}}}, "SELECT 1",
                                          {.returns = RowsOf({{"a", Integer()}, {"b", schema::Text()}})})});
  to.emplace_back(CreateFunction{Function("one", {}, "SELECT 1", {.returns = RowsOf({{"a", Integer()}})})});
  to.emplace_back(DropFunction{"f"});
  to.emplace_back(DropFunction{.name = "f", .arguments = FunctionArguments{}});
  to.emplace_back(DropFunction{"f", FunctionArguments{{"a", Integer()}}, "app", true, true, full});
  const Procedure procedure("p", {Integer(), {"b", schema::Text(), {.mode = ArgumentMode::out}}}, plpgsql,
                            {.language = "plpgsql",
                             .security = Security::definer,
                             .transforms = {HStore()},
                             .set = {{"work_mem", ""}},
                             .schema = "app"});
  to.emplace_back(CreateProcedure{Procedure("p", {}, StandardBody("BEGIN ATOMIC INSERT INTO t VALUES (1); END"))});
  to.emplace_back(CreateProcedure{procedure, true, procedure});
  to.emplace_back(DropProcedure{"p"});
  to.emplace_back(DropProcedure{"p", FunctionArguments{Integer(), schema::Text()}, "app", true, true, procedure});
}

void add_triggers_and_policies(std::vector<Operation>& to) {
  const Trigger trigger("g", "t", TriggerTime::after, {TriggerEvent::insert, TriggerEvent::update}, "touch",
                        {.update_of = {"a"},
                         .for_each = ForEach::row,
                         .when = "NEW.a > 0",
                         .arguments = {"it's", "b"},
                         .function_schema = "app",
                         .old_table = "before",
                         .new_table = "after",
                         .constraint = true,
                         .deferrable = true,
                         .initially = "DEFERRED",
                         .from_table = "u",
                         .from_schema = "app",
                         .schema = "app"});
  to.emplace_back(CreateTrigger{Trigger("g", "t", TriggerTime::before, {TriggerEvent::delete_}, "touch")});
  to.emplace_back(
      CreateTrigger{Trigger("g", "t", TriggerTime::instead_of, {TriggerEvent::truncate}, "touch"), true, trigger});
  for (const auto firing :
       {TriggerFiring::origin, TriggerFiring::disabled, TriggerFiring::replica, TriggerFiring::always}) {
    to.emplace_back(AlterTrigger{"g", "t", firing});
    to.emplace_back(AlterTrigger{"g", "t", firing, TriggerFiring::always, "app"});
  }
  to.emplace_back(DropTrigger{"g", "t"});
  to.emplace_back(DropTrigger{"g", "t", "app", true, true, trigger});
  const Policy policy("p", "t",
                      {.kind = PolicyKind::restrictive,
                       .command = PolicyCommand::update,
                       .roles = {"app", "PUBLIC"},
                       .using_ = "tenant = current_setting('app.tenant')",
                       .with_check = "true",
                       .schema = "app"});
  to.emplace_back(CreatePolicy{Policy("p", "t")});
  to.emplace_back(CreatePolicy{policy});
  AlterPolicy alter;
  alter.policy = "p";
  alter.table = "t";
  alter.roles = {"a"};
  to.emplace_back(alter);
  alter.using_ = "true";
  alter.with_check = "false";
  alter.existing = policy;
  alter.schema = "app";
  to.emplace_back(alter);
  to.emplace_back(DropPolicy{"p", "t"});
  to.emplace_back(DropPolicy{"p", "t", "app", true, true, policy});
  for (const auto action : {RowSecurity::enable, RowSecurity::disable, RowSecurity::force, RowSecurity::no_force}) {
    to.emplace_back(AlterRowLevelSecurity{"t", action, "app"});
  }
  const Statistics statistics("s", "t", {"a", text("lower(b)")},
                              {.kinds = {"mcv"}, .schema = "app", .table_schema = "app"});
  to.emplace_back(CreateStatistics{Statistics("s", "t", {"a", "b"})});
  to.emplace_back(CreateStatistics{statistics, true});
  to.emplace_back(DropStatistics{"s"});
  to.emplace_back(DropStatistics{"s", "app", true, true, statistics});
}

}  // namespace

void add_object_samples(std::vector<Operation>& to) {
  add_types_and_extensions(to);
  add_schemas_and_sequences(to);
  add_views(to);
  add_routines(to);
  add_triggers_and_policies(to);
}

}  // namespace support::tests
