#pragma once

#include <optional>
#include <string_view>

namespace support::alembic::safety {

// Whether a function may give another value for each row (VOLATILE), or gives one value for a whole statement
// (STABLE, IMMUTABLE).
enum class Volatility { steady, changing };

// Of a function of pg_catalog; nothing for any other name.
std::optional<Volatility> builtin_volatility(std::string_view name);

}  // namespace support::alembic::safety
