#pragma once

#include <map>
#include <string>
#include <vector>

#include "app/alembic/autogenerate/catalog.hpp"
#include "app/alembic/runtime/connection.hpp"
#include "app/alembic/safety/roundtrip/made_up_values.hpp"

namespace support::alembic::safety {

// A table that no row could be made up for.
struct EmptyTable {
  autogenerate::QualifiedName table;
  std::string why;

  bool operator==(const EmptyTable&) const = default;
};

// How many rows a table gets: one has a value in every column; the second of two and the third of three have NULL
// wherever they may; the second of three has the defaults. More than three are three.
struct SeedRequest {
  autogenerate::QualifiedName table;
  std::size_t rows = 3;
};

// Which of the rows a table gets.
enum class SeedRows {
  all,
  without_nulls,  // not the one that has NULL wherever it may
};

// Writes rows that are made up into the tables of a database: values that fit the types and satisfy what is declared of
// them, referring to rows that are there. What conditions let through, the server works out, from candidates. Triggers
// run, unless they are in the way and the role may silence them. Not thread-safe.
class RowSeeder {
 public:
  // The connection must not be in a transaction.
  explicit RowSeeder(Connection& connection);

  // Ordinary tables, partitions among them, in one transaction; those that refer to others behind these. `earlier`: as
  // in MadeUpValues. Which stay empty, and why. Throws DatabaseError and ConnectionLost for what is no row's fault.
  std::vector<EmptyTable> seed(const autogenerate::CatalogSnapshot& schema, const std::vector<SeedRequest>& requests,
                               SeedRows rows = SeedRows::all, const autogenerate::CatalogSnapshot* earlier = nullptr);

 private:
  Connection& connection_;
  unsigned next_ = 1;                             // tells values apart
  std::map<std::string, std::string> spellings_;  // a value of types that nobody knows; empty: none was found
};

}  // namespace support::alembic::safety
