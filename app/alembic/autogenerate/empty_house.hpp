#pragma once

#include <string>
#include <vector>

#include "app/alembic/autogenerate/catalog_reader.hpp"

namespace support::alembic::autogenerate {

// A transaction in which the database looks empty, but for its extensions; rolled back at the end of its life. See
// wanted.hpp for how. Throws CommandError when the role may not do it.
class EmptyHouse {
 public:
  EmptyHouse(Connection& connection, const InspectOptions& options);
  ~EmptyHouse();
  EmptyHouse(const EmptyHouse&) = delete;
  EmptyHouse& operator=(const EmptyHouse&) = delete;

  // Moves extensions into schemas that have come into being.
  void settle_extensions();
  // Throws CommandError when what was built uses what was moved out of the way.
  void require_independence() const;

  // The new names of the schemas → the real ones, and the house's own.
  CatalogReader::Aliases aliases() const;
  // Where unqualified names go.
  const std::string& default_schema() const { return default_schema_; }

 private:
  struct Extension {
    std::string name;
    std::string schema;  // its real name
    bool can_move;
  };

  void begin();
  void move_schemas_away(const InspectOptions& options);
  void make_schemas();
  void forbid_commit();
  void find_extensions();
  void set_search_path();
  // Whether it was done; when the role may not, nothing has changed.
  bool move(const Extension& extension);

  Connection& connection_;
  std::string default_schema_;
  std::string search_path_;
  CatalogReader::Aliases moved_;
  std::vector<Extension> extensions_;  // in schemas that were moved
};

}  // namespace support::alembic::autogenerate
