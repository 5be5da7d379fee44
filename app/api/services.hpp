#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "app/api/cursor.hpp"
#include "app/database/database.hpp"
#include "app/database/pool.hpp"
#include "app/http/service_state.hpp"

namespace support::api {

struct ThreadMetrics;

// What the handlers of one thread work with. Outlives the thread's router.
struct Services {
  database::Pool& pool;          // this thread's slice
  database::Database& database;  // the same, and this thread's shared connections
  const http::ServiceState& state;
  CursorSigner cursors;
  std::string app_name;
  std::string version;
  std::string version_query;                            // reads the rows of the version table
  std::vector<std::string> expected_heads;              // the revisions that this binary's migrations lead to
  const std::vector<ThreadMetrics>* metrics = nullptr;  // of every thread; null: /metrics is switched off
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
};

}  // namespace support::api
