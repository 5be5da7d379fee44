#include "app/alembic/safety/model/column_type_change.hpp"

#include <algorithm>

#include "app/alembic/safety/model/expression.hpp"

namespace support::alembic::safety {

namespace {

bool mentions(const std::vector<std::string>& columns, const std::string& column) {
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

// USING that only says what PostgreSQL would do by itself: the column, or the column cast to the new type.
bool is_plain_using(const Node& expression, const std::string& column, const TypeName& to) {
  if (!expression) return true;
  if (expression.is("ColumnRef")) return mentioned_columns(expression) == std::vector{column};
  return expression.is("TypeCast") && read_type(expression["typeName"]) == to &&
         is_plain_using(expression["arg"], column, to);
}

}  // namespace

TypeChange ColumnTypeChange::cost(const SchemaModel& model, SessionZone zone) const {
  if (!from || !plain_using) return TypeChange::rewrite;
  if (*from != to && model.is_constrained_domain(to)) return TypeChange::rewrite;
  return type_change(model.without_domain(*from), model.without_domain(to), zone);
}

bool ColumnTypeChange::reorders(TypeChange cost) const {
  return cost == TypeChange::index_rebuild || collation != (known == nullptr ? std::string() : known->collation);
}

ColumnTypeChange read_type_change(const Node& command, const Relation* relation) {
  ColumnTypeChange change{.column = std::string(command.text("name")), .to = read_type(command["def"]["typeName"])};
  const auto collation = command["def"]["collClause"].strings("collname");
  if (!collation.empty()) change.collation = collation.back();
  change.known = relation == nullptr ? nullptr : relation->column(change.column);
  if (change.known != nullptr) change.from = change.known->type;
  change.plain_using = is_plain_using(command["def"]["raw_default"], change.column, change.to);
  return change;
}

const Index* index_on(const Relation* relation, const std::string& column) {
  if (relation == nullptr) return nullptr;
  const auto& indexes = relation->indexes;
  const auto found =
      std::find_if(indexes.begin(), indexes.end(), [&](const Index& index) { return mentions(index.columns, column); });
  return found == indexes.end() ? nullptr : &*found;
}

const Constraint* check_on(const Relation* relation, const std::string& column) {
  if (relation == nullptr) return nullptr;
  const auto& constraints = relation->constraints;
  const auto found = std::find_if(constraints.begin(), constraints.end(), [&](const Constraint& constraint) {
    return constraint.kind == Constraint::Kind::check && constraint.valid && mentions(constraint.columns, column);
  });
  return found == constraints.end() ? nullptr : &*found;
}

}  // namespace support::alembic::safety
