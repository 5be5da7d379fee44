#pragma once

#include <string>
#include <string_view>

namespace support::alembic::safety {

// A text that a regular expression of PostgreSQL's matches, another one for another `n` where there is more than one.
// Looking ahead, back references and what else would need a search are passed over, so the server has the last word.
std::string sample_of_regex(std::string_view pattern, unsigned n);

// The same for LIKE.
std::string sample_of_like(std::string_view pattern, unsigned n);

}  // namespace support::alembic::safety
