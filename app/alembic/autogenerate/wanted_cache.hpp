#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "app/alembic/autogenerate/inspect.hpp"

namespace support::alembic::autogenerate {

// Wanted schemas that were built before. Building one is most of the work of a comparison, and what a server makes of
// the same statements is the same as long as it is the same version with the same extensions and settings, and the
// program that reads it is the same.
class WantedCache {
 public:
  // Where the files are; the folder need not exist. Empty: nothing is kept.
  explicit WantedCache(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // What build() gives for the statements, or gave. A folder that can't be read or written is no fault: it is built
  // then. Throws what build() throws, DatabaseError and ConnectionLost.
  CatalogSnapshot get(Connection& connection, const std::string& statements, const InspectOptions& options,
                      const std::function<CatalogSnapshot()>& build) const;

 private:
  void keep(const std::filesystem::path& file, const std::string& key, const CatalogSnapshot& snapshot) const;
  void forget_old_ones() const;

  std::filesystem::path folder_;
};

}  // namespace support::alembic::autogenerate
