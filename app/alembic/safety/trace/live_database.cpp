#include "app/alembic/safety/trace/live_database.hpp"

#include <string_view>

#include <fmt/format.h>

#include "app/alembic/safety/trace/server_lock_mode.hpp"

namespace support::alembic::safety {
namespace {

constexpr std::string_view lock_not_available = "55P03";

// The time since which the server counts: it has no date where nobody ever reset the statistics.
constexpr std::string_view relations_sql =
    "SELECT n.nspname, c.relname, c.reltuples, s.n_live_tup, {}, coalesce(s.n_tup_ins + s.n_tup_upd + s.n_tup_del, 0) "
    "/ since.seconds, (coalesce(s.seq_scan, 0) + coalesce(s.idx_scan, 0)) / since.seconds FROM pg_class c JOIN "
    "pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_stat_all_tables s ON s.relid = c.oid CROSS JOIN (SELECT "
    "greatest(1, extract(epoch FROM now() - coalesce(stats_reset, pg_postmaster_start_time()))) AS seconds FROM "
    "pg_stat_database WHERE datname = current_database()) since WHERE c.relkind IN ('r', 'm', 'i') AND n.nspname NOT "
    "IN "
    "('pg_catalog', 'information_schema', 'pg_toast') AND c.relpersistence <> 't'";

constexpr std::string_view sizes = "pg_relation_size(c.oid), pg_total_relation_size(c.oid), pg_indexes_size(c.oid)";
constexpr std::string_view last_sizes =
    "c.relpages * current_setting('block_size')::bigint, c.relpages * current_setting('block_size')::bigint + "
    "coalesce((SELECT sum(i.relpages) FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid WHERE x.indrelid = "
    "c.oid), 0) * current_setting('block_size')::bigint, coalesce((SELECT sum(i.relpages) FROM pg_index x JOIN "
    "pg_class "
    "i ON i.oid = x.indexrelid WHERE x.indrelid = c.oid), 0) * current_setting('block_size')::bigint";

constexpr std::string_view sessions_sql =
    "SELECT pid, coalesce(usename, ''), coalesce(application_name, ''), coalesce(state, ''), extract(epoch FROM now() "
    "- "
    "xact_start), backend_xmin IS NOT NULL FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
    "pg_backend_pid() AND xact_start < now() - {} * interval '1 second' ORDER BY xact_start";

constexpr std::string_view locks_sql =
    "SELECT n.nspname, c.relname, l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON "
    "n.oid = c.relnamespace WHERE l.locktype = 'relation' AND l.granted AND l.pid = {} AND l.database = (SELECT oid "
    "FROM pg_database WHERE datname = current_database()) AND n.nspname NOT IN ('pg_catalog', 'information_schema')";

double real(const std::optional<std::string>& text) {
  return text && !text->empty() ? std::stod(*text) : 0;
}

std::uint64_t whole(const std::optional<std::string>& text) {
  return static_cast<std::uint64_t>(real(text));
}

// Never analyzed is -1; then what the sessions have reported is all there is.
std::optional<std::uint64_t> rows_of(const Bind::Row& row) {
  if (real(row.at(2)) > 0) return whole(row.at(2));
  if (row.at(3)) return whole(row.at(3));
  if (real(row.at(2)) == 0) return 0;
  return std::nullopt;
}

std::vector<Bind::Row> read_rows(Connection& connection) {
  try {
    return connection.query(fmt::format(relations_sql, sizes));
  } catch (const DatabaseError& error) {
    if (error.sqlstate() != lock_not_available) throw;
    return connection.query(fmt::format(relations_sql, last_sizes));
  }
}

std::vector<LiveSession> read_sessions(Connection& connection) {
  std::vector<LiveSession> sessions;
  for (const auto& row : connection.query(fmt::format(sessions_sql, long_transaction_seconds))) {
    LiveSession session{.pid = row.at(0).value_or(""),
                        .user = row.at(1).value_or(""),
                        .application = row.at(2).value_or(""),
                        .state = row.at(3).value_or(""),
                        .seconds = real(row.at(4)),
                        .holds_snapshot = row.at(5) == "t",
                        .locks = {}};
    for (const auto& lock : connection.query(fmt::format(locks_sql, session.pid))) {
      session.locks.push_back(
          {{lock.at(0).value_or(""), lock.at(1).value_or("")}, lock_mode_of(lock.at(2).value_or(""))});
    }
    sessions.push_back(std::move(session));
  }
  return sessions;
}

}  // namespace

LiveDatabase read_live_database(Connection& connection) {
  LiveDatabase live;
  connection.execute("SET lock_timeout = '1s'");
  for (const auto& row : read_rows(connection)) {
    live.relations[{row.at(0).value_or(""), row.at(1).value_or("")}] = {.rows = rows_of(row),
                                                                        .bytes = whole(row.at(4)),
                                                                        .total_bytes = whole(row.at(5)),
                                                                        .index_bytes = whole(row.at(6)),
                                                                        .writes_per_second = real(row.at(7)),
                                                                        .reads_per_second = real(row.at(8))};
  }
  live.long_transactions = read_sessions(connection);
  for (const auto& row : connection.query(
           "SELECT coalesce(application_name, ''), extract(epoch FROM replay_lag) FROM pg_stat_replication")) {
    live.replicas.push_back(
        {.name = row.at(0).value_or(""), .lag_seconds = row.at(1) ? std::optional(real(row.at(1))) : std::nullopt});
  }
  return live;
}

}  // namespace support::alembic::safety
