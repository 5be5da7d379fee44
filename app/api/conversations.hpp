#pragma once

#include "app/api/resource.hpp"

namespace support::api {

void add_conversation_routes(http::RouteGroup& group, Services& services);

}  // namespace support::api
