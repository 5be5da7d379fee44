#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace support::tests {

// DDL without semicolons, in an order that runs in an empty database.
using SchemaStatements = std::vector<std::string>;

struct SchemaPair {
  SchemaStatements before;
  SchemaStatements after;
};

// Two schemas with objects of all kinds that the inspector reads. Most often the second is the first with some edits;
// for every fourth seed it is one by itself that shares names with the first. The same seed gives the same pair.
SchemaPair random_schema_pair(std::uint32_t seed);

// The statements as a script.
std::string script_of(const SchemaStatements& statements);

}  // namespace support::tests
