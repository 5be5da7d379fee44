#pragma once

#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "app/alembic/autogenerate/inspect.hpp"

namespace support::alembic::autogenerate {

// The tables of a wanted schema that are what the database has already, as far as that is certain without building
// them: building is most of the work of a comparison, and most often little has changed.
class UnchangedTables {
 public:
  // `live` is what the connection's database holds, read with the same options. Asks the server for what else has a say
  // in what the statements make (event triggers, default privileges, settings); where any of it is unusual, there are
  // none. Throws DatabaseError and ConnectionLost.
  static UnchangedTables find(Connection& connection, const std::vector<std::string_view>& statements,
                              const CatalogSnapshot& live, const InspectOptions& options);

  bool empty() const { return tables_.empty(); }
  const std::vector<Table>& tables() const { return tables_; }
  // Whether a statement, by its place among the others, makes one of them and nothing else.
  bool is_made_by(std::size_t statement) const { return statements_.contains(statement); }

  // `built`, which the other statements make, with these tables and what they depend on. Absent when a name of theirs
  // is taken there (made up by the server, it would have been another one), or their schema is not there.
  std::optional<CatalogSnapshot> added_to(CatalogSnapshot built, const CatalogSnapshot& live) const;

 private:
  std::vector<Table> tables_;  // sorted by schema and name
  std::set<std::size_t> statements_;
};

}  // namespace support::alembic::autogenerate
