#include "app/alembic/autogenerate/redundant_defaults.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace support::alembic::autogenerate {
namespace {

using Value = alembic::Change<schema::ServerDefault>;
using ColumnKey = std::tuple<std::string, std::string, std::string>;

// What is known of a column's default at a step.
struct Known {
  Value value;
  std::size_t step = 0;      // that made it so
  bool was_dropped = false;  // there was none before that step
};

bool is_expression(const Value& change) {
  const auto* value = change.value();
  return value == nullptr || std::holds_alternative<std::string>(*value) ||
         std::holds_alternative<schema::TextClause>(*value);
}

// A step that says nothing but a default. Identities and generated columns are another matter.
const AlterColumn* default_alone(const PlannedStep& step) {
  const auto* change = std::get_if<AlterColumn>(&step.operation);
  if (change == nullptr || !change->server_default.is_given() || !step.note.empty()) return nullptr;
  const bool says_more =
      change->type_ || change->nullable || change->comment.is_given() || !change->new_column_name.empty();
  if (says_more || !is_expression(change->server_default) || !is_expression(change->existing_server_default)) {
    return nullptr;
  }
  return change;
}

}  // namespace

Steps without_redundant_defaults(Steps steps) {
  std::map<ColumnKey, Known> columns;
  std::vector<bool> is_redundant(steps.size());
  for (std::size_t at = 0; at < steps.size(); ++at) {
    const auto* any = std::get_if<AlterColumn>(&steps[at].operation);
    if (any == nullptr) continue;
    // What happens to a column reaches those of children, which have its name.
    const auto is_other = [&](const auto& entry) {
      const auto& [schema, table, column] = entry.first;
      return column == any->column && (schema != any->schema || table != any->table);
    };
    if (any->server_default.is_given()) std::erase_if(columns, is_other);
    const ColumnKey key{any->schema, any->table, any->column};
    const auto* change = default_alone(steps[at]);
    if (change == nullptr) {
      if (any->server_default.is_given()) columns.erase(key);
      continue;
    }
    const auto known = columns.find(key);
    if (known == columns.end()) {
      columns[key] = {change->server_default, at};
      continue;
    }
    auto& before = known->second;
    if (before.value == change->server_default) {
      is_redundant[at] = true;
      continue;
    }
    const bool was_set_for_nothing = before.value.value() != nullptr && before.was_dropped;
    if (was_set_for_nothing) is_redundant[before.step] = true;
    const bool is_none = before.value.value() == nullptr || was_set_for_nothing;
    if (is_none && change->server_default.value() == nullptr) is_redundant[at] = true;
    before = {change->server_default, at, is_none};
  }
  Steps result;
  for (std::size_t at = 0; at < steps.size(); ++at) {
    if (!is_redundant[at]) result.push_back(std::move(steps[at]));
  }
  return result;
}

}  // namespace support::alembic::autogenerate
