#include "tests/conformance/op_sql_cases.hpp"

namespace support::tests {
namespace {

using namespace schema;
using alembic::Operations;

using alembic::ConstraintType;

constexpr OpSqlCase cases[] = {
    {"op-0049", [](Operations& op) { op.drop_index("my_idx", {.table_name = "my_table"}); }},
    {"op-0078", [](Operations& op) { op.drop_constraint("f1", "t1", {.type_ = ConstraintType::check}); }},
    {"op-0082", [](Operations& op) { op.drop_constraint("f1", "t1", {.type_ = ConstraintType::foreign_key}); }},
    {"op-0086", [](Operations& op) { op.drop_constraint("f1", "t1", {.type_ = ConstraintType::unique}); }},
    {"op-0098", [](Operations& op) { op.create_check_constraint("ck_user_name_len", "user_table", "len(name) > 5"); }},
    {"op-0099",
     [](Operations& op) {
       op.create_check_constraint("ck_user_name_len", "user_table", "len(name) > 5", {.schema = "foo"});
     }},
    {"op-0139",
     [](Operations& op) {
       op.create_foreign_key("fk_test", "t1", "t2", {"foo", "bar"}, {"bat", "hoho"}, {.initially = "deferred"});
     }},
    {"op-0140",
     [](Operations& op) {
       op.create_foreign_key("fk_test", "t1", "t2", {"foo", "bar"}, {"bat", "hoho"}, {.match = "SIMPLE"});
     }},
    {"op-0141",
     [](Operations& op) {
       op.create_foreign_key("fk_test", "t1", "t2", {"foo", "bar"}, {"bat", "hoho"}, {.ondelete = "CASCADE"});
     }},
    {"op-0142",
     [](Operations& op) {
       op.create_foreign_key("fk_test", "t1", "t2", {"foo", "bar"}, {"bat", "hoho"}, {.onupdate = "CASCADE"});
     }},
    {"op-0145", [](Operations& op) { op.create_foreign_key("fk_test", "t1", "t1", {"foo"}, {"bar"}); }},
    {"op-0146",
     [](Operations& op) {
       op.create_primary_key("pk_test", "t1", {"foo", "bar"});
     }},
    {"op-0148",
     [](Operations& op) {
       op.create_unique_constraint("uk_test", "t1", {"foo", "bar"});
     }},
    {"op-0174",
     [](Operations& op) {
       op.create_index("ik_test", "t1", {"foo", "bar"});
     }},
    {"op-0176", [](Operations& op) { op.create_index("geocoded", "locations", {text("lower(coordinates)")}); }},
    {"op-0177",
     [](Operations& op) {
       op.create_index("ik_test", "t1", {"foo", "bar"}, {.if_not_exists = true});
     }},
    {"op-0179", [](Operations& op) { op.create_index("geocoded", "locations", {"IShouldBeQuoted"}); }},
    {"op-0202", [](Operations& op) { op.drop_constraint("foo_bar_bat", "t1", {.schema = "foo"}); }},
    {"op-0205", [](Operations& op) { op.drop_index("ik_test", {.if_exists = true}); }},
    {"op-0206", [](Operations& op) { op.drop_index("ik_test", {.schema = "foo"}); }},
    {"op-0265",
     [](Operations& op) {
       op.create_index("i", "t", {"c1", "c2"}, {.if_not_exists = true});
     }},
    {"op-0266",
     [](Operations& op) { op.create_index("geocoded", "locations", {"coordinates"}, {.concurrently = true}); }},
    {"op-0269",
     [](Operations& op) {
       op.create_index("i", "t", {"c1", "c2"}, {.unique = false});
     }},
    {"op-0270",
     [](Operations& op) {
       op.create_index("geocoded", "locations", {"coordinates"}, {.where = "locations.coordinates != Null"});
     }},
    {"op-0261",
     [](Operations& op) {
       op.create_exclude_constraint("ex1", "t1", {{"x", ">"}}, {.where = "x > 5"});
     }},
    {"op-0262",
     [](Operations& op) {
       op.create_exclude_constraint("ex1", "SomeTable", {{"SomeColumn", ">"}}, {.where = "\"SomeColumn\" > 5"});
     }},
    {"op-0273", [](Operations& op) { op.drop_constraint("t_excl_x", "TTable"); }},
    {"op-0274", [](Operations& op) { op.drop_index("geocoded", {.if_exists = true}); }},
    {"op-0276", [](Operations& op) { op.drop_index("geocoded", {.concurrently = true}); }},
    {"op-0392",
     [](Operations& op) { op.create_unique_constraint("uq_name", "users", {"name"}, {.nulls_not_distinct = true}); }},
    {"op-0396", [](Operations& op) { op.create_check_constraint("ck_len", "users", "length(name) > 5"); }},
    {"op-0398", [](Operations& op) { op.create_foreign_key("fk_x", "orders", "users", {"room"}, {"id"}); }},
    {"op-0399", [](Operations& op) { op.create_foreign_key(std::nullopt, "orders", "users", {"room"}, {"id"}); }},
    {"op-0400",
     [](Operations& op) {
       op.create_foreign_key("fk_x", "orders", "users", {"room"}, {"id"},
                             {.onupdate = "CASCADE",
                              .ondelete = "SET NULL",
                              .deferrable = true,
                              .initially = "IMMEDIATE",
                              .match = "SIMPLE"});
     }},
    {"op-0403",
     [](Operations& op) {
       op.create_foreign_key("fk_s", "users", "users", {"id"}, {"id"},
                             {.source_schema = "app", .referent_schema = "public"});
     }},
    {"op-0409", [](Operations& op) { op.drop_constraint("uq_users_email", "users"); }},
    {"op-0413", [](Operations& op) { op.drop_constraint("nope", "users", {.schema = "app", .if_exists = true}); }},
    {"op-0414", [](Operations& op) { op.drop_constraint("nope", "users", {.if_exists = true}); }},
    {"op-0415", [](Operations& op) { op.create_index("ix_1", "users", {"name"}); }},
    {"op-0416", [](Operations& op) { op.create_index("ix_1", "users", {"name"}, {.unique = true}); }},
    {"op-0417",
     [](Operations& op) {
       op.create_index("ix_1", "users", {"name", "email"});
     }},
    {"op-0418", [](Operations& op) { op.create_index("ix_1", "users", {"name"}, {.schema = "app"}); }},
    {"op-0421",
     [](Operations& op) {
       op.create_index("ix_1", "users", {"name"}, {.unique = true, .if_not_exists = true, .concurrently = true});
     }},
    {"op-0422", [](Operations& op) { op.create_index("ix_1", "users", {"data"}, {.using_ = "gin"}); }},
    {"op-0426", [](Operations& op) { op.create_index("ix_1", "users", {"name"}, {.where = "age > 5"}); }},
    {"op-0427",
     [](Operations& op) {
       op.create_index("ix_1", "users", {"name"}, {.include = {"age", "email"}});
     }},
    {"op-0430",
     [](Operations& op) { op.create_index("ix_1", "users", {"name"}, {.unique = true, .nulls_not_distinct = true}); }},
    {"op-0434",
     [](Operations& op) {
       op.create_index("ix_1", "users", {text("lower(name)"), "age"});
     }},
    {"op-0436", [](Operations& op) { op.create_index("ix_1", "users", {text("name DESC NULLS LAST")}); }},
    {"op-0441", [](Operations& op) { op.drop_index("ix_app_users_name", {.table_name = "users", .schema = "app"}); }},
    {"op-0443", [](Operations& op) { op.drop_index("ix_users_name", {.table_name = "users", .concurrently = true}); }},
};

}  // namespace

std::span<const OpSqlCase> index_and_constraint_cases() {
  return cases;
}

}  // namespace support::tests
