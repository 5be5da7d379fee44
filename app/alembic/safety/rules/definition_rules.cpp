// What a definition says about rows to come: keys, CHECKs, UNLOGGED, IF NOT EXISTS.
#include <algorithm>

#include <fmt/format.h>

#include "app/alembic/safety/model/expression.hpp"
#include "app/alembic/safety/model/replay.hpp"
#include "app/alembic/safety/rules/checks.hpp"

namespace support::alembic::safety {

namespace {

void check_primary_key(Examination& examination) {
  const auto& node = examination.node;
  const auto range = node["relation"];
  if (range.text("relpersistence") == "t" || node["partbound"] || node["ofTypename"] ||
      !node.items("inhRelations").empty()) {
    return;
  }
  const auto elements = node.items("tableElts");
  if (std::any_of(elements.begin(), elements.end(), [](const Node& element) { return element.is("TableLikeClause"); }))
    return;
  examination.memory.pending.push_back(
      {.until = PendingFinding::Until::end_of_file,
       .unless = PendingFinding::Unless::has_primary_key,
       .relation = examination.target(),
       .statement = examination.number,
       .rule = "table-without-primary-key",
       .report = {.message = fmt::format("{} has no primary key.", quoted(examination.target())),
                  .relation = examination.target().text()}});
}

// A function that is known to be volatile; one that nobody knows is left in peace here.
std::string known_volatile_call(const Node& expression, const SchemaModel& model) {
  std::string found;
  expression.walk([&](const Node& node) {
    if (!found.empty() || !node.is("FuncCall")) return;
    const auto name = function_name(node);
    const auto user = model.functions.find(name);
    const auto volatility = user != model.functions.end() ? std::optional(user->second) : builtin_volatility(name);
    if (volatility == Volatility::changing) found = name;
  });
  return found;
}

void check_conditions(Examination& examination) {
  examination.node.walk([&](const Node& node) {
    if (!node.is("Constraint")) return;
    if (node.flag("not_enforced") && !node.flag("make_enforced")) {
      examination.report("not-enforced-constraint",
                         {.message = fmt::format("No row of {} is ever checked for it.", quoted(examination.target())),
                          .relation = examination.target().text()});
    }
    if (node.text("contype") != "CONSTR_CHECK") return;
    const auto function = known_volatile_call(node["raw_expr"], examination.model);
    if (function.empty()) return;
    examination.report("volatile-check-constraint",
                       {.message = fmt::format(
                            "The CHECK calls {}(), which may give another answer for the same row later.", function),
                        .relation = examination.target().text()});
  });
}

void report_no_op(Examination& examination, std::string_view what, const std::string& name) {
  examination.report(
      "if-not-exists-no-op",
      {.message = fmt::format("{} {} exists already, so this does nothing, even if it is another one.", what, name),
       .relation = examination.target().text()});
}

void check_existing(Examination& examination) {
  const auto& node = examination.node;
  const auto* relation = examination.known_target();
  if (node.is("CreateStmt") && node.flag("if_not_exists") && relation != nullptr && relation->complete) {
    report_no_op(examination, "Table", quoted(relation->name));
  }
  if (node.is("IndexStmt") && node.flag("if_not_exists") && !node.text("idxname").empty()) {
    const auto index = read_index(node, examination.model);
    if (examination.model.index(index.name) != nullptr) report_no_op(examination, "Index", quoted(index.name.name));
  }
  for (const auto& command : node.items("cmds")) {
    const auto column = command["def"].text("colname");
    if (command.text("subtype") == "AT_AddColumn" && command.flag("missing_ok") && relation != nullptr &&
        relation->column(column) != nullptr) {
      report_no_op(examination, "Column", quoted(column));
    }
  }
}

bool is_repeatable_command(Examination& examination, const Node& command) {
  const auto subtype = command.text("subtype");
  auto& dropped = examination.memory.dropped_if_exists;
  if (subtype == "AT_AddColumn" || subtype == "AT_DropColumn") return command.flag("missing_ok");
  if (subtype == "AT_DropConstraint") {
    if (command.flag("missing_ok")) dropped.emplace_back(command.text("name"));
    return command.flag("missing_ok");
  }
  if (subtype == "AT_AddConstraint") {
    // Once dropped it can be added once.
    const auto found = std::find(dropped.begin(), dropped.end(), command["def"].text("conname"));
    if (found == dropped.end()) return false;
    dropped.erase(found);
  }
  return true;
}

bool is_repeatable(Examination& examination) {
  const auto& node = examination.node;
  if (node.is("CreateStmt") || node.is("CreateTableAsStmt") || node.is("CreateSeqStmt") ||
      node.is("CreateSchemaStmt") || node.is("CreateExtensionStmt")) {
    return node.flag("if_not_exists");
  }
  if (node.is("IndexStmt")) {
    const auto& dropped = examination.memory.dropped_if_exists;
    return node.flag("if_not_exists") ||
           std::find(dropped.begin(), dropped.end(), node.text("idxname")) != dropped.end();
  }
  if (node.is("DropStmt")) return node.flag("missing_ok");
  if (node.is("ViewStmt") || node.is("CreateFunctionStmt")) return node.flag("replace");
  if (node.is("CreateEnumStmt") || node.is("CompositeTypeStmt") || node.is("CreateDomainStmt")) return false;
  if (node.is("AlterEnumStmt")) return node.flag("skipIfNewValExists");
  bool repeatable = true;
  for (const auto& command : node.items("cmds")) repeatable = is_repeatable_command(examination, command) && repeatable;
  return repeatable;
}

void check_repeatable(Examination& examination) {
  // `migrate upgrade` takes an interrupted step up behind what it has done.
  if (examination.options.timeouts == Timeouts::by_engine) return;
  if (is_repeatable(examination) || examination.session.in_transaction() || examination.file_size < 2) return;
  examination.report(
      "non-idempotent-outside-transaction",
      {.message = "It stays when a later statement fails, and then fails itself when the migration is run again."});
}

void check_row_security(Examination& examination) {
  for (const auto& command : examination.node.items("cmds")) {
    if (command.text("subtype") != "AT_EnableRowSecurity") continue;
    const auto* relation = examination.known_target();
    if (relation != nullptr && relation->policies > 0) continue;
    examination.memory.pending.push_back(
        {.until = PendingFinding::Until::end_of_file,
         .unless = PendingFinding::Unless::has_policy,
         .relation = examination.target(),
         .statement = examination.number,
         .rule = "rls-enabled-without-policy",
         .report = {.message = fmt::format("{} has no policy yet, so all but its owner see no rows.",
                                           quoted(examination.target())),
                    .relation = examination.target().text(),
                    .safer = fmt::format("CREATE POLICY own_rows ON {} USING (true /* who sees which rows */);",
                                         quoted(examination.target()))}});
  }
}

}  // namespace

void check_definitions(Examination& examination) {
  const auto& node = examination.node;
  check_repeatable(examination);
  if (node.is("IndexStmt")) return check_existing(examination);
  if (!node.is("CreateStmt") && !node.is("AlterTableStmt")) return;
  check_existing(examination);
  check_conditions(examination);
  check_row_security(examination);
  if (!node.is("CreateStmt")) return;
  check_primary_key(examination);
  if (node["relation"].text("relpersistence") == "u") {
    examination.report("unlogged-table", {.message = fmt::format("{} is empty after a crash, and on every replica.",
                                                                 quoted(examination.target())),
                                          .relation = examination.target().text()});
  }
}

}  // namespace support::alembic::safety
