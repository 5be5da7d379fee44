#include "app/http/server_options.hpp"

namespace support::http {

ServerOptions ServerOptions::from(const config::Settings& settings) {
  ServerOptions options;
  options.host = settings->http_host;
  options.port = static_cast<std::uint16_t>(settings->http_port);
  options.max_connections = settings->max_connections;
  options.max_header_size = static_cast<std::size_t>(settings->max_header_size.bytes);
  options.max_header_count = static_cast<std::size_t>(settings->max_header_count);
  options.max_body_size = settings->max_body_size.bytes;
  options.min_body_rate = settings->min_body_rate.bytes;
  options.header_timeout = settings->header_timeout;
  options.body_timeout = settings->body_timeout;
  options.request_timeout = settings->request_timeout;
  options.write_timeout = settings->write_timeout;
  options.idle_timeout = settings->idle_timeout;
  options.cors_origins = settings->cors_origins;
  return options;
}

}  // namespace support::http
