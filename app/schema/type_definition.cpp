#include "app/schema/type_definition.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "app/schema/ddl.hpp"

namespace support::schema {
namespace {

bool means_the_same(const TypeDefinition& one, const TypeDefinition& other) {
  const auto* labels = std::get_if<Enum>(&one);
  const auto* other_labels = std::get_if<Enum>(&other);
  return labels && other_labels ? labels->labels == other_labels->labels : one == other;
}

struct Collector {
  const Table* table = nullptr;
  std::vector<TypeDefinition> found = {};

  void add(TypeDefinition definition) {
    const auto seen = std::find_if(found.begin(), found.end(), [&](const TypeDefinition& candidate) {
      return type_name(candidate) == type_name(definition) && type_schema(candidate) == type_schema(definition);
    });
    if (seen == found.end()) {
      found.push_back(std::move(definition));
    } else if (!means_the_same(*seen, definition)) {
      throw std::invalid_argument(
          fmt::format("Table '{}' declares the type '{}' in a different way than a column before it; let both be the "
                      "same, or give the types two names.",
                      table->name, type_name(definition)));
    }
  }

  void visit(const Type& type) {
    if (const auto* array = type.get_if<Array>()) return visit(*array->element);
    if (const auto* labelled = type.get_if<Enum>(); labelled && labelled->native_enum && labelled->create_type) {
      return add(*labelled);
    }
    const auto* named = type.get_if<NamedType>();
    if (!named || !named->domain) return;
    visit(named->domain->type);
    add(*named->domain);
  }
};

}  // namespace

const std::string& type_name(const TypeDefinition& definition) {
  return std::visit([](const auto& type) -> const std::string& { return type.name; }, definition);
}

const std::string& type_schema(const TypeDefinition& definition) {
  return std::visit([](const auto& type) -> const std::string& { return type.schema; }, definition);
}

std::vector<TypeDefinition> type_definitions(const std::vector<Table>& tables) {
  Collector collector;
  for (const Table& table : tables) {
    collector.table = &table;
    for (const Column& column : table.columns) collector.visit(column.type);
  }
  return std::move(collector.found);
}

std::vector<TypeDefinition> type_definitions(const Table& table) {
  return type_definitions(std::vector{table});
}

std::string create_type_sql(const TypeDefinition& definition, const ServerFeatures& server) {
  if (const auto* labelled = std::get_if<Enum>(&definition)) return create_enum_sql(*labelled);
  return create_domain_sql(std::get<Domain>(definition), server);
}

}  // namespace support::schema
