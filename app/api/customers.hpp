#pragma once

#include "app/api/resource.hpp"

namespace support::api {

void add_customer_routes(http::RouteGroup& group, Services& services);

}  // namespace support::api
