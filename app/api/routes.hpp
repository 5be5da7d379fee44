#pragma once

#include "app/api/services.hpp"
#include "app/http/router.hpp"

namespace support::api {

// Every route of the service. `services` must outlive the router.
void add_routes(http::Router& router, Services& services);

}  // namespace support::api
