#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/alembic/autogenerate/catalog.hpp"
#include "app/alembic/runtime/connection.hpp"

namespace support::alembic::safety {

// What a table holds, as digests.
struct TableContents {
  std::vector<std::string> columns;  // by name, in alphabetical order
  // A row each: the digests of its values in the order of the columns, all of digest_width characters.
  std::vector<std::string> rows;
};
constexpr std::size_t digest_width = 8;

using Contents = std::map<autogenerate::QualifiedName, TableContents>;

// Reads all tables of the snapshot that hold rows themselves, in a few statements whatever their number. Values are
// told apart by their text. Throws DatabaseError or ConnectionLost.
Contents read_contents(Connection& connection, const autogenerate::CatalogSnapshot& schema);

// The values of a row as PostgreSQL prints it as one value, `(1,"a ""b""",)`; absent: NULL.
std::vector<std::optional<std::string>> fields_of_record(std::string_view text);

// What of a table did not come back.
struct Loss {
  autogenerate::QualifiedName table;
  std::string column;     // whose values changed; empty: rows
  std::size_t count = 0;  // rows that are gone, or values that are no longer there
  std::size_t of = 0;     // rows of before

  bool operator==(const Loss&) const = default;
};

// Compares the columns that a table has both times, rows as a multiset, so that their order means nothing. Further rows
// are no loss. A table or a column that is there no more is left to the comparison of the catalogs.
std::vector<Loss> find_losses(const Contents& before, const Contents& after);

// Rows that a table has beyond those of before.
struct Surplus {
  autogenerate::QualifiedName table;
  std::size_t count = 0;

  bool operator==(const Surplus&) const = default;
};
std::vector<Surplus> find_surplus(const Contents& before, const Contents& after);

// "app.people", without the schema where it is the default one.
std::string table_name(const autogenerate::QualifiedName& table, const std::string& default_schema);
// "2 of 3 values of people.phone", "1 of 3 rows of people".
std::string loss_text(const Loss& loss, const std::string& default_schema);

}  // namespace support::alembic::safety
