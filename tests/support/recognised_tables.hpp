#pragma once

#include <string>
#include <string_view>

#include "app/alembic/autogenerate/catalog.hpp"
#include "app/alembic/runtime/connection.hpp"

namespace support::tests {

// What comes of a wanted schema's statements when tables that the database has already are not built.
struct Recognition {
  std::size_t tables = 0;      // that the statements make
  std::size_t predicted = 0;   // of which the statements alone tell what they are
  std::size_t recognised = 0;  // of which a database like the wanted schema has the same
  std::string problem;         // anything that is not what the server has built; empty for nothing
};

// Builds the script on the server as a whole and compares with that: each table that is predicted; the script built
// beside itself; and built beside `live`, which may be anything that the connection's database holds.
Recognition recognition(alembic::Connection& connection, std::string_view script,
                        const alembic::autogenerate::CatalogSnapshot& live);

// InspectOptions with all that there is to read, for `live`.
alembic::autogenerate::CatalogSnapshot read_all(alembic::Connection& connection);

}  // namespace support::tests
