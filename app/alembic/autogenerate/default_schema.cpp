#include "app/alembic/autogenerate/default_schema.hpp"

#include <concepts>
#include <string>

namespace support::alembic::autogenerate {
namespace {

class Unqualifier {
 public:
  explicit Unqualifier(std::string_view schema) : schema_(schema) {}

  // Their schema is what they are about.
  void operator()(CreateSchema&) const {}
  void operator()(DropSchema&) const {}
  void operator()(CreateExtension&) const {}
  void operator()(DropExtension&) const {}

  template <class T>
  void operator()(T& object) const {
    if constexpr (requires {
                    { object.schema } -> std::same_as<std::string&>;
                  })
      clear(object.schema);
    if constexpr (requires { object.table_schema; }) clear(object.table_schema);
    if constexpr (requires { object.function_schema; }) clear(object.function_schema);
    if constexpr (requires { object.from_schema; }) clear(object.from_schema);
    if constexpr (requires { object.referent.schema; }) clear(object.referent.schema);
    if constexpr (requires { object.object; }) (*this)(object.object);
    if constexpr (requires { object.policy.schema; }) (*this)(object.policy);
    if constexpr (requires { object.domain.schema; }) (*this)(object.domain);
    if constexpr (requires { object.table.columns; }) table(object.table);
    if constexpr (requires { object.column.type; }) type(object.column.type);
    if constexpr (requires { object.type.labels; }) (*this)(object.type);
    if constexpr (requires { object.constraint.columns; }) (*this)(object.constraint);
    if constexpr (requires { object.type_->variant(); }) {
      if (object.type_) type(*object.type_);
    }
    if constexpr (requires { object.existing_type->variant(); }) {
      if (object.existing_type) type(*object.existing_type);
    }
    if constexpr (requires { object.existing.has_value(); }) {
      if (object.existing) (*this)(*object.existing);
    }
  }

 private:
  void clear(std::string& name) const {
    if (name == schema_) name.clear();
  }

  void table(schema::Table& table) const {
    clear(table.schema);
    for (auto& column : table.columns) type(column.type);
    for (auto& constraint : table.constraints) std::visit(*this, constraint);
  }

  void type(schema::Type& type) const {
    if (const auto* named = type.get_if<schema::NamedType>(); named != nullptr && named->schema == schema_) {
      auto unqualified = *named;
      unqualified.schema.clear();
      type = std::move(unqualified);
    } else if (const auto* array = type.get_if<schema::Array>()) {
      auto element = *array->element;
      this->type(element);
      type = schema::Array(std::move(element), array->dimensions);
    }
  }

  std::string_view schema_;
};

}  // namespace

Steps without_schema(Steps steps, std::string_view default_schema) {
  for (auto& step : steps) std::visit(Unqualifier(default_schema), step.operation);
  return steps;
}

}  // namespace support::alembic::autogenerate
