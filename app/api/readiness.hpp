#pragma once

#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>

#include "app/api/services.hpp"
#include "app/database/deadline.hpp"

namespace support::api {

enum class DatabaseState {
  ok,    // reachable, and at the revision this binary was built for
  busy,  // every connection is in use; it was ok a moment ago
  unreachable,
  wrong_revision,
};

struct Readiness {
  bool draining = false;
  DatabaseState database = DatabaseState::unreachable;
  std::string detail;                          // a sentence for people when something is wrong
  std::vector<std::string> current_revisions;  // as the database has them

  bool is_ready() const { return !draining && (database == DatabaseState::ok || database == DatabaseState::busy); }
};

// Asks the database for its revision within a short time of its own. A pool that is merely exhausted does not make the
// service unready: a load balancer that took it out would push its load onto the others, which would be next.
class ReadinessCheck {
 public:
  explicit ReadinessCheck(Services& services) : services_(services) {}

  boost::asio::awaitable<Readiness> run(database::Deadline::Clock::time_point latest);

 private:
  Readiness from_error(const database::Error& error);

  Services& services_;
  database::Deadline::Clock::time_point last_ok_{};
};

boost::json::object to_json(const Readiness& readiness, const std::vector<std::string>& expected_heads);

}  // namespace support::api
