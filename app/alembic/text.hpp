#pragma once

#include <string>
#include <string_view>

namespace support::alembic {

// Without the blanks and line ends at both ends.
std::string_view trimmed(std::string_view text);

// With every run of blanks and line ends as one blank.
std::string one_line(std::string_view text);

}  // namespace support::alembic
