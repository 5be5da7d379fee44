#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "app/alembic/autogenerate/comparison_options.hpp"
#include "app/alembic/autogenerate/renames.hpp"
#include "app/alembic/command/command.hpp"
#include "app/alembic/command/side.hpp"

// What `diff`, `check` and `revision --autogenerate` have in common: two sides, read and compared.
namespace support::alembic::command {

struct ComparisonRequest {
  // Sides (parse_side()): what is there, and what should be.
  std::string from = {};
  std::string to = "metadata";
  // The URL of a server where what is no database may be built. Empty: the one of the side that is a database, else
  // DATABASE_URL's.
  std::string dev_url = {};
  // Where wanted schemas that were built are kept for the next time. Empty: nowhere.
  std::filesystem::path cache_folder = {};
  autogenerate::ComparisonOptions options = {};
  std::vector<std::string> renames = {};  // autogenerate::parse_rename()
  // Asked about what looks like a rename; without it nobody can be asked.
  std::function<bool(const std::string& question)> confirm = {};
};

// Whether DATABASE_URL's server has a part in it. Throws CommandError as parse_side() does.
bool needs_database(const ComparisonRequest& request);

struct ComparisonResult {
  std::string from;  // for people
  std::string to;
  std::vector<autogenerate::Rename> renames;  // asked for, or confirmed
  // What is left to do behind the renames.
  std::vector<autogenerate::Difference> differences;
  // Renames that nobody has spoken of; the plan's notes name them.
  std::vector<autogenerate::LikelyRename> likely_renames;
  autogenerate::Plan plan;        // the renames included
  schema::ServerFeatures server;  // that the plan is for
  std::string default_schema;     // its names need no qualification

  bool empty() const { return renames.empty() && differences.empty(); }
};

// Writes nothing anywhere but in the cache folder. Throws CommandError.
ComparisonResult compare_sides(const Context& context, const ComparisonRequest& request);
// The same with other sides than the request's.
ComparisonResult compare_sides(const Context& context, const ComparisonRequest& request, Side from, Side to);

// One line each: the renames, then the differences.
std::vector<std::string> descriptions(const ComparisonResult& result);
// They, and what looks like a rename, in the log, where Alembic has them.
void log_differences(const ComparisonResult& result);

}  // namespace support::alembic::command
