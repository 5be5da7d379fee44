#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace support::bench {

// One migration: a table and an index on it.
struct Migration {
  std::string revision;
  std::vector<std::string> down_revisions;
};

// A line of revisions.
std::vector<Migration> chain(std::size_t size);
// Every ten revisions the line parts in two for three revisions each and comes together again.
std::vector<Migration> braid(std::size_t size);

// The same migrations as a folder of SQL files for support-agent --script-location …
void write_sql_project(const std::filesystem::path& folder, const std::vector<Migration>& migrations);
// … and as a project of Python's Alembic: alembic.ini, env.py, versions/. The env.py is the generic template's, without
// logging and without a pool.
void write_python_project(const std::filesystem::path& folder, const std::vector<Migration>& migrations,
                          const std::string& url);

}  // namespace support::bench
