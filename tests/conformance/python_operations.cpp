#include "tests/conformance/python_operations.hpp"

#include "app/alembic/operations/operations.hpp"

#include "tests/support/migration_scripts.hpp"

namespace support::tests {
namespace {

using namespace schema;
using alembic::Operations;

void create_product(Operations& op) {
  op.create_table("Product",
                  {column("id", BigInteger(), {.primary_key = true}),
                   column("order", Integer(), {.nullable = false, .index = true}),
                   column("supplier_id", Integer(),
                          {.foreign_key = ForeignKey("supplier.id", {.name = "fk_supplier", .ondelete = "CASCADE"})}),
                   column("state", Enum("product_state", {"draft", "it's on", "gone"}), {.server_default = "draft"}),
                   column("price", Numeric(10, 2),
                          {.nullable = false, .check = CheckConstraint("price > 0", {.name = "positive"})}),
                   column("weight", Float()),
                   column("sold", Boolean(), {.nullable = false, .server_default = text("false")}),
                   column("body", Text(), {.comment = "it's free text"}),
                   column("picture", LargeBinary()),
                   column("made", DateTime()),
                   column("changed", DateTime{.timezone = true}, {.server_default = text("now()")}),
                   column("opens", Time()),
                   column("shift", Interval()),
                   column("code", Char(4)),
                   column("key", Uuid(), {.server_default = text("gen_random_uuid()")}),
                   column("extra", Jsonb(), {.server_default = text("'{}'::jsonb")}),
                   column("raw", Json()),
                   column("tags", Array(String(20))),
                   column("span", UserDefinedType("TSTZRANGE")),
                   column("twice", Numeric(), {.server_default = Computed("price * 2")}),
                   UniqueConstraint({"order", "code"}, {.name = "uq_order_code"}),
                   CheckConstraint("weight >= 0 OR weight IS NULL")});
}

void create_tables(Operations& op) {
  op.execute("CREATE SCHEMA shop");
  op.create_table("supplier",
                  {column("id", Integer(), {.primary_key = true}),
                   column("name", String(80), {.nullable = false, .unique = true, .comment = "as on the invoice"}),
                   column("rating", SmallInteger(), {.server_default = "3"}), column("founded", Date())},
                  {.comment = "who we buy from"});
  create_product(op);
  op.create_table(
      "stock",
      {column("product", BigInteger(), {.autoincrement = false}), column("place", String(10)),
       column("counted", BigInteger(), {.server_default = Identity{.always = true, .start = 100, .increment = 5}}),
       PrimaryKeyConstraint({"product", "place"}, {.name = "stock_key"}),
       ForeignKeyConstraint({"product"}, {"Product.id"},
                            {.name = "fk_product", .deferrable = true, .initially = "DEFERRED"}),
       Index("ix_counted", {"counted"}, {.unique = true})},
      {.schema = "shop"});
  op.create_table("reading",
                  {column("at", DateTime{.timezone = true}, {.nullable = false}), column("value", Float(24))},
                  {.partition_by = "RANGE (at)"});
  op.create_table("draft", {column("id", SmallInteger(), {.primary_key = true})}, {.prefixes = {"UNLOGGED"}});
}

void drop_tables(Operations& op) {
  op.drop_table("draft");
  op.drop_table("reading");
  op.drop_table("stock", {.schema = "shop"});
  op.drop_table("Product");
  op.execute("DROP TYPE product_state");
  op.drop_table("supplier");
  op.execute("DROP SCHEMA shop");
}

void add_indexes_and_constraints(Operations& op) {
  op.create_index("ix_supplier_name", "supplier", {text("lower(name)")}, {.unique = true});
  op.create_index("ix_product_extra", "Product", {"extra"}, {.using_ = "gin", .ops = {{"extra", "jsonb_path_ops"}}});
  op.create_index("ix_open", "Product", {"made", text("price DESC")},
                  {.include = {"code"}, .with = {{"fillfactor", "70"}}, .where = "NOT sold"});
  op.create_index("ix_place", "stock", {"place"}, {.schema = "shop"});
  op.create_unique_constraint("uq_supplier", "supplier", {"name", "founded"},
                              {.deferrable = true, .initially = "IMMEDIATE"});
  op.create_check_constraint("ck_rating", "supplier", "rating BETWEEN 1 AND 5");
  op.create_check_constraint("ck_late", "supplier", "founded > '1700-01-01'", {.not_valid = true});
  op.add_column("supplier", column("parent_id", Integer()));
  op.create_foreign_key("fk_parent", "supplier", "supplier", {"parent_id"}, {"id"},
                        {.onupdate = "CASCADE", .ondelete = "SET NULL", .match = "FULL"});
  op.create_foreign_key("fk_far", "stock", "supplier", {"counted"}, {"id"},
                        {.source_schema = "shop", .not_valid = true});
  op.create_primary_key("reading_key", "reading", {"at"});
}

void drop_indexes_and_constraints(Operations& op) {
  using alembic::ConstraintType;
  op.drop_constraint("reading_key", "reading", {.type_ = ConstraintType::primary_key});
  op.drop_constraint("fk_far", "stock", {.type_ = ConstraintType::foreign_key, .schema = "shop"});
  op.drop_constraint("fk_parent", "supplier", {.type_ = ConstraintType::foreign_key});
  op.drop_column("supplier", "parent_id");
  op.drop_constraint("ck_late", "supplier", {.type_ = ConstraintType::check});
  op.drop_constraint("ck_rating", "supplier", {.type_ = ConstraintType::check});
  op.drop_constraint("uq_supplier", "supplier", {.type_ = ConstraintType::unique});
  op.drop_index("ix_place", {.table_name = "stock", .schema = "shop"});
  op.drop_index("ix_open", {.table_name = "Product"});
  op.drop_index("ix_product_extra", {.table_name = "Product"});
  op.drop_index("ix_supplier_name", {.table_name = "supplier"});
}

void change_columns(Operations& op) {
  op.execute("CREATE TYPE grade AS ENUM ('good', 'bad')");
  const Enum grade("grade", {"good", "bad"}, {.create_type = false});
  op.add_column("supplier", column("grade", grade, {.nullable = false, .server_default = "good"}));
  op.add_column("supplier", column("email", String(100), {.unique = true, .comment = "for orders"}));
  op.add_column("supplier",
                column("first_product", BigInteger(), {.foreign_key = ForeignKey("Product.id"), .index = true}));
  op.add_column("stock", column("note", Text(), {.server_default = text("'none'")}), {.schema = "shop"});
  op.alter_column("supplier", "rating", {.type_ = Integer(), .existing_type = SmallInteger()});
  op.alter_column("supplier", "rating", {.server_default = std::nullopt});
  op.alter_column("supplier", "rating", {.nullable = false});
  op.alter_column("supplier", "founded", {.new_column_name = "founded on"});
  op.alter_column("Product", "code", {.type_ = Integer(), .comment = "how long it was", .using_ = "length(code)"});
  op.alter_column("Product", "body", {.comment = std::nullopt, .existing_comment = "it's free text"});
  op.alter_column("Product", "weight",
                  {.type_ = Numeric(8, 3),
                   .nullable = false,
                   .server_default = "0",
                   .comment = "in kilograms",
                   .new_column_name = "kilograms"});
  op.alter_column("stock", "counted",
                  {.server_default = Identity{.always = false, .start = 100, .increment = 7},
                   .existing_server_default = Identity{.always = true, .start = 100, .increment = 5},
                   .schema = "shop"});
  op.alter_column("draft", "id", {.server_default = text("42")});
  op.drop_column("Product", "opens");
}

void change_columns_back(Operations& op) {
  op.add_column("Product", column("opens", Time()));
  op.alter_column("draft", "id", {.server_default = std::nullopt});
  op.alter_column("stock", "counted",
                  {.server_default = Identity{.always = true, .start = 100, .increment = 5},
                   .existing_server_default = Identity{.always = false, .start = 100, .increment = 7},
                   .schema = "shop"});
  op.alter_column("Product", "kilograms",
                  {.type_ = Float(),
                   .nullable = true,
                   .server_default = std::nullopt,
                   .comment = std::nullopt,
                   .new_column_name = "weight"});
  op.alter_column("Product", "body", {.comment = "it's free text"});
  op.alter_column("Product", "code", {.type_ = Char(4), .comment = std::nullopt, .using_ = "code::text"});
  op.alter_column("supplier", "founded on", {.new_column_name = "founded"});
  op.alter_column("supplier", "rating", {.nullable = true});
  op.alter_column("supplier", "rating", {.server_default = "3"});
  op.alter_column("supplier", "rating", {.type_ = SmallInteger()});
  op.drop_column("stock", "note", {.schema = "shop"});
  op.drop_column("supplier", "first_product");
  op.drop_column("supplier", "email");
  op.drop_column("supplier", "grade");
  op.execute("DROP TYPE grade");
}

void change_names_and_rows(Operations& op) {
  op.rename_table("reading", "measurement");
  op.rename_table("stock", "inventory", {.schema = "shop"});
  op.create_table_comment("measurement", "what the \"sensors\" said, 100%");
  op.create_table_comment("inventory", "what is there", {.schema = "shop"});
  op.drop_table_comment("supplier", {.existing_comment = "who we buy from"});
  op.bulk_insert("supplier", {"name", "rating", "founded on"},
                 {{"O'Neil 100% :x", 4, std::nullopt}, {"Ærø \\ sons", 5, std::nullopt}});
  op.execute("CREATE VIEW good_supplier AS SELECT id, name FROM supplier WHERE rating > 3");
}

void change_names_and_rows_back(Operations& op) {
  op.execute("DROP VIEW good_supplier");
  op.execute("DELETE FROM supplier");
  op.create_table_comment("supplier", "who we buy from");
  op.drop_table_comment("inventory", {.schema = "shop"});
  op.drop_table_comment("measurement");
  op.rename_table("inventory", "stock", {.schema = "shop"});
  op.rename_table("measurement", "reading");
}

alembic::Script script(int number, alembic::Body upgrade, alembic::Body downgrade) {
  const auto id = [](int n) { return fmt::format("{:012}", n); };
  alembic::Revision declared{.revision = id(number)};
  if (number > 1) declared.down_revisions = {id(number - 1)};
  auto script = make_script(std::move(declared), fmt::format("Step {}", number));
  script.upgrade = std::move(upgrade);
  script.downgrade = std::move(downgrade);
  return script;
}

}  // namespace

alembic::ScriptDirectory scripts_of_python_operations() {
  return alembic::ScriptDirectory(
      {script(1, create_tables, drop_tables), script(2, add_indexes_and_constraints, drop_indexes_and_constraints),
       script(3, change_columns, change_columns_back), script(4, change_names_and_rows, change_names_and_rows_back)});
}

}  // namespace support::tests
