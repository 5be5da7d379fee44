#pragma once

#include "app/api/resource.hpp"

namespace support::api {

// /ping (no dependencies), /live (the process turns), /ready (may traffic come here?) and /health (every check).
void add_health_routes(http::RouteGroup& group, Services& services);

}  // namespace support::api
