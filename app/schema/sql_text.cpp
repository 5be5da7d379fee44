#include "app/schema/sql_text.hpp"

#include <stdexcept>

#include <fmt/format.h>

namespace support::schema {

std::string sql_text(std::string_view what, const std::string& sql) {
  constexpr std::string_view blanks_and_semicolons = " \t\r\n;";
  const std::size_t first = sql.find_first_not_of(blanks_and_semicolons);
  if (first == std::string::npos) throw std::invalid_argument(fmt::format("{} is empty; give it its SQL.", what));
  std::string result = sql.substr(first, sql.find_last_not_of(blanks_and_semicolons) - first + 1);
  const std::size_t last_line = result.rfind('\n');
  if (result.find("--", last_line == std::string::npos ? 0 : last_line) != std::string::npos) result += '\n';
  return result;
}

std::string dollar_quote(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) {
    throw std::invalid_argument("The body of a function holds a NUL character; PostgreSQL cannot store it in a text.");
  }
  std::string tag = "$$";
  // A dollar at the end would join the closing $$, so that the constant ends a character early.
  bool clashes = text.find(tag) != std::string_view::npos || text.ends_with('$');
  for (int i = 0; clashes; ++i) {
    tag = i == 0 ? "$body$" : fmt::format("$body{}$", i);
    clashes = text.find(tag) != std::string_view::npos;
  }
  return tag + std::string(text) + tag;
}

}  // namespace support::schema
