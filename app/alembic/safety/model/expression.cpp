#include "app/alembic/safety/model/expression.hpp"

#include <algorithm>

namespace support::alembic::safety {

namespace {

std::string column_of(const Node& reference) {
  const auto fields = reference.items("fields");
  return fields.empty() ? std::string() : std::string(fields.back().text("sval"));
}

bool is_volatile(const Node& call, const SchemaModel& model) {
  const auto parts = call.strings("funcname");
  if (parts.empty()) return true;
  const bool qualified = parts.size() > 1 && parts.front() != "pg_catalog";
  if (const auto known = model.functions.find(parts.back()); known != model.functions.end()) {
    return known->second == Volatility::changing;
  }
  if (qualified) return true;
  return builtin_volatility(parts.back()).value_or(Volatility::changing) == Volatility::changing;
}

}  // namespace

std::string function_name(const Node& call) {
  const auto parts = call.strings("funcname");
  return parts.empty() ? std::string() : parts.back();
}

std::string volatile_call(const Node& expression, const SchemaModel& model) {
  std::string found;
  expression.walk([&](const Node& node) {
    if (found.empty() && node.is("FuncCall") && is_volatile(node, model)) found = function_name(node);
  });
  return found;
}

std::vector<std::string> mentioned_columns(const Node& expression) {
  std::vector<std::string> columns;
  expression.walk([&](const Node& node) {
    if (!node.is("ColumnRef")) return;
    auto column = column_of(node);
    if (!column.empty() && std::find(columns.begin(), columns.end(), column) == columns.end()) {
      columns.push_back(std::move(column));
    }
  });
  return columns;
}

std::vector<std::string> proven_not_null(const Node& expression) {
  if (expression.is("NullTest") && expression.text("nulltesttype") == "IS_NOT_NULL" &&
      expression["arg"].is("ColumnRef")) {
    return {column_of(expression["arg"])};
  }
  std::vector<std::string> columns;
  if (expression.is("BoolExpr") && expression.text("boolop") == "AND_EXPR") {
    for (const auto& part : expression.items("args")) {
      for (auto& column : proven_not_null(part)) columns.push_back(std::move(column));
    }
  }
  return columns;
}

std::vector<Comparison> comparisons(const Node& expression) {
  std::vector<Comparison> result;
  if (expression.is("BoolExpr") && expression.text("boolop") == "AND_EXPR") {
    for (const auto& part : expression.items("args")) {
      for (auto& comparison : comparisons(part)) result.push_back(std::move(comparison));
    }
    return result;
  }
  if (!expression.is("A_Expr") || !expression["lexpr"].is("ColumnRef")) return result;
  const auto kind = expression.text("kind");
  const auto name = expression.strings("name");
  Comparison comparison{.column = column_of(expression["lexpr"]), .op = name.empty() ? "" : name.back()};
  if (kind == "AEXPR_IN") {
    for (const auto& item : expression["rexpr"].items("items")) comparison.values.push_back(item.constant());
    result.push_back(std::move(comparison));
  } else if (kind == "AEXPR_OP") {
    comparison.values = {expression["rexpr"].constant()};
    result.push_back(std::move(comparison));
  }
  return result;
}

bool is_always_true(const Node& condition) {
  if (condition.is("A_Const")) return condition.constant() == "true";
  if (condition.is("TypeCast")) {
    const auto text = condition.constant();
    return text == "t" || text == "true";
  }
  if (condition.is("A_Expr") && condition.text("kind") == "AEXPR_OP") {
    const auto name = condition.strings("name");
    const auto left = condition["lexpr"];
    const auto right = condition["rexpr"];
    const bool constants = left.is("A_Const") && right.is("A_Const");
    const bool same = constants && left.canonical() == right.canonical();
    if (name.size() != 1 || !constants) return false;
    if (name[0] == "=") return same;
    if (name[0] == "<>") return !same;
    return (name[0] == "<=" || name[0] == ">=") && same;
  }
  if (!condition.is("BoolExpr")) return false;
  const auto parts = condition.items("args");
  if (condition.text("boolop") == "OR_EXPR") return std::any_of(parts.begin(), parts.end(), is_always_true);
  if (condition.text("boolop") == "AND_EXPR") return std::all_of(parts.begin(), parts.end(), is_always_true);
  return parts.size() == 1 && parts[0].is("A_Const") && parts[0].constant() == "false";
}

}  // namespace support::alembic::safety
