#include "app/schema/metadata.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "app/schema/ddl.hpp"
#include "app/schema/type_definition.hpp"

namespace support::schema {
namespace {

void require_distinct_names(const MetaData& metadata) {
  for (const Table& table : metadata.tables) {
    if (metadata.find(table.name, table.schema) == &table) continue;
    throw std::invalid_argument(fmt::format("The metadata holds two tables '{}'.", table.name));
  }
}

void append(std::vector<std::string>& to, std::vector<std::string> from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

}  // namespace

const Table* MetaData::find(std::string_view table, std::string_view schema) const {
  const auto found = std::find_if(tables.begin(), tables.end(), [&](const Table& candidate) {
    return candidate.name == table && candidate.schema == schema;
  });
  return found == tables.end() ? nullptr : &*found;
}

std::vector<std::string> create_all_sql(const MetaData& metadata, const ServerFeatures& server) {
  require_distinct_names(metadata);
  std::vector<std::string> result;
  for (const Extension& extension : metadata.extensions) {
    if (extension.if_available && !server.has_extension(extension.name)) continue;
    result.push_back(create_extension_sql(extension.name, "", true));
  }
  for (const TypeDefinition& type : type_definitions(metadata.tables)) result.push_back(create_type_sql(type, server));
  std::vector<Table> tables;
  for (const Table& table : metadata.tables) tables.push_back(named(table, metadata.naming_convention));
  for (const Table& table : tables) {
    result.push_back(create_table_sql(table, server, {.foreign_keys = ForeignKeys::later}));
  }
  for (const Table& table : tables) {
    for (const Index& index : table.indexes) result.push_back(create_index_sql(index, table.name, table.schema));
  }
  for (const Table& table : tables) {
    for (const Constraint& constraint : table.constraints) {
      if (!std::holds_alternative<ForeignKeyConstraint>(constraint)) continue;
      result.push_back(add_constraint_sql(constraint, table.name, table.schema));
    }
  }
  for (const Table& table : tables) append(result, comments_sql(table));
  return result;
}

}  // namespace support::schema
