#pragma once

#include <string>
#include <string_view>

namespace support::alembic {

// What of a message becomes part of a file's name: its words in lower case, joined by underscores. More than 40
// characters are cut at the last underscore within them, which stays as a sign that something is missing.
std::string slug_of(std::string_view message);

// A new revision identifier: 12 hexadecimal digits from the system's random source.
std::string random_revision_id();

// The local time as `Create Date` has it: 2026-01-18 03:38:38.172294.
std::string create_date_now();

}  // namespace support::alembic
