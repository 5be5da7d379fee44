#pragma once

#include <string>
#include <vector>

#include "app/config/settings.hpp"

namespace support::cli {

// The running service: a thread a core, each with an io_context, a slice of the pool, a router and an acceptor of its
// own. Serves until SIGTERM or SIGINT, then drains: not ready, no new connections, requests in flight finish. A second
// signal ends it at once. Returns the exit code. Throws http::BindError when the address can't be had.
int run_service(const config::Settings& settings, std::vector<std::string> expected_heads);

}  // namespace support::cli
