#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/config/settings.hpp"

namespace support::database {

struct DatabaseMetrics;
class OwnWrites;

// What a session's time zone is: UTC, so that nothing depends on the server's configuration, or what that says.
enum class SessionTimeZone { utc, configured };

// How much later than this program the server gives up, so that the cancelling is normally ours.
inline constexpr std::chrono::milliseconds server_margin{1'000};

// How to make a connection and how it behaves.
struct ConnectOptions {
  std::vector<config::Keyword> keywords;              // libpq's; DatabaseUrl::keywords()
  std::chrono::milliseconds connect_timeout{10'000};  // over name resolution and all hosts together
  std::chrono::milliseconds command_timeout{30'000};  // of a statement without a deadline of its own
  std::size_t statement_cache_size = 100;             // 0: nothing is prepared (PgBouncer in transaction mode)
  bool echo = false;                                  // log every statement with its duration, without its parameters
  std::chrono::milliseconds slow_statement{0};        // log statements that take as long; 0: none
  // The server ends statements, too, should this program be unable to: the session's statement_timeout. Not for a
  // pooler in transaction mode, where a session's settings are everybody's.
  std::optional<std::chrono::milliseconds> statement_timeout = {};
  // Transactions take no writes and are read committed. Not for a pooler, either.
  bool read_only = false;
  bool limit_transactions = false;  // the same inside a transaction, with what is left of its deadline
  bool tag_transactions = false;    // the caller's request id in pg_stat_activity.application_name while they run
  std::shared_ptr<DatabaseMetrics> metrics = {};  // null: the pool makes its own, others count nothing
  std::shared_ptr<OwnWrites> own_writes = {};     // told of every outcome; null: for sessions that never write
  SessionTimeZone time_zone = SessionTimeZone::utc;
  // Gets what the server remarks beside its answers ("NOTICE:  …", perhaps of several lines) instead of the log. Called
  // while an operation is under way; may neither throw nor use the connection.
  std::function<void(std::string_view)> on_notice = {};

  // From DATABASE_*; hints in the URL (asyncpg's statement_cache_size, pgbouncer=true, command_timeout) win.
  // Precondition: settings.has_database_url().
  static ConnectOptions from(const config::Settings& settings);

  // What every session starts with, as SQL; perhaps empty.
  std::string session_settings() const;
};

}  // namespace support::database
