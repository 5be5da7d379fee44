#pragma once

#include <cstdint>
#include <optional>

#include <boost/asio/awaitable.hpp>

#include "app/database/deadline.hpp"
#include "app/database/error.hpp"

namespace support::database {

class Connection;

// What a server says about itself.
struct ServerReport {
  bool in_recovery = false;
  // Of the write-ahead log, in bytes: where a primary has the end of its commits, or how far a standby has replayed.
  // Empty: a standby that has replayed nothing.
  std::optional<std::int64_t> position;
  // The timeline (manual 26.3.5) that the position belongs to; of a standby the highest that it is known to follow.
  std::int64_t timeline = 0;
  std::int64_t system = 0;  // the identifier of the cluster, the same for a primary and its standbys

  friend bool operator==(const ServerReport&, const ServerReport&) = default;
};

// One statement that every role may run, on primaries and standbys alike. Errors: Connection::query()'s.
boost::asio::awaitable<Result<ServerReport>> ask_server(Connection& connection, Deadline deadline);

}  // namespace support::database
