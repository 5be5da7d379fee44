#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "app/config/settings.hpp"

namespace support::http {

// Limits and deadlines of a server. Those above the line are Settings; those below it have one sensible value and are
// here so that tests can shorten them.
struct ServerOptions {
  using Duration = std::chrono::milliseconds;

  std::string host = "127.0.0.1";
  std::uint16_t port = 8000;  // 0: any free port, see Server::port()
  std::int64_t max_connections = 10000;
  std::size_t max_header_size = 16 * 1024;  // all of the head, request line included
  std::size_t max_header_count = 100;
  std::uint64_t max_body_size = 1024 * 1024;
  std::uint64_t min_body_rate = 500;                    // bytes a second; 0: no minimum
  Duration header_timeout = std::chrono::seconds(10);   // from the first byte of a request to the end of its head
  Duration body_timeout = std::chrono::seconds(60);     // from the end of the head to the end of the body
  Duration request_timeout = std::chrono::seconds(30);  // of the handler
  Duration write_timeout = std::chrono::seconds(30);    // of a whole answer
  Duration idle_timeout = std::chrono::seconds(75);     // between two requests, and before the first
  std::vector<std::string> cors_origins;

  // ---
  std::size_t max_request_line = 8 * 1024;
  std::size_t max_chunk_extensions = 2 * 1024;         // bytes of them in one body
  std::uint64_t max_requests_per_connection = 10000;   // then the answer says Connection: close
  Duration body_rate_grace = std::chrono::seconds(5);  // before min_body_rate counts
  Duration linger_timeout = std::chrono::seconds(2);   // for a client to read the last answer
  Duration drain_grace =
      std::chrono::milliseconds(500);  // for a request that is on the wire when idle connections close
  Duration accept_back_off = std::chrono::milliseconds(100);  // after running out of file descriptors or memory
  Duration disconnect_watch = std::chrono::milliseconds(20);  // a handler that runs as long has its client watched
  std::chrono::seconds cors_max_age = std::chrono::minutes(10);

  static ServerOptions from(const config::Settings& settings);
};

}  // namespace support::http
