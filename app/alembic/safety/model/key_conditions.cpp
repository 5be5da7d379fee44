#include "app/alembic/safety/model/key_conditions.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "app/alembic/safety/model/expression.hpp"

namespace support::alembic::safety {

namespace {

bool looks_like_key(std::string_view column, const RelationName& table) {
  return column == "id" || column == "uuid" || column == "guid" || column == "pk" || column == "ctid" ||
         (column.ends_with("_id") && table.name.starts_with(column.substr(0, column.size() - 3)));
}

bool is_constant(const Node& value) {
  bool mentions = false;
  value.walk([&](const Node& node) { mentions |= node.is("ColumnRef") || node.is("SubLink"); });
  return !mentions;
}

std::optional<std::int64_t> whole_number(const std::string& text) {
  std::int64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return value;
}

}  // namespace

bool is_key(const SchemaModel& model, const RelationName& table, const std::string& column) {
  if (column == "ctid") return true;
  const auto* relation = model.find(table);
  if (relation == nullptr || !relation->complete) return looks_like_key(column, table);
  return std::any_of(relation->indexes.begin(), relation->indexes.end(), [&](const Index& index) {
    return index.unique && index.keys.size() == 1 && index.keys.front().column == column;
  });
}

KeyConditions::KeyConditions(const SchemaModel& model, RelationName table, std::string_view alias,
                             const Node& condition)
    : model_(model), table_(std::move(table)), alias_(alias.empty() ? std::string_view(table_.name) : alias) {
  if (condition) read(condition);
}

bool KeyConditions::bounds() const {
  return has_value_ || std::any_of(lower_.begin(), lower_.end(), [this](const Limit& lower) {
           return std::any_of(upper_.begin(), upper_.end(),
                              [&](const Limit& upper) { return upper.column == lower.column; });
         });
}

bool KeyConditions::picks_at_most(std::int64_t rows) const {
  if (has_value_) return true;
  for (const auto& lower : lower_) {
    for (const auto& upper : upper_) {
      const auto from = whole_number(lower.value);
      const auto to = whole_number(upper.value);
      if (lower.column != upper.column || !from || !to) continue;
      std::int64_t length = 0;
      if (!__builtin_sub_overflow(*to, *from, &length) && length <= rows) return true;
    }
  }
  return false;
}

void KeyConditions::read(const Node& condition) {
  if (condition.is("BoolExpr") && condition.text("boolop") == "AND_EXPR") {
    for (const auto& part : condition.items("args")) read(part);
    return;
  }
  if (!condition.is("A_Expr")) return;
  const auto column = own_column(condition["lexpr"]);
  if (column.empty() || !is_key(model_, table_, column) || !is_constant(condition["rexpr"])) return;
  const auto kind = condition.text("kind");
  const auto names = condition.strings("name");
  const auto op = names.empty() ? std::string() : names.back();
  has_value_ |= op == "=" && (kind == "AEXPR_OP" || kind == "AEXPR_IN" || kind == "AEXPR_OP_ANY");
  if (kind == "AEXPR_BETWEEN") {
    const auto ends = condition["rexpr"].items("items");
    lower_.push_back({column, ends.empty() ? std::string() : ends.front().constant()});
    upper_.push_back({column, ends.empty() ? std::string() : ends.back().constant()});
  }
  if (kind != "AEXPR_OP") return;
  if (op == ">" || op == ">=") lower_.push_back({column, condition["rexpr"].constant()});
  if (op == "<" || op == "<=") upper_.push_back({column, condition["rexpr"].constant()});
}

// A column of this table and no other of the statement.
std::string KeyConditions::own_column(const Node& reference) const {
  if (!reference.is("ColumnRef")) return {};
  const auto parts = reference.strings("fields");
  if (parts.empty() || (parts.size() > 1 && parts[parts.size() - 2] != alias_)) return {};
  return parts.back();
}

bool has_limit(const Node& statement) {
  bool found = false;
  statement.walk([&](const Node& node) { found |= node.is("SelectStmt") && static_cast<bool>(node["limitCount"]); });
  return found;
}

}  // namespace support::alembic::safety
