#pragma once

#include <string>

namespace support::database {

// What NOTIFY sent (PostgreSQL manual, "NOTIFY").
struct Notification {
  std::string channel;
  std::string payload;  // at most 8000 bytes
  int backend_pid = 0;  // of the session that sent it
};

}  // namespace support::database
