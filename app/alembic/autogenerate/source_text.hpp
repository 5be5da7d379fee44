#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// Texts as C++ spells them.
namespace support::alembic::autogenerate {

// Columns that a string literal may take; what is longer is written as several, one a line.
constexpr std::size_t widest_literal = 70;

// How many columns UTF-8 takes on a screen.
std::size_t width_of(std::string_view utf8);

// The text as one literal, whatever its length: "a \"b\"". Bytes that are no UTF-8, control characters and those that
// turn the direction of writing are escaped. Throws std::invalid_argument on a NUL, which PostgreSQL cannot store.
std::string quoted_literal(std::string_view text);

// The text as literals that stand below each other: one when it fits; one raw literal, R"sql(…)sql", when it has
// several lines and can be shown as it is; else several ordinary ones, cut behind line ends and blanks.
std::vector<std::string> literals_of(std::string_view text);

// The paragraphs of a remark as lines of a `//` comment, each at most `width` columns wide where its words allow that.
std::vector<std::string> comment_lines(std::string_view remark, std::string_view mark, std::size_t width);

}  // namespace support::alembic::autogenerate
