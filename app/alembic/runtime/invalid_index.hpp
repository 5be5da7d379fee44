#pragma once

#include <string>
#include <string_view>

#include "app/alembic/runtime/connection.hpp"

// CREATE INDEX CONCURRENTLY works in several transactions. When it fails, the index stays behind, invalid: it costs
// writes, serves no query, and its name is taken (PostgreSQL manual, CREATE INDEX, "Building Indexes Concurrently").
namespace support::alembic {

// Before `statement` runs: drops what an earlier try of it left behind, and logs that. IF NOT EXISTS would take it for
// the index. Throws CommandError (exit code 5) when another session is building that very index now.
void drop_leftover(Connection& connection, const std::string& statement);

// After `statement` succeeded: throws std::runtime_error when the index that it was to build is there but invalid, as
// IF NOT EXISTS leaves one that another session has not finished.
void require_valid(Connection& connection, const std::string& statement);

// After `statement` failed: what it left behind and what to do about it, as a part of the message; empty when nothing.
std::string describe_leftover(Connection& connection, const std::string& statement);

}  // namespace support::alembic
