// `--sql`: the same migrations print the same SQL, byte for byte.
#include <filesystem>
#include <fstream>
#include <sstream>

#include <CLI/CLI.hpp>
#include <gtest/gtest.h>

#include "app/cli/migrate_command.hpp"

#include "tests/conformance/graph_cases.hpp"
#include "tests/support/migration_scripts.hpp"

namespace support::tests {
namespace {

using namespace schema;
using alembic::Operations;
using alembic::Revision;
using alembic::Script;
using alembic::ScriptDirectory;

using Step = void (*)(Operations&);

Script migration(Revision declared, Step upgrade, Step downgrade) {
  auto script = make_script(std::move(declared), "sample");
  script.upgrade = upgrade;
  script.downgrade = downgrade;
  return script;
}

void nothing(Operations&) {}

void create_account(Operations& op) {
  op.create_table("account", {column("id", Integer(), {.primary_key = true}),
                              column("name", String(50), {.nullable = false}), column("description", String(200))});
}
void drop_account(Operations& op) {
  op.drop_table("account");
}

void add_date(Operations& op) {
  op.add_column("account", column("last_transaction_date", DateTime()));
  op.create_index("ix_account_name", "account", {"name"}, {.unique = true});
}
void drop_date(Operations& op) {
  op.drop_index("ix_account_name", {.table_name = "account"});
  op.drop_column("account", "last_transaction_date");
}

void create_orders(Operations& op) {
  op.create_table("orders",
                  {column("id", BigInteger(), {.primary_key = true}),
                   column("account_id", Integer(),
                          {.nullable = false, .foreign_key = ForeignKey("account.id", {.ondelete = "CASCADE"})}),
                   column("total", Numeric(10, 2), {.nullable = false, .server_default = "0"}),
                   column("placed_at", DateTime{.timezone = true}, {.server_default = schema::text("now()")}),
                   CheckConstraint("total >= 0", {.name = "ck_orders_total"})});
  op.execute("INSERT INTO account (id, name) VALUES (1, 'acme')");
  op.execute("UPDATE account SET name='Acme''s' WHERE account.name = 'acme'");
  op.bulk_insert("orders", {"account_id", "total"}, {{1, 5}, {1, 7}});
}
void drop_orders(Operations& op) {
  op.drop_table("orders");
  op.execute("DELETE FROM account");
}

void tighten(Operations& op) {
  op.execute("UPDATE account SET description = '' WHERE description IS NULL");
  op.alter_column("account", "description", {.type_ = Text(), .nullable = false, .server_default = ""});
}
void loosen(Operations& op) {
  op.alter_column("account", "description", {.type_ = String(200), .nullable = true, .server_default = std::nullopt});
}

ScriptDirectory linear_basic() {
  return ScriptDirectory(
      {migration({.revision = "1a2b3c4d5e01"}, create_account, drop_account),
       migration({.revision = "1a2b3c4d5e02", .down_revisions = {"1a2b3c4d5e01"}}, add_date, drop_date),
       migration({.revision = "1a2b3c4d5e03", .down_revisions = {"1a2b3c4d5e02"}}, create_orders, drop_orders),
       migration({.revision = "1a2b3c4d5e04", .down_revisions = {"1a2b3c4d5e03"}}, tighten, loosen),
       migration({.revision = "1a2b3c4d5e05", .down_revisions = {"1a2b3c4d5e04"}}, nothing, nothing)});
}

void create_id_table(Operations& op, const std::string& name) {
  op.create_table(name, {column("id", Integer(), {.primary_key = true})});
}
void create_root(Operations& op) {
  create_id_table(op, "root");
}
void drop_root(Operations& op) {
  op.drop_table("root");
}
void create_left(Operations& op) {
  create_id_table(op, "left1");
}
void drop_left(Operations& op) {
  op.drop_table("left1");
}
void create_right(Operations& op) {
  create_id_table(op, "right1");
}
void drop_right(Operations& op) {
  op.drop_table("right1");
}
void add_x(Operations& op) {
  op.add_column("left1", column("x", Integer()));
}
void drop_x(Operations& op) {
  op.drop_column("left1", "x");
}
void add_y(Operations& op) {
  op.add_column("right1", column("y", Integer()));
}
void drop_y(Operations& op) {
  op.drop_column("right1", "y");
}

ScriptDirectory branch_merge() {
  return ScriptDirectory(
      {migration({.revision = "aaaa00000001"}, create_root, drop_root),
       migration({.revision = "bbbb00000001", .down_revisions = {"aaaa00000001"}, .branch_labels = {"leftbranch"}},
                 create_left, drop_left),
       migration({.revision = "bbbb00000002", .down_revisions = {"bbbb00000001"}}, add_x, drop_x),
       migration({.revision = "cccc00000001", .down_revisions = {"aaaa00000001"}, .branch_labels = {"rightbranch"}},
                 create_right, drop_right),
       migration({.revision = "cccc00000002", .down_revisions = {"cccc00000001"}}, add_y, drop_y),
       migration({.revision = "dddd00000001", .down_revisions = {"bbbb00000002", "cccc00000002"}}, nothing, nothing),
       migration({.revision = "eeee00000001", .down_revisions = {"dddd00000001"}}, drop_root, create_root)});
}

void create_person(Operations& op) {
  op.execute("CREATE TYPE mood AS ENUM ('sad', 'ok')");
  op.create_table("person", {column("id", Integer(), {.primary_key = true}),
                             column("m", Enum("mood", {"sad", "ok"}, {.create_type = false}))});
}
void drop_person(Operations& op) {
  op.drop_table("person");
  op.execute("DROP TYPE mood");
}
void add_label(Operations& op) {
  op.autocommit_block([&] { op.execute("ALTER TYPE mood ADD VALUE 'soso'"); });
}
void create_concurrently(Operations& op) {
  op.autocommit_block(
      [&] { op.create_index("ix_person_m", "person", {"m"}, {.if_not_exists = true, .concurrently = true}); });
  op.execute("ANALYZE person");
}
void drop_concurrently(Operations& op) {
  op.autocommit_block(
      [&] { op.drop_index("ix_person_m", {.table_name = "person", .if_exists = true, .concurrently = true}); });
}

ScriptDirectory tx_per_migration() {
  return ScriptDirectory(
      {migration({.revision = "f00000000001"}, create_person, drop_person),
       migration({.revision = "f00000000002", .down_revisions = {"f00000000001"}}, add_label, nothing),
       migration({.revision = "f00000000003", .down_revisions = {"f00000000002"}}, create_concurrently,
                 drop_concurrently)});
}

void create_t1(Operations& op) {
  create_id_table(op, "t1");
}
void drop_t1(Operations& op) {
  op.drop_table("t1");
}
void add_q_and_r(Operations& op) {
  op.add_column("t1", column("q", Integer()));
  op.autocommit_block([&] { op.create_index("ix_q", "t1", {"q"}, {.concurrently = true}); });
  op.add_column("t1", column("r", Integer()));
}
void drop_q_and_r(Operations& op) {
  op.drop_column("t1", "r");
  op.drop_index("ix_q");
  op.drop_column("t1", "q");
}

ScriptDirectory non_transactional_ddl() {
  return ScriptDirectory(
      {migration({.revision = "f00000000001"}, create_t1, drop_t1),
       migration({.revision = "f00000000002", .down_revisions = {"f00000000001"}}, add_q_and_r, drop_q_and_r)});
}

void create_products(Operations& op) {
  op.create_table(
      "prod",
      {column("id", Integer(), {.primary_key = true, .server_default = Identity{.always = true, .start = 100}}),
       column("kind", Enum("prod_kind", {"a", "b"}), {.nullable = false}), column("price", Numeric(10, 2)),
       column("price2", Numeric(), {.server_default = Computed("price * 2")}),
       column("data", Jsonb(), {.nullable = false, .server_default = schema::text("'{}'::jsonb")}),
       column("tags", Array(Text())), column("during", TsTzRange()),
       column("uid", Uuid(), {.server_default = schema::text("gen_random_uuid()"), .unique = true}),
       column(
           "parent_id", Integer(),
           {.foreign_key = ForeignKey("prod.id", {.name = "fk_parent", .deferrable = true, .initially = "DEFERRED"})}),
       ExcludeConstraint({{"during", "&&"}}, {.name = "ex_during", .using_ = "gist"})},
      {.comment = "product's table"});
  op.create_index("ix_prod_data", "prod", {"data"}, {.using_ = "gin", .ops = {{"data", "jsonb_path_ops"}}});
  op.create_index("ix_prod_lower", "prod", {schema::text("abs(price)")}, {.include = {"price"}, .where = "price > 5"});
  op.create_table_comment("prod", "second comment", {.existing_comment = "product's table"});
  op.alter_column("prod", "price", {.comment = "the price", .existing_type = Numeric(10, 2)});
}
void drop_products(Operations& op) {
  op.drop_table("prod");
  op.execute("DROP TYPE prod_kind");
}

void alter_products(Operations& op) {
  op.alter_column("prod", "id",
                  {.server_default = Identity{.always = false, .increment = 5},
                   .existing_server_default = Identity{.always = true}});
  op.alter_column("prod", "tags", {.type_ = Text(), .using_ = "array_to_string(tags, ',')"});
  op.alter_column("prod", "tags", {.new_column_name = "tag_list"});
  op.create_check_constraint("ck_price", "prod", "price > 0", {.not_valid = true});
  op.execute("ALTER TABLE prod VALIDATE CONSTRAINT ck_price");
  op.create_unique_constraint("uq_kind", "prod", {"kind", "price"}, {.deferrable = true, .initially = "DEFERRED"});
  op.drop_constraint("ex_during", "prod");
  op.rename_table("prod", "product");
  op.execute("UPDATE product SET data = '{\"a\": 1}' WHERE kind = 'a' AND price :: int > 1");
}
void restore_products(Operations& op) {
  op.rename_table("product", "prod");
  op.drop_constraint("uq_kind", "prod", {.type_ = alembic::ConstraintType::unique});
  op.drop_constraint("ck_price", "prod", {.type_ = alembic::ConstraintType::check, .if_exists = true});
  op.alter_column("prod", "tag_list", {.new_column_name = "tags"});
}

ScriptDirectory features_of_postgresql() {
  return ScriptDirectory(
      {migration({.revision = "f00000000001"}, create_products, drop_products),
       migration({.revision = "f00000000002", .down_revisions = {"f00000000001"}}, alter_products, restore_products)});
}

std::string content(const std::string& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

struct Outcome {
  int exit_code = -1;
  std::string printed;
};

using Variables = std::vector<std::pair<std::string, std::string>>;

Outcome run(const ScriptDirectory& scripts, const std::string& arguments, Variables environment) {
  environment.emplace_back("DATABASE_URL", "postgresql://nobody@nowhere.invalid/x");
  const auto settings = config::Settings::load({.environment = std::move(environment)});
  CLI::App program;
  cli::MigrateArguments parsed;
  std::ostringstream out;
  Outcome outcome;
  cli::add_migrate_command(program, parsed,
                           [&] { outcome.exit_code = cli::run_migrate(settings, parsed, scripts, out); });
  program.parse("migrate " + arguments);
  outcome.printed = out.str();
  return outcome;
}

void check(const std::string& project, const ScriptDirectory& scripts, const Variables& environment = {}) {
  if (!have_cases()) GTEST_SKIP() << "no shared/cases folder beside the checkout";
  const auto index = boost::json::parse(content(cases_path("offline/" + project + "/index.json")));
  std::size_t count = 0;
  for (const auto& item : index.at("commands").as_array()) {
    const auto command = text(item.at("command"));
    SCOPED_TRACE(command);
    const auto outcome = run(scripts, command.substr(std::string("alembic ").size()), environment);
    // A traceback of Alembic (exit code 1) prints nothing; we print a sentence after the same beginning.
    const auto theirs = item.at("exit_code").as_int64();
    const auto expected = content(cases_path("offline/" + text(item.at("stdout_file"))));
    if (theirs == 1) {
      EXPECT_TRUE(outcome.printed.starts_with(expected + "FAILED: ")) << outcome.printed;
    } else {
      EXPECT_EQ(outcome.printed, expected);
    }
    EXPECT_EQ(outcome.exit_code, theirs == 0 ? 0 : 2);
    ++count;
  }
  EXPECT_GT(count, 1U);
}

TEST(Offline, ALinearHistoryPrintsAlembicsSql) {
  check("01_linear_basic", linear_basic());
}

TEST(Offline, BranchesAndMergesPrintAlembicsSql) {
  check("03_branch_merge", branch_merge());
}

TEST(Offline, ATransactionPerMigrationPrintsAlembicsSql) {
  check("05_tx_per_migration", tx_per_migration(), {{"MIGRATION_TRANSACTION_PER_MIGRATION", "true"}});
}

TEST(Offline, NonTransactionalDdlPrintsAlembicsSql) {
  check("07_non_transactional_ddl", non_transactional_ddl(), {{"MIGRATION_TRANSACTIONAL_DDL", "false"}});
}

TEST(Offline, WhatOnlyPostgresqlHasPrintsAlembicsSql) {
  check("09_pg_features", features_of_postgresql());
}

TEST(Offline, NoMigrationsAtAllPrintAlembicsSql) {
  check("11_empty", ScriptDirectory({}));
}

}  // namespace
}  // namespace support::tests
