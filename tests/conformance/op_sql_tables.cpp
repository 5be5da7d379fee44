#include "tests/conformance/op_sql_cases.hpp"

namespace support::tests {
namespace {

using namespace schema;
using alembic::Operations;

constexpr OpSqlCase cases[] = {
    {"op-0052", [](Operations& op) { op.rename_table("TeeOne", "TeeTwo"); }},
    {"op-0075", [](Operations& op) { op.create_table_comment("t2", "t2 table", {.schema = "foo"}); }},
    {"op-0076",
     [](Operations& op) {
       op.create_table("t2",
                       {column("c1", Integer(), {.primary_key = true, .comment = "c1 comment"}),
                        column("c2", Integer(), {.comment = "c2 comment"})},
                       {.comment = "This is a table comment"});
     }},
    {"op-0085", [](Operations& op) { op.drop_table_comment("t2", {.existing_comment = "t2 table", .schema = "foo"}); }},
    {"op-0183", [](Operations& op) { op.create_table_comment("some_table", "table comment"); }},
    {"op-0184",
     [](Operations& op) {
       op.create_table("tb_test", {});
       op.drop_table("tb_test");
     }},
    {"op-0185",
     [](Operations& op) {
       op.create_table("some_table",
                       {column("id", Integer(), {.primary_key = true}),
                        column("foo_id", Integer(), {.foreign_key = ForeignKey("foo.id")})},
                       {.schema = "schema"});
     }},
    {"op-0186",
     [](Operations& op) {
       op.create_table("some_table", {column("id", Integer(), {.primary_key = true})}, {.if_not_exists = true});
     }},
    {"op-0187",
     [](Operations& op) {
       op.create_table("some_table", {column("id", Integer(), {.primary_key = true}), column("foo_id", Integer()),
                                      Index("ix_1", {"foo_id"})});
     }},
    {"op-0188",
     [](Operations& op) {
       op.create_table("some_table",
                       {column("id", Integer(), {.primary_key = true}), column("foo_id", Integer(), {.index = true})});
     }},
    {"op-0191",
     [](Operations& op) {
       op.create_table("some_table", {column("id", Integer(), {.primary_key = true}),
                                      column("foo_id", Integer(), {.foreign_key = ForeignKey("foo.id")}),
                                      column("foo_bar", Integer(), {.foreign_key = ForeignKey("foo.bar")})});
     }},
    {"op-0194",
     [](Operations& op) {
       op.create_table("some_table", {column("id", Integer(), {.primary_key = true}), column("foo_id", Integer()),
                                      CheckConstraint("foo_id > 5", {.name = "ck_1"})});
     }},
    {"op-0212", [](Operations& op) { op.drop_table("tb_test", {.schema = "foo"}); }},
    {"op-0229",
     [](Operations& op) {
       op.create_table("some_table",
                       {column("x", Integer(), {.check = CheckConstraint("im a constraint", {.name = "ck_q_cc1"})})});
     }},
    {"op-0231",
     [](Operations& op) {
       op.create_table("some_table",
                       {column("x", Integer()), CheckConstraint("im a constraint", {.name = "ck_some_table_cc1"})});
     }},
    {"op-0242", [](Operations& op) { op.rename_table("s", "t"); }},
    {"op-0243", [](Operations& op) { op.rename_table("s", "t", {.schema = "myowner"}); }},
    {"op-0271",
     [](Operations& op) {
       op.create_table("t2",
                       {column("c1", Integer(), {.primary_key = true, .comment = "c1 comment"}),
                        column("c2", Integer(), {.comment = "c2 comment"})},
                       {.comment = "t2 comment"});
     }},
    {"op-0281",
     [](Operations& op) {
       op.create_table("t2", {column("c1", Integer(), {.primary_key = true}), column("c2", Integer())},
                       {.comment = "This is a table comment"});
     }},
    {"op-0285", [](Operations& op) { op.create_table("t", {column("id", BigInteger(), {.primary_key = true})}); }},
    {"op-0287",
     [](Operations& op) {
       op.create_table("t", {column("id", Integer(), {.primary_key = true, .autoincrement = false})});
     }},
    {"op-0289",
     [](Operations& op) {
       op.create_table("t",
                       {column("id", Integer(), {.nullable = false}), PrimaryKeyConstraint({"id"}, {.name = "pk_t"})});
     }},
    {"op-0290",
     [](Operations& op) { op.create_table("t", {column("id", Integer(), {.primary_key = true})}, {.schema = "app"}); }},
    {"op-0292",
     [](Operations& op) {
       op.create_table("t", {column("id", Integer(), {.primary_key = true})}, {.prefixes = {"UNLOGGED"}});
     }},
    {"op-0293",
     [](Operations& op) {
       op.create_table("t", {column("id", Integer(), {.primary_key = true})},
                       {.prefixes = {"TEMPORARY"}, .on_commit = "DROP"});
     }},
    {"op-0295",
     [](Operations& op) {
       op.create_table("t", {column("id", Integer(), {.primary_key = true})}, {.tablespace = "pg_default"});
     }},
    {"op-0297", [](Operations& op) { op.create_table("t", {column("x", Integer())}, {.inherits = {"pkless"}}); }},
    {"op-0300",
     [](Operations& op) {
       op.create_table(
           "t", {column("id", Integer(), {.primary_key = true}),
                 column("uid", Integer(),
                        {.foreign_key = ForeignKey(
                             "users.id", {.name = "fk_t_uid", .onupdate = "SET NULL", .ondelete = "CASCADE"})})});
     }},
    {"op-0301",
     [](Operations& op) {
       op.create_table("t", {column("a", Integer()), column("b", Integer()),
                             ForeignKeyConstraint({"a", "b"}, {"composite.a", "composite.b"},
                                                  {.name = "fk_c", .deferrable = true, .initially = "DEFERRED"})});
     }},
    {"op-0302",
     [](Operations& op) {
       op.create_table("t", {column("a", Integer()), ForeignKeyConstraint({"a"}, {"users.id"}, {.match = "FULL"})});
     }},
    {"op-0304",
     [](Operations& op) {
       op.create_table("t",
                       {column("a", Integer()), UniqueConstraint({"a"}, {.name = "uq_a", .nulls_not_distinct = true})});
     }},
    {"op-0308",
     [](Operations& op) {
       op.create_table("t", {column("a", Integer()), CheckConstraint("a > 5", {.name = "ck_a", .not_valid = true})});
     }},
    {"op-0309",
     [](Operations& op) {
       op.create_table("t", {column("a", Integer(), {.index = true}), column("b", Integer())});
     }},
    {"op-0310",
     [](Operations& op) {
       op.create_table("t",
                       {column("a", Integer()), column("b", Integer()), Index("ix_ab", {"a", "b"}, {.unique = true})});
     }},
    {"op-0311",
     [](Operations& op) {
       op.create_table("t", {column("id", Integer(),
                                    {.server_default = Identity{.always = true,
                                                                .start = 42,
                                                                .increment = 3,
                                                                .minvalue = 1,
                                                                .maxvalue = 1000,
                                                                .cycle = true,
                                                                .cache = 5}})});
     }},
    {"op-0312",
     [](Operations& op) {
       op.create_table("t", {column("id", Integer(), {.primary_key = true, .server_default = Identity{}})});
     }},
    {"op-0314",
     [](Operations& op) {
       op.create_table("t", {column("a", Integer()), column("b", Integer(), {.server_default = Computed("a * 2")})});
     }},
    {"op-0317",
     [](Operations& op) {
       op.create_table("t", {column("st", Enum("st_enum", {"a", "b", "c"}))});
     }},
    {"op-0320",
     [](Operations& op) {
       op.create_table("t", {column("m", Enum("xy", {"x", "y"}, {.create_type = false}))});
     }},
    {"op-0327", [](Operations& op) { op.drop_table("users", {.schema = "app"}); }},
    {"op-0329", [](Operations& op) { op.rename_table("pkless", "pk_more"); }},
    {"op-0331", [](Operations& op) { op.create_table_comment("users", "user's table"); }},
    {"op-0332",
     [](Operations& op) { op.create_table_comment("users", "hi", {.existing_comment = "old", .schema = "app"}); }},
    {"op-0460",
     [](Operations& op) {
       op.create_enum(Enum("newt", {"a", "b"}));
     }},
    {"op-0467",
     [](Operations& op) {
       const Enum shared("shared_e", {"a", "b"});
       op.create_table("t1", {column("x", shared)});
       op.create_table("t2", {column("x", shared)});
     }},
    {"op-0468",
     [](Operations& op) {
       op.create_table("t", {column("st", Enum("st_enum", {"a", "b"}, {.schema = "app"}))}, {.schema = "app"});
     }},
    {"op-0469", [](Operations& op) { op.rename_table("pkless", "Pk Less"); }},
};

}  // namespace

std::span<const OpSqlCase> table_cases() {
  return cases;
}

}  // namespace support::tests
