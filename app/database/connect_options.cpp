#include "app/database/connect_options.hpp"

#include <fmt/format.h>

namespace support::database {

ConnectOptions ConnectOptions::from(const config::Settings& settings) {
  const auto& url = settings.database_url();
  const auto& hints = url.runtime_hints();
  ConnectOptions options;
  options.keywords = url.keywords();
  options.connect_timeout = settings->database_connect_timeout;
  options.command_timeout = hints.command_timeout.value_or(settings->database_command_timeout);
  options.statement_cache_size =
      static_cast<std::size_t>(hints.statement_cache_size.value_or(settings->database_statement_cache_size));
  options.echo = settings->database_echo;
  options.slow_statement = settings->database_slow_statement;
  return options;
}

std::string ConnectOptions::session_settings() const {
  std::string sql;
  // So that casts between times and text, and date arithmetic, do not depend on the server's configuration.
  if (time_zone == SessionTimeZone::utc) sql += "SET TimeZone TO 'UTC';";
  if (statement_timeout) sql += fmt::format("SET statement_timeout = {};", statement_timeout->count());
  if (read_only) {
    // Read committed: an answer stands when it comes, and not only when its batch is committed.
    sql += "SET default_transaction_read_only TO on;SET default_transaction_isolation TO 'read committed';";
  }
  return sql;
}

}  // namespace support::database
