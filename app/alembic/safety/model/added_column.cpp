#include "app/alembic/safety/model/added_column.hpp"

#include "app/alembic/safety/model/expression.hpp"

namespace support::alembic::safety {

AddedColumn::AddedColumn(const Node& column_definition) : definition(column_definition) {
  name = definition.text("colname");
  type = read_type(definition["typeName"]);
  is_serial_type = is_serial(type);
  for (const auto& constraint : definition.items("constraints")) {
    const auto kind = constraint.text("contype");
    if (kind == "CONSTR_DEFAULT") default_value = constraint["raw_expr"];
    if (kind == "CONSTR_NOTNULL" || kind == "CONSTR_PRIMARY") is_not_null = true;
    if (kind == "CONSTR_IDENTITY") is_identity = true;
    if (kind == "CONSTR_GENERATED") generated = constraint;
  }
}

std::string AddedColumn::volatile_default(const SchemaModel& model) const {
  if (!default_value || is_identity) return {};
  return volatile_call(default_value, model);
}

bool AddedColumn::fills_rows(const SchemaModel& model, unsigned server_version) const {
  return !volatile_default(model).empty() || (server_version < 11 && has_default()) || is_serial_type || is_identity ||
         is_stored() || model.is_constrained_domain(type);
}

}  // namespace support::alembic::safety
