// Section F: off unless it is asked for.
#include <fmt/format.h>

#include "app/alembic/safety/rules/checks.hpp"

namespace support::alembic::safety {

namespace {

constexpr std::size_t longest_identifier = 63;

void check_type(Examination& examination, const Node& type_name) {
  const auto type = read_type(type_name);
  const auto say = [&](std::string_view rule) {
    examination.report(
        rule, {.message = fmt::format("The type is {}.", type.text()), .relation = examination.target().text()});
  };
  if (type.name == "int4" || type.name == "int2" || type.name == "serial" || type.name == "smallserial")
    say("prefer-bigint");
  if (is_serial(type)) say("prefer-identity");
  if (type.name == "timestamp") say("prefer-timestamptz");
  if (type.name == "json") say("prefer-jsonb");
  if (type.name == "varchar" && !type.modifiers.empty()) say("prefer-text-over-varchar");
  if (type.name == "bpchar") say("prefer-text-over-char");
  if (type.name == "money") say("avoid-money");
  if (type.name == "float4" || type.name == "float8") say("avoid-float");
}

void check_names(Examination& examination) {
  const auto& sql = examination.statement.sql;
  if (sql.size() <= longest_identifier) return;
  for (const auto& token : scan(sql)) {
    if (token.kind != Token::Kind::identifier) continue;
    const auto length = token.text.size() - (token.text.front() == '"' ? 2 : 0);
    if (length <= longest_identifier) continue;
    examination.report("identifier-too-long", {.message = fmt::format("{} has {} bytes; PostgreSQL keeps the first {}.",
                                                                      token.text, length, longest_identifier)});
    return;
  }
}

}  // namespace

void check_style(Examination& examination) {
  if (examination.options.enabled.empty()) return;
  const auto& node = examination.node;
  if (node.is("CreateStmt") || node.is("AlterTableStmt")) {
    node.walk([&](const Node& part) {
      if (part.is("ColumnDef") && part["typeName"]) check_type(examination, part["typeName"]);
    });
  }
  if (node.is("CreateStmt") && node["relation"].text("schemaname").empty() &&
      node["relation"].text("relpersistence") != "t") {
    examination.report("require-schema-name", {.message = fmt::format("{} goes to the first schema of search_path.",
                                                                      quoted(examination.target())),
                                               .relation = examination.target().text()});
  }
  if (node.is("IndexStmt") && !node.flag("unique") && node.items("indexParams").size() > 3) {
    examination.report("wide-index",
                       {.message = fmt::format("The index has {} columns.", node.items("indexParams").size()),
                        .relation = examination.target().text()});
  }
  if (!is_data_statement(node)) check_names(examination);
}

}  // namespace support::alembic::safety
