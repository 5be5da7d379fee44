#include "app/database/server_report.hpp"

#include "app/database/connection.hpp"
#include "app/database/row_mapping.hpp"
#include "app/database/rows.hpp"

namespace support::database {

template <>
struct RowMapping<ServerReport> {
  static constexpr auto columns =
      std::tuple{column("in_recovery", &ServerReport::in_recovery), column("position", &ServerReport::position),
                 column("timeline", &ServerReport::timeline), column("system", &ServerReport::system)};
};

namespace {

// The position. A commit that was acknowledged, or that others can see, has been written; with synchronous_commit off
// it need only have been inserted. Inserted bytes of transactions that are not committed can stay unwritten for seconds
// and would make standbys look late, so they count only where they must. Where the last record ends with its page, the
// server names the place behind the next page's header (of 24 or 40 bytes) instead, at which no standby ever stands; no
// record is so short that it could end there otherwise without having begun on the page before.
//
// The timeline of a standby. What it receives is shown to members of pg_read_all_stats only; everybody sees what its
// control file says, which follows with the next restartpoint.
constexpr std::string_view sql = R"(
SELECT in_recovery,
       CASE WHEN NOT in_recovery AND lsn % page <= 40 THEN lsn - lsn % page ELSE lsn END AS position,
       CASE WHEN in_recovery
            THEN greatest(checkpoint.timeline_id, recovery.min_recovery_end_timeline, receiver.received_tli)::int8
            ELSE ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int8 END AS timeline,
       control.system_identifier AS system
FROM pg_is_in_recovery() AS role(in_recovery), pg_control_checkpoint() AS checkpoint,
     pg_control_recovery() AS recovery, pg_control_system() AS control, pg_stat_get_wal_receiver() AS receiver,
     LATERAL (SELECT (CASE WHEN in_recovery THEN pg_last_wal_replay_lsn()
                           WHEN current_setting('synchronous_commit') = 'off' THEN pg_current_wal_insert_lsn()
                           ELSE pg_current_wal_lsn() END - '0/0')::int8,
                     current_setting('wal_block_size')::int8) AS log(lsn, page))";

}  // namespace

boost::asio::awaitable<Result<ServerReport>> ask_server(Connection& connection, Deadline deadline) {
  Params none;
  auto rows = co_await connection.query(sql, std::move(none), deadline);
  if (!rows) co_return rows.error();
  co_return rows->single<ServerReport>();
}

}  // namespace support::database
