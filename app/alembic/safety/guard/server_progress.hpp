#pragma once

#include <string>

#include "app/alembic/safety/guard/lock_holders.hpp"

namespace support::alembic::safety {

// How far the statement of a session is, by the server's own progress views: "building index: scanning table, 45 %";
// empty when the server does not say.
std::string server_progress(const Ask& ask, const std::string& pid);

}  // namespace support::alembic::safety
