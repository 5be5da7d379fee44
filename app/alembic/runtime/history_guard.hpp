#pragma once

#include <string_view>

namespace support::alembic {

// The function that keeps the history append-only. A schema that holds it is the tool's own, and no part of what
// migrations and models describe.
inline constexpr std::string_view history_guard = "support_agent_history_is_append_only";

}  // namespace support::alembic
