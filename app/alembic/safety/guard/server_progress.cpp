#include "app/alembic/safety/guard/server_progress.hpp"

#include <fmt/format.h>

namespace support::alembic::safety {

std::string server_progress(const Ask& ask, const std::string& pid) {
  // What it does, the phase, and how much of it is done, where that is counted (PostgreSQL manual, 28.4).
  const auto rows = ask(fmt::format(
      "SELECT what, phase, CASE WHEN total > 0 THEN least(100, 100 * done / total) END FROM ("
      "SELECT 'building index', phase, greatest(blocks_done, CASE WHEN tuples_total > 0 THEN tuples_done END), "
      "CASE WHEN blocks_total > 0 THEN blocks_total ELSE tuples_total END FROM pg_stat_progress_create_index WHERE pid "
      "= "
      "{0} UNION ALL SELECT lower(command), phase, heap_blks_scanned, heap_blks_total FROM pg_stat_progress_cluster "
      "WHERE pid = {0} UNION ALL SELECT 'copying rows', tuples_processed || ' rows', bytes_processed, bytes_total FROM "
      "pg_stat_progress_copy WHERE pid = {0} UNION ALL SELECT 'vacuum', phase, heap_blks_scanned, heap_blks_total FROM "
      "pg_stat_progress_vacuum WHERE pid = {0}) seen(what, phase, done, total) LIMIT 1",
      pid));
  if (rows.empty()) return {};
  const auto& row = rows.front();
  auto text = fmt::format("{}: {}", row.at(0).value_or(""), row.at(1).value_or(""));
  if (row.at(2)) text += fmt::format(", {} %", *row.at(2));
  return text;
}

}  // namespace support::alembic::safety
