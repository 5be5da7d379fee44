#include "tests/conformance/op_sql_cases.hpp"

namespace support::tests {
namespace {

using namespace schema;
using alembic::Operations;

constexpr OpSqlCase cases[] = {
    {"op-0001",
     [](Operations& op) {
       op.bulk_insert(
           "ins_table", {"id", "v1", "v2"},
           {{1, "row v1", "row v5"}, {2, "row v2", "row v6"}, {3, "row v3", "row v7"}, {4, "row v4", "row v8"}});
     }},
    {"op-0005",
     [](Operations& op) {
       op.bulk_insert("ins_table", {"id", "v1", "v2"}, {{1, "row v1", "row v5"}});
     }},
    {"op-0007", [](Operations& op) { op.bulk_insert("ins_table", {"v1"}, {{"row v1"}}); }},
    {"op-0216", [](Operations& op) { op.execute("SELECT 'test'"); }},
    {"op-0448",
     [](Operations& op) {
       op.bulk_insert("users", {"name", "email"}, {{"a", "a"}, {"b", "b"}});
     }},
    {"op-0450",
     [](Operations& op) {
       op.bulk_insert("x", {"d", "ts", "b", "n", "f"},
                      {{"2020-01-02", "2020-01-02 03:04:05", true, std::nullopt, 1.5}});
     }},
    {"op-0452",
     [](Operations& op) {
       op.bulk_insert("users", {"name", "email"}, {{"100%", "%s %(x)s"}});
     }},
    {"op-0453", [](Operations& op) { op.execute("UPDATE users SET age = 5"); }},
};

}  // namespace

std::span<const OpSqlCase> data_cases() {
  return cases;
}

}  // namespace support::tests
