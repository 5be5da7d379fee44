// Enums, domains, composite types, sequences, materialized views.
#include <algorithm>

#include <fmt/format.h>

#include "app/alembic/safety/rules/checks.hpp"

namespace support::alembic::safety {

namespace {

void check_enum(Examination& examination) {
  const auto& node = examination.node;
  const auto type = type_key(node.strings("typeName"));
  if (examination.model.is_new_type(type)) return;
  if (!node.text("oldVal").empty()) {
    examination.report(
        "rename-enum-value",
        {.message = fmt::format("Programs that know '{}' of {} fail at once.", node.text("oldVal"), type),
         .safer = fmt::format("ALTER TYPE {} ADD VALUE '{}' AFTER '{}';\n-- move rows in batches, then stop "
                              "using '{}'",
                              type, node.text("newVal"), node.text("oldVal"), node.text("oldVal"))});
    return;
  }
  if (node.text("newValNeighbor").empty()) {
    examination.report("enum-value-without-position",
                       {.message = fmt::format("'{}' sorts behind all other values of {}.", node.text("newVal"), type),
                        .safer = fmt::format("ALTER TYPE {} ADD VALUE '{}' AFTER '…';", type, node.text("newVal"))});
  }
  if (examination.options.server_version < 12 && examination.session.in_transaction()) {
    examination.report("enum-add-value-in-transaction",
                       {.message = "Before PostgreSQL 12, ADD VALUE is refused inside a transaction (25001).",
                        .safer = "-- transactional: false"});
  }
}

bool has_constant(const Node& node, const std::string& value) {
  bool found = false;
  node.walk([&](const Node& part) { found |= part.is("A_Const") && part["sval"] && part.constant() == value; });
  return found;
}

void check_enum_use(Examination& examination) {
  const auto& node = examination.node;
  if (node.is("AlterEnumStmt") || is_session_statement(node) || !examination.session.in_transaction()) return;
  for (const auto& value : examination.session.new_enum_values()) {
    if (examination.model.is_new_type(value.type) || !has_constant(node, value.value)) continue;
    examination.report(
        "enum-value-used-in-same-transaction",
        {.message = fmt::format("'{}' was added to {} by this transaction, and can't be used before it is "
                                "committed (55P04).",
                                value.value, value.type),
         .safer = "-- next migration:\n" + examination.statement.sql + ";"});
  }
}

void check_domain(Examination& examination) {
  const auto& node = examination.node;
  const auto subtype = node.text("subtype");
  const bool adds = subtype == "C" && !node["def"].flag("skip_validation");
  if (!adds && subtype != "O" && subtype != "V") return;
  const auto domain = type_key(node.strings("typeName"));
  const auto known = examination.model.types.find(domain);
  const auto users = examination.model.users_of(domain);
  if (known != examination.model.types.end() && users.empty()) return;
  const auto first = users.empty() ? std::string("each table with a column of it") : quoted(users.front());
  examination.report(
      "alter-domain-constraint",
      {.message = fmt::format("The constraint of domain {} is tested for all rows of {}{}.", domain, first,
                              users.size() > 1 ? fmt::format(" and {} more", users.size() - 1) : ""),
       .relation = users.empty() ? std::string() : users.front().text(),
       .lock = LockMode::share,
       .held = Held::scan,
       .safer = subtype == "C"
                    ? fmt::format("{} NOT VALID;\n-- in a quiet hour:\nALTER DOMAIN {} VALIDATE CONSTRAINT {};",
                                  examination.statement.sql, domain, quoted(node["def"].text("conname")))
                    : std::string(),
       .severity = subtype == "V" ? Severity::warning : Severity::error});
}

void check_create_domain(Examination& examination) {
  for (const auto& constraint : examination.node.items("constraints")) {
    const auto type = constraint.text("contype");
    if (type != "CONSTR_CHECK" && type != "CONSTR_NOTNULL") continue;
    examination.report(
        "create-domain-with-constraint",
        {.message = fmt::format("Columns of {} can't be added to a table without writing it anew, and a change of "
                                "the constraint reads all tables that use it.",
                                type_key(examination.node.strings("domainname"))),
         .safer = fmt::format("CREATE DOMAIN {} AS {};", type_key(examination.node.strings("domainname")),
                              read_type(examination.node["typeName"]).text())});
    return;
  }
}

void check_composite(Examination& examination) {
  const auto& node = examination.node;
  const std::string type(node["relation"].text("relname"));
  for (const auto& command : node.items("cmds")) {
    if (command.text("behavior") != "DROP_CASCADE") continue;
    const auto users = examination.model.users_of(type);
    examination.report("cascaded-type-change",
                       {.message = fmt::format("All tables of type {} are changed with it.", type),
                        .relation = users.empty() ? type : users.front().text(),
                        .lock = LockMode::access_exclusive});
    return;
  }
}

void check_sequence(Examination& examination) {
  const auto sequence = examination.model.resolve(examination.node["sequence"]);
  if (examination.model.is_new(sequence)) return;
  examination.report("alter-sequence-lock",
                     {.message = fmt::format("nextval() of {} waits behind it.", quoted(sequence)),
                      .relation = sequence.text(),
                      .lock = LockMode::share_row_exclusive});
}

void check_refresh(Examination& examination) {
  const auto& node = examination.node;
  if (node.flag("concurrent") || node.flag("skipData") || examination.target_is_new()) return;
  examination.report("refresh-matview-not-concurrent",
                     {.message = fmt::format("{} can't be read until its query has run.", quoted(examination.target())),
                      .relation = examination.target().text(),
                      .lock = LockMode::access_exclusive,
                      .held = Held::rewrite,
                      .safer = fmt::format("-- needs a unique index without a condition on {0}\n"
                                           "REFRESH MATERIALIZED VIEW CONCURRENTLY {0};",
                                           quoted(examination.target()))});
}

void check_vector(Examination& examination) {
  if (examination.model.extensions.contains("vector") || examination.node.is("CreateFunctionStmt")) return;
  bool uses = false;
  examination.node.walk([&](const Node& part) {
    if (!part.is("ColumnDef") || !part["typeName"]) return;
    const auto type = read_type(part["typeName"]).name;
    uses |= type == "vector" || type == "halfvec" || type == "sparsevec";
  });
  if (!uses) return;
  examination.report(
      "vector-before-extension",
      {.message = "Neither this migration nor an earlier one creates the extension vector, whose type this uses.",
       .relation = examination.target().text(),
       .safer = "CREATE EXTENSION IF NOT EXISTS vector;"});
}

}  // namespace

void check_types(Examination& examination) {
  const auto& node = examination.node;
  check_enum_use(examination);
  check_vector(examination);
  if (node.is("AlterEnumStmt")) return check_enum(examination);
  if (node.is("AlterDomainStmt")) return check_domain(examination);
  if (node.is("CreateDomainStmt")) return check_create_domain(examination);
  if (node.is("AlterSeqStmt")) return check_sequence(examination);
  if (node.is("RefreshMatViewStmt")) return check_refresh(examination);
  if (node.is("AlterTableStmt") && node.text("objtype") == "OBJECT_TYPE") return check_composite(examination);
  if (node.is("CreateEnumStmt")) {
    examination.report("create-enum", {.message = "Values can be added to an enum, but never removed.",
                                       .safer = "-- a lookup table with a foreign key, or text with a CHECK"});
  }
}

}  // namespace support::alembic::safety
