#pragma once

#include <string>
#include <vector>

#include "app/api/services.hpp"
#include "app/database/database_metrics.hpp"
#include "app/database/standby_board.hpp"
#include "app/http/router.hpp"
#include "app/http/server.hpp"

namespace support::api {

// Where one thread of the service counts.
struct ThreadMetrics {
  const http::Router* router;
  const http::Server* server;
  const database::DatabaseMetrics* database;
  const database::StandbyBoard* standbys;  // the same for every thread; null: all reads go where writes go
};

// Where every thread counts, for the one that is asked. Complete before the first thread runs; what it points to lives
// until the last one has ended.
using ServiceMetrics = std::vector<ThreadMetrics>;

// All of it, the threads added up, in Prometheus' text format (docs/engine.md lists the names).
std::string metrics_page(const ServiceMetrics& threads, std::string_view version);

// GET /metrics
void add_metrics_route(http::RouteGroup& group, Services& services);

}  // namespace support::api
