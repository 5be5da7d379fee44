#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace support::alembic {

// "lib@ae10+2": two steps up from ae10, on the branch lib. Without a symbol the walk starts at the database's revision.
struct RelativeTarget {
  std::optional<std::string> branch_label;
  std::optional<std::string> symbol;
  std::string sign_and_digits;  // as written: "+2"
  long steps = 0;
};

// Empty when the text is not relative. As in Alembic, what follows the digits is not looked at.
std::optional<RelativeTarget> parse_relative(std::string_view text);

}  // namespace support::alembic
