#include "app/database/connect_options.hpp"

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
  return options;
}

}  // namespace support::database
