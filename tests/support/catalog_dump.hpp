#pragma once

#include <string>

namespace support::tests {

// One query that describes a database's schema line by line, from the catalogs alone: for servers whose pg_dump is not
// at hand. Columns: kind, object, description; sorted. Two databases of one server version have the same lines when
// pg_dump --schema-only --no-owner would print the same (the order of tables aside, which pg_dump takes from names,
// too).
extern const std::string catalog_query;

}  // namespace support::tests
