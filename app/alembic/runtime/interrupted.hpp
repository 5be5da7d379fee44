#pragma once

#include <optional>
#include <string>

#include "app/alembic/runtime/connection.hpp"

// What a statement that runs outside of transactions leaves behind when it is interrupted, and how to go on.
namespace support::alembic {

enum class InterruptedOutcome { done, repeatable, unknown };

// Of a statement that was sent and whose end nobody saw.
InterruptedOutcome outcome_of(Connection& connection, const std::string& statement);

// What to send instead of `statement`, where an earlier try has done a part of it for good: the FINALIZE of a DETACH
// PARTITION CONCURRENTLY that is pending (PostgreSQL manual, ALTER TABLE). Logs that.
std::optional<std::string> remaining_part(Connection& connection, const std::string& statement);

}  // namespace support::alembic
