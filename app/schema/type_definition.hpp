#pragma once

#include <string>
#include <variant>
#include <vector>

#include "app/schema/domain.hpp"
#include "app/schema/server_features.hpp"
#include "app/schema/table.hpp"

// The types of their own that columns define along with themselves.
namespace support::schema {

using TypeDefinition = std::variant<Enum, Domain>;

const std::string& type_name(const TypeDefinition& definition);
const std::string& type_schema(const TypeDefinition& definition);

// The types that must exist before the tables do and that their columns do not leave to others, each once, in the order
// of the columns; what a domain or an array is made of comes before it. Throws std::invalid_argument when one name has
// two meanings.
std::vector<TypeDefinition> type_definitions(const std::vector<Table>& tables);
std::vector<TypeDefinition> type_definitions(const Table& table);

// CREATE TYPE or CREATE DOMAIN.
std::string create_type_sql(const TypeDefinition& definition, const ServerFeatures& server);

}  // namespace support::schema
