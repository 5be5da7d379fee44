#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Small questions to text that the readers of script files share.
namespace support::alembic {

// Without blanks and line ends around it.
std::string_view trimmed(std::string_view text);

// The parts between commas, trimmed; empty ones are left out.
std::vector<std::string> split_at_commas(std::string_view text);

// Where the first byte stands that is no part of a well-formed character (RFC 3629).
std::optional<std::size_t> first_invalid_utf8(std::string_view text);

// The number of the line that holds this place, from 1.
unsigned line_at(std::string_view text, std::size_t offset);

}  // namespace support::alembic
