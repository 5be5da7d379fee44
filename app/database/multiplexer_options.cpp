#include "app/database/multiplexer_options.hpp"

namespace support::database {

std::optional<MultiplexerOptions> MultiplexerOptions::from(const config::Settings& settings) {
  if (settings->database_shared_connections == 0) return std::nullopt;
  MultiplexerOptions options;
  options.connect = ConnectOptions::from(settings);
  options.connections = static_cast<std::size_t>(settings->database_shared_connections);
  options.recycle = settings->database_pool_recycle;
  return options;
}

}  // namespace support::database
