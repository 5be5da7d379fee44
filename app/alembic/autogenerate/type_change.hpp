#pragma once

#include <string>

namespace support::alembic::autogenerate {

// What ALTER COLUMN … TYPE does to rows.
enum class Rewrite {
  none,
  unless_utc,  // between timestamps with and without a time zone: none where the session's one is UTC
  all
};

// Both types as the server spells them: "character varying(10)[]". Types that are not the server's own count as
// different in every byte.
Rewrite rewrite_of(const std::string& before, const std::string& after);

// A sentence about values that don't survive the change; empty where all do.
std::string loss_of(const std::string& before, const std::string& after);

}  // namespace support::alembic::autogenerate
