#include "app/alembic/autogenerate/model_types.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace support::alembic::autogenerate {
namespace {

using ColumnKey = std::tuple<std::string, std::string, std::string>;

class ModelTypes {
 public:
  ModelTypes(const schema::MetaData& models, std::string default_schema) : default_schema_(std::move(default_schema)) {
    for (const auto& table : models.tables) {
      for (const auto& column : table.columns) {
        if (column.type.get_if<schema::Vector>() == nullptr) continue;
        vectors_.emplace(ColumnKey{schema_of(table.schema), table.name, column.name}, column.type);
      }
    }
  }

  void apply(Operation& operation) const {
    if (auto* creation = std::get_if<CreateTable>(&operation)) {
      for (auto& column : creation->table.columns) set(creation->table.schema, creation->table.name, column);
    } else if (auto* addition = std::get_if<AddColumn>(&operation)) {
      set(addition->schema, addition->table, addition->column);
    } else if (auto* change = std::get_if<AlterColumn>(&operation); change != nullptr && change->type_) {
      if (const auto* type = find(change->schema, change->table, change->column)) change->type_ = *type;
    }
  }

 private:
  const std::string& schema_of(const std::string& schema) const { return schema.empty() ? default_schema_ : schema; }
  const schema::Type* find(const std::string& schema, const std::string& table, const std::string& column) const {
    const auto found = vectors_.find({schema_of(schema), table, column});
    return found == vectors_.end() ? nullptr : &found->second;
  }
  void set(const std::string& schema, const std::string& table, schema::Column& column) const {
    if (const auto* type = find(schema, table, column.name)) column.type = *type;
  }

  std::string default_schema_;
  std::map<ColumnKey, schema::Type> vectors_;
};

}  // namespace

Steps with_model_types(Steps steps, const schema::MetaData& models, const std::string& default_schema) {
  const ModelTypes types(models, default_schema);
  for (auto& step : steps) types.apply(step.operation);
  return steps;
}

}  // namespace support::alembic::autogenerate
