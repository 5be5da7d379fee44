#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "app/config/settings.hpp"

namespace support::database {

// What a session's time zone is: UTC, so that nothing depends on the server's configuration, or what that says.
enum class SessionTimeZone { utc, configured };

// How to make a connection and how it behaves.
struct ConnectOptions {
  std::vector<config::Keyword> keywords;              // libpq's; DatabaseUrl::keywords()
  std::chrono::milliseconds connect_timeout{10'000};  // over name resolution and all hosts together
  std::chrono::milliseconds command_timeout{30'000};  // of a statement without a deadline of its own
  std::size_t statement_cache_size = 100;             // 0: nothing is prepared (PgBouncer in transaction mode)
  bool echo = false;                                  // log every statement with its duration, without its parameters
  SessionTimeZone time_zone = SessionTimeZone::utc;
  // Gets what the server remarks beside its answers ("NOTICE:  …", perhaps of several lines) instead of the log. Called
  // while an operation is under way; may neither throw nor use the connection.
  std::function<void(std::string_view)> on_notice = {};

  // From DATABASE_*; hints in the URL (asyncpg's statement_cache_size, pgbouncer=true, command_timeout) win.
  // Precondition: settings.has_database_url().
  static ConnectOptions from(const config::Settings& settings);
};

}  // namespace support::database
