#pragma once

#include <string>
#include <string_view>

#include "app/database/codec.hpp"

namespace support::database {

// PostgreSQL's binary form of numeric: groups of four decimal digits (src/backend/utils/adt/numeric.c, numeric_send).
// Both directions are exact and keep trailing zeros of the fraction.

// Appends the binary form of decimal text. On a problem `out` may have grown.
Problem encode_numeric(std::string_view text, std::string& out);
Problem decode_numeric(std::string_view bytes, std::string& text);

}  // namespace support::database
