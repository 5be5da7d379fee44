#include "tests/support/random_schema/model.hpp"

#include "app/schema/quoting.hpp"

namespace support::tests::random_schema {

const Table* Model::table(Id id) const {
  return find(tables, id);
}

const View* Model::view(Id id) const {
  return find(views, id);
}

const Routine* Model::routine(Id id) const {
  return find(routines, id);
}

const Table* Model::table_of_column(Id column) const {
  for (const auto& table : tables) {
    if (find(table.columns, column) != nullptr) return &table;
  }
  return nullptr;
}

const Table* Model::table_of_constraint(Id constraint) const {
  for (const auto& table : tables) {
    if (find(table.constraints, constraint) != nullptr) return &table;
  }
  return nullptr;
}

const Column* Model::column(Id id) const {
  const auto* table = table_of_column(id);
  return table == nullptr ? nullptr : find(table->columns, id);
}

const ViewColumn* Model::view_column(Id id) const {
  for (const auto& view : views) {
    if (const auto* column = find(view.columns, id)) return column;
  }
  return nullptr;
}

const Constraint* Model::constraint(Id id) const {
  const auto* table = table_of_constraint(id);
  return table == nullptr ? nullptr : find(table->constraints, id);
}

bool Model::has_type(Id id) const {
  return find(enums, id) != nullptr || find(domains, id) != nullptr || find(composites, id) != nullptr ||
         find(ranges, id) != nullptr;
}

std::vector<Id> Model::columns_of(Id relation) const {
  std::vector<Id> ids;
  if (const auto* found = table(relation)) {
    if (found->parent != 0) ids = columns_of(found->parent);
    for (const auto& column : found->columns) ids.push_back(column.id);
  } else if (const auto* found_view = view(relation)) {
    for (const auto& column : found_view->columns) ids.push_back(column.id);
  }
  return ids;
}

// Foreign keys that were edited one by one may go round.
bool follows_itself(const Model& model, const Column& column) {
  std::set<Id> seen{column.id};
  for (auto id = column.follows; id != 0;) {
    if (!seen.insert(id).second) return true;
    const auto* next = model.column(id);
    id = next == nullptr ? 0 : next->follows;
  }
  return false;
}

// Of a generated column that of its expression.
Type Model::type_of(Id id) const {
  if (const auto* found = column(id)) {
    if (found->follows != 0 && column(found->follows) != nullptr && !follows_itself(*this, *found)) {
      return type_of(found->follows);
    }
    if (found->fill != Fill::generated) return found->type;
    const auto* source = column(found->source);
    // An edit may have made the source a generated column, too.
    if (source != nullptr && source->fill == Fill::generated) return {"text", Family::text};
    switch (family_of(found->source)) {
      case Family::integer:
        return {"bigint", Family::integer};
      case Family::number:
        return {"numeric", Family::number};
      case Family::flag:
        return {"boolean", Family::flag};
      default:
        return {"text", Family::text};
    }
  }
  const auto* found = view_column(id);
  if (found == nullptr || found->wrap == Wrap::text) return {"text", Family::text};
  if (found->wrap == Wrap::plain) return type_of(found->source);
  const auto* function = routine(found->function);
  return function == nullptr ? Type{} : function->returns;
}

std::string Model::name_of(Id id) const {
  if (const auto* found = column(id)) return schema::quote_identifier(found->name);
  const auto* found = view_column(id);
  return found == nullptr ? "missing" : schema::quote_identifier(found->name);
}

Type Model::base_of(const Type& type) const {
  if (type.array) return {"", Family::array, type.user, true};
  if (type.user == 0) return type;
  if (const auto* domain = find(domains, type.user)) return base_of(domain->base);
  if (find(enums, type.user) != nullptr) return {"", Family::enumeration, type.user};
  if (find(ranges, type.user) != nullptr) return {"", Family::range, type.user};
  return {"", Family::composite, type.user};
}

std::vector<std::string> Model::labels_of(const Type& type) const {
  const auto* found = find(enums, base_of(type).user);
  return found == nullptr ? std::vector<std::string>{} : found->labels;
}

std::string Model::qualified(const Named& object) const {
  return schema_name(object.schema) + '.' + schema::quote_identifier(object.name);
}

std::string Model::spelled(const Type& type) const {
  std::string text = type.sql;
  if (const auto* found = find(enums, type.user)) text = qualified(*found);
  if (const auto* found = find(domains, type.user)) text = qualified(*found);
  if (const auto* found = find(composites, type.user)) text = qualified(*found);
  if (const auto* found = find(ranges, type.user)) text = qualified(*found);
  return text + (type.array ? "[]" : "");
}

std::string Model::relation(Id id) const {
  if (const auto* found = table(id)) return qualified(*found);
  return qualified(*view(id));
}

std::string Model::schema_name(Id id) const {
  const auto* found = find(schemas, id);
  return schema::quote_identifier(found == nullptr ? "public" : found->name);
}

}  // namespace support::tests::random_schema
