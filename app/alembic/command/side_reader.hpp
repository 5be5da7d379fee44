#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "app/alembic/autogenerate/inspect.hpp"
#include "app/alembic/autogenerate/wanted_cache.hpp"
#include "app/alembic/command/command.hpp"
#include "app/alembic/command/comparison.hpp"
#include "app/alembic/command/side.hpp"
#include "app/alembic/runtime/connection.hpp"

namespace support::alembic::command {

// Reads the two sides of a comparison, on as few servers as will do: what is no database is built on the development
// server if there is one, else beside the other side, so that one server spells both.
class SideReader {
 public:
  // Connects to nothing. Throws CommandError.
  SideReader(const Context& context, Side from, Side to, const ComparisonRequest& request,
             autogenerate::InspectOptions options);

  autogenerate::CatalogSnapshot read_from() { return read(from_, "--from", nullptr); }
  // `from` is what read_from() gave; what both sides have need not be built where that is a database.
  autogenerate::CatalogSnapshot read_to(const autogenerate::CatalogSnapshot& from);

  // The server that the differences are for: that of the first side which is a database, else the scratch server.
  Connection& server();
  // Where something may be built.
  Connection& scratch();

 private:
  Connection& connect(const Side& side, const std::string& option);
  autogenerate::CatalogSnapshot read(const Side& side, const std::string& option,
                                     const autogenerate::CatalogSnapshot* live);
  autogenerate::CatalogSnapshot build(const Side& side, const autogenerate::CatalogSnapshot* live);
  std::string offline_sql(const Side& side);

  const Context& context_;
  Side from_;
  Side to_;
  std::optional<Side> dev_;
  autogenerate::InspectOptions options_;
  autogenerate::WantedCache cache_;
  std::map<std::string, std::unique_ptr<Connection>> connections_;  // by what they were opened with
};

// Runs what talks to servers; a refusal becomes a CommandError that begins with `what`.
void run_reporting(const std::string& what, const std::function<void()>& work);

}  // namespace support::alembic::command
