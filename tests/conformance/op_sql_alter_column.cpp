#include "tests/conformance/op_sql_cases.hpp"

namespace support::tests {
namespace {

using namespace schema;
using alembic::Operations;

constexpr OpSqlCase cases[] = {
    {"op-0017",
     [](Operations& op) {
       op.alter_column("user", "theme",
                       {.comment = "Column comment with 'quotes'",
                        .existing_type = String(20),
                        .existing_nullable = true,
                        .schema = "dbo"});
     }},
    {"op-0020",
     [](Operations& op) { op.alter_column("tests", "col", {.nullable = false, .existing_type = Boolean()}); }},
    {"op-0021",
     [](Operations& op) {
       op.alter_column("t1", "c1",
                       {.comment = std::nullopt, .existing_type = String(50), .existing_comment = "existing comment"});
     }},
    {"op-0022", [](Operations& op) { op.alter_column("t", "c", {.server_default = std::nullopt}); }},
    {"op-0023", [](Operations& op) { op.alter_column("t", "c", {.server_default = std::nullopt, .schema = "xyz"}); }},
    {"op-0024", [](Operations& op) { op.alter_column("t", "c", {.nullable = false, .existing_type = Integer()}); }},
    {"op-0025", [](Operations& op) { op.alter_column("t", "c", {.type_ = Integer(), .nullable = false}); }},
    {"op-0030", [](Operations& op) { op.alter_column("t", "c", {.new_column_name = "SomeFancyName"}); }},
    {"op-0033", [](Operations& op) { op.alter_column("t", "c", {.type_ = Integer(), .nullable = true}); }},
    {"op-0035", [](Operations& op) { op.alter_column("t", "c", {.type_ = String(99), .existing_nullable = false}); }},
    {"op-0061",
     [](Operations& op) { op.alter_column("t", "c", {.server_default = std::nullopt, .existing_type = Integer()}); }},
    {"op-0062",
     [](Operations& op) {
       op.alter_column("t1", "c1",
                       {.nullable = false, .existing_type = Integer(), .existing_comment = "existing column comment"});
     }},
    {"op-0064", [](Operations& op) { op.alter_column("t", "c", {.server_default = "1"}); }},
    {"op-0065",
     [](Operations& op) {
       op.alter_column("t1", "c1", {.type_ = Integer(), .nullable = false, .server_default = std::nullopt});
     }},
    {"op-0066",
     [](Operations& op) {
       op.alter_column(
           "t1", "c1",
           {.nullable = false, .comment = "This is a column comment", .existing_comment = "existing column comment"});
     }},
    {"op-0067",
     [](Operations& op) {
       op.alter_column("t", "c", {.type_ = Integer(), .server_default = std::nullopt, .existing_type = Boolean()});
     }},
    {"op-0071", [](Operations& op) { op.alter_column("t1", "c1", {.nullable = false}); }},
    {"op-0072",
     [](Operations& op) { op.alter_column("t1", "c1", {.nullable = false, .existing_server_default = "5"}); }},
    {"op-0088", [](Operations& op) { op.alter_column("t1", "c1", {.new_column_name = "c2"}); }},
    {"op-0090",
     [](Operations& op) { op.alter_column("t1", "c1", {.new_column_name = "newc1", .existing_nullable = false}); }},
    {"op-0092", [](Operations& op) { op.alter_column("my table", "column one", {.new_column_name = "column two"}); }},
    {"op-0093",
     [](Operations& op) { op.alter_column("t1", "c1", {.server_default = text("utc_thing(CURRENT_TIMESTAMP)")}); }},
    {"op-0094",
     [](Operations& op) { op.alter_column("t1", "c1", {.new_column_name = "c2", .existing_server_default = "q"}); }},
    {"op-0151", [](Operations& op) { op.alter_column("t", "c", {.nullable = false}); }},
    {"op-0155", [](Operations& op) { op.alter_column("t", "c", {.nullable = true, .schema = "foo"}); }},
    {"op-0156", [](Operations& op) { op.alter_column("t", "c", {.new_column_name = "x", .schema = "foo"}); }},
    {"op-0161",
     [](Operations& op) {
       op.alter_column("t", "c", {.type_ = Boolean(), .existing_nullable = false, .schema = "foo"});
     }},
    {"op-0162",
     [](Operations& op) {
       op.alter_column("t", "c", {.server_default = text("utc_thing(CURRENT_TIMESTAMP)"), .schema = "foo"});
     }},
    {"op-0165", [](Operations& op) { op.alter_column("t", "c", {.type_ = String(10), .existing_type = Boolean()}); }},
    {"op-0169", [](Operations& op) { op.alter_column("t", "c", {.type_ = Boolean()}); }},
    {"op-0171",
     [](Operations& op) { op.alter_column("t", "c", {.server_default = text("utc_thing(CURRENT_TIMESTAMP)")}); }},
    {"op-0173", [](Operations& op) { op.alter_column("t", "c", {.type_ = String(50)}); }},
    {"op-0220",
     [](Operations& op) {
       op.alter_column("t", "c", {.type_ = Integer(), .nullable = false, .existing_type = String(15)});
     }},
    {"op-0239", [](Operations& op) { op.alter_column("t", "c", {.type_ = Integer(), .comment = "c comment"}); }},
    {"op-0240", [](Operations& op) { op.alter_column("t", "c", {.type_ = Integer(), .comment = "c 'comment'"}); }},
    {"op-0241", [](Operations& op) { op.alter_column("t", "c", {.type_ = Integer(), .comment = std::nullopt}); }},
    {"op-0247",
     [](Operations& op) {
       op.alter_column("t1", "some_column", {.server_default = Identity{}, .existing_server_default = std::nullopt});
     }},
    {"op-0248",
     [](Operations& op) {
       op.alter_column("t1", "some_column",
                       {.server_default = Identity{.always = true}, .existing_server_default = std::nullopt});
     }},
    {"op-0251",
     [](Operations& op) { op.alter_column("t", "c", {.comment = "This is a column 'comment'", .schema = "foo"}); }},
    {"op-0252",
     [](Operations& op) { op.alter_column("T", "C", {.comment = "This is a column comment", .schema = "foo"}); }},
    {"op-0253", [](Operations& op) { op.alter_column("t", "c", {.type_ = Integer(), .using_ = "c::integer"}); }},
    {"op-0257",
     [](Operations& op) {
       op.alter_column(
           "t1", "some_column",
           {.server_default =
                Identity{.always = true, .start = 3, .increment = 1, .minvalue = -3, .maxvalue = 99, .cycle = true},
            .existing_server_default =
                Identity{.always = true, .start = 3, .increment = 2, .minvalue = -3, .maxvalue = 99}});
     }},
    {"op-0258",
     [](Operations& op) {
       op.alter_column("t1", "some_column",
                       {.server_default = Identity{.start = 3, .cache = 2},
                        .existing_server_default = Identity{.start = 3, .minvalue = 0, .maxvalue = 9999}});
     }},
    {"op-0282", [](Operations& op) { op.alter_column("t1", "old", {.new_column_name = "new"}); }},
    {"op-0363", [](Operations& op) { op.alter_column("users", "email", {.nullable = true}); }},
    {"op-0364", [](Operations& op) { op.alter_column("users", "name", {.type_ = String(80)}); }},
    {"op-0366",
     [](Operations& op) { op.alter_column("users", "old_name", {.type_ = Jsonb(), .using_ = "\"old_name\"::jsonb"}); }},
    {"op-0367", [](Operations& op) { op.alter_column("users", "name", {.server_default = "abc"}); }},
    {"op-0370", [](Operations& op) { op.alter_column("users", "note", {.server_default = std::nullopt}); }},
    {"op-0371", [](Operations& op) { op.alter_column("users", "name", {.new_column_name = "full_name"}); }},
    {"op-0372",
     [](Operations& op) { op.alter_column("users", "name", {.new_column_name = "full_name", .schema = "app"}); }},
    {"op-0374", [](Operations& op) { op.alter_column("users", "name", {.comment = "the user's name"}); }},
    {"op-0376",
     [](Operations& op) {
       op.alter_column("users", "name",
                       {.type_ = String(99),
                        .nullable = false,
                        .server_default = "q",
                        .comment = "cc",
                        .new_column_name = "fname",
                        .existing_type = String(50),
                        .existing_nullable = true});
     }},
    {"op-0377",
     [](Operations& op) {
       op.alter_column("users", "name", {.type_ = String(99), .nullable = false, .schema = "app"});
     }},
    {"op-0378",
     [](Operations& op) { op.alter_column("orders", "ident", {.server_default = Identity{.always = true}}); }},
    {"op-0380",
     [](Operations& op) {
       op.alter_column("orders", "id", {.server_default = std::nullopt, .existing_server_default = Identity{}});
     }},
    {"op-0381",
     [](Operations& op) {
       op.alter_column("orders", "id",
                       {.server_default = Identity{.always = true}, .existing_server_default = Identity{}});
     }},
    {"op-0382",
     [](Operations& op) {
       op.alter_column(
           "orders", "id",
           {.server_default = Identity{.start = 5, .increment = 7, .minvalue = 1, .maxvalue = 99999, .cycle = true},
            .existing_server_default = Identity{.start = 1}});
     }},
    {"op-0471", [](Operations& op) { op.alter_column("users", "data", {.server_default = text("'{}'::jsonb")}); }},
    {"op-0472", [](Operations& op) { op.alter_column("users", "age", {.server_default = text("false")}); }},
};

}  // namespace

std::span<const OpSqlCase> alter_column_cases() {
  return cases;
}

}  // namespace support::tests
