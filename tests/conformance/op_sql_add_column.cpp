#include "tests/conformance/op_sql_cases.hpp"

namespace support::tests {
namespace {

using namespace schema;
using alembic::Operations;

constexpr OpSqlCase cases[] = {
    {"op-0008", [](Operations& op) { op.add_column("t1", column("c1", Integer(), {.nullable = false})); }},
    {"op-0010",
     [](Operations& op) {
       op.add_column("t1", column("some_column", Integer(), {.nullable = false, .server_default = Identity{}}));
     }},
    {"op-0011",
     [](Operations& op) {
       op.add_column("t1", column("some_column", Integer(), {.server_default = Identity{.always = true}}));
     }},
    {"op-0013",
     [](Operations& op) {
       op.add_column("t1", column("some_column", Integer(), {.server_default = Identity{.start = 3, .increment = 3}}));
     }},
    {"op-0043", [](Operations& op) { op.drop_column("table", "column"); }},
    {"op-0044",
     [](Operations& op) {
       op.drop_column("t1", "c1");
       op.drop_column("t1", "c2");
     }},
    {"op-0045", [](Operations& op) { op.drop_column("t1", "c1"); }},
    {"op-0047", [](Operations& op) { op.drop_column("t1", "c1", {.schema = "xyz"}); }},
    {"op-0100", [](Operations& op) { op.add_column("t1", column("c1", Integer(), {.nullable = false})); }},
    {"op-0102",
     [](Operations& op) {
       op.add_column("t1", column("c1", Integer(), {.nullable = false, .foreign_key = ForeignKey("c2.id")}));
     }},
    {"op-0103",
     [](Operations& op) {
       op.add_column("t1", column("c1", Integer(), {.nullable = false, .foreign_key = ForeignKey("c2.id")}),
                     {.inline_references = true});
     }},
    {"op-0104",
     [](Operations& op) {
       op.add_column("t1", column("c1", Integer(), {.nullable = false, .foreign_key = ForeignKey("MixedCase.id")}),
                     {.inline_references = true});
     }},
    {"op-0106",
     [](Operations& op) {
       op.add_column(
           "t1",
           column("c1", Integer(), {.nullable = false, .foreign_key = ForeignKey("MixedSchema.MixedTable.MixedCol")}),
           {.inline_references = true});
     }},
    {"op-0108",
     [](Operations& op) {
       op.add_column("t1", column("c1", Integer(), {.nullable = false, .foreign_key = ForeignKey("t2.MixedCase")}),
                     {.inline_references = true});
     }},
    {"op-0109",
     [](Operations& op) {
       op.add_column("t1", column("c1", Integer(), {.foreign_key = ForeignKey("c2.id", {.ondelete = "SET NULL"})}),
                     {.inline_references = true});
     }},
    {"op-0110",
     [](Operations& op) {
       op.add_column("t1", column("c1", Integer(), {.foreign_key = ForeignKey("c2.id", {.onupdate = "CASCADE"})}),
                     {.inline_references = true});
     }},
    {"op-0111",
     [](Operations& op) {
       op.add_column("t1",
                     column("c1", Integer(),
                            {.foreign_key = ForeignKey("c2.id", {.onupdate = "CASCADE", .ondelete = "SET NULL"})}),
                     {.inline_references = true});
     }},
    {"op-0115",
     [](Operations& op) {
       op.add_column("t1", column("c1", Integer(), {.nullable = false, .foreign_key = ForeignKey("remote.t2.c2")}));
     }},
    {"op-0118",
     [](Operations& op) {
       op.add_column("t1", column("c1", Integer(), {.nullable = false, .foreign_key = ForeignKey("t1.c2")}),
                     {.inline_references = true});
     }},
    {"op-0121", [](Operations& op) { op.add_column("somename", column("colname", String(), {.primary_key = true})); }},
    {"op-0123",
     [](Operations& op) {
       op.add_column("somename", column("colname", String(), {.primary_key = true}), {.inline_primary_key = true});
     }},
    {"op-0124",
     [](Operations& op) { op.add_column("t1", column("c1", Integer(), {.nullable = false}), {.schema = "foo"}); }},
    {"op-0126",
     [](Operations& op) {
       op.add_column("t1", column("c1", Integer(), {.nullable = false, .foreign_key = ForeignKey("c2.id")}),
                     {.schema = "foo", .inline_references = true});
     }},
    {"op-0128",
     [](Operations& op) {
       op.add_column("t1", column("c1", Integer(), {.nullable = false, .foreign_key = ForeignKey("foo.t1.c2")}),
                     {.schema = "foo"});
     }},
    {"op-0129",
     [](Operations& op) { op.add_column("somename", column("colname", String()), {.schema = "some.schema"}); }},
    {"op-0131", [](Operations& op) { op.add_column("t1", column("c1", Boolean(), {.nullable = false})); }},
    {"op-0132",
     [](Operations& op) {
       op.add_column("t1", column("c1", Integer(), {.nullable = false, .server_default = "12"}), {.schema = "foo"});
     }},
    {"op-0196", [](Operations& op) { op.drop_column("t1", "c1"); }},
    {"op-0245",
     [](Operations& op) {
       op.add_column("t1", column("some_column", Integer(), {.server_default = Computed("foo * 5")}));
     }},
    {"op-0260",
     [](Operations& op) {
       op.add_column("some_table", column("q", Integer(), {.primary_key = true}), {.inline_primary_key = true});
     }},
    {"op-0279", [](Operations& op) { op.add_column("t1", column("c1", Boolean())); }},
    {"op-0280", [](Operations& op) { op.add_column("t1", column("c1", Integer(), {.comment = "c1 comment"})); }},
    {"op-0338",
     [](Operations& op) {
       op.add_column("users",
                     column("ts", DateTime{.timezone = true}, {.nullable = false, .server_default = text("now()")}));
     }},
    {"op-0339",
     [](Operations& op) {
       op.add_column("users", column("oid", Integer(), {.foreign_key = ForeignKey("orders.id")}));
     }},
    {"op-0342",
     [](Operations& op) {
       op.add_column("users", column("oid", Integer(), {.foreign_key = ForeignKey("orders.id", {.name = "fk_oid"})}),
                     {.inline_references = true});
     }},
    {"op-0343", [](Operations& op) { op.add_column("users", column("c1", Integer(), {.unique = true})); }},
    {"op-0344",
     [](Operations& op) { op.add_column("users", column("c1", Integer(), {.unique = true, .index = true})); }},
    {"op-0346",
     [](Operations& op) {
       op.add_column("users", column("c1", Integer(), {.check = CheckConstraint("c1 > 0", {.name = "ck_c1"})}));
     }},
    {"op-0347", [](Operations& op) { op.add_column("users", column("c1", Integer(), {.comment = "a comment"})); }},
    {"op-0348", [](Operations& op) { op.add_column("users", column("c1", Integer()), {.if_not_exists = true}); }},
    {"op-0350",
     [](Operations& op) {
       op.add_column("users", column("c1", Integer(), {.server_default = Identity{.always = true}}));
     }},
    {"op-0351",
     [](Operations& op) {
       op.add_column("users", column("c1", Integer(), {.server_default = Identity{.start = 10, .increment = 2}}));
     }},
    {"op-0352",
     [](Operations& op) { op.add_column("users", column("c1", Integer(), {.server_default = Computed("age * 2")})); }},
    {"op-0354",
     [](Operations& op) {
       op.add_column("users", column("m2", Enum("not_created", {"a", "b"})));
     }},
    {"op-0357", [](Operations& op) { op.add_column("users", column("b", Boolean())); }},
    {"op-0360", [](Operations& op) { op.drop_column("users", "name", {.schema = "app"}); }},
};

}  // namespace

std::span<const OpSqlCase> add_column_cases() {
  return cases;
}

}  // namespace support::tests
