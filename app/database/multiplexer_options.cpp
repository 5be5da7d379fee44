#include "app/database/multiplexer_options.hpp"

#include <algorithm>

namespace support::database {

std::optional<MultiplexerOptions> MultiplexerOptions::from(const config::Settings& settings) {
  if (settings->database_shared_connections == 0) return std::nullopt;
  MultiplexerOptions options;
  options.connect = ConnectOptions::from(settings);
  // As long as the longest request, because what other callers sent runs in the same session.
  if (options.connect.statement_cache_size > 0) {
    options.connect.statement_timeout =
        std::max(options.connect.command_timeout, settings->request_timeout) + server_margin;
  }
  options.connections = static_cast<std::size_t>(settings->database_shared_connections);
  options.recycle = settings->database_pool_recycle;
  return options;
}

}  // namespace support::database
