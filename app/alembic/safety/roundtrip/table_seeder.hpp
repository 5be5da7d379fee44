#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/alembic/autogenerate/catalog.hpp"
#include "app/alembic/runtime/connection.hpp"
#include "app/alembic/safety/roundtrip/made_up_values.hpp"
#include "app/alembic/safety/roundtrip/row_seeder.hpp"

namespace support::alembic::safety {

// What the tables of one seeding have in common. The connection is in a transaction.
struct SeedingContext {
  Connection& connection;
  const MadeUpValues& values;
  unsigned& next;                                 // tells values apart
  std::map<std::string, std::string>& spellings;  // a value of types that nobody knows; empty: none was found
  SeedRows rows;
};

// Whether the constraint is a foreign key of the table to itself.
bool refers_to_itself(const autogenerate::Table& table, const autogenerate::Constraint& key);

// Writes rows into one table; `conditions`: beside its constraints, what its partition takes. Why there are none, when
// there are none. Throws DatabaseError and ConnectionLost when the session ends.
std::optional<std::string> seed_table(const SeedingContext& context, const autogenerate::Table& table,
                                      const std::vector<std::string>& conditions, std::size_t rows);

}  // namespace support::alembic::safety
