#include "app/alembic/text.hpp"

#include <utility>

namespace support::alembic {

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

std::string one_line(std::string_view text) {
  std::string line;
  bool blank = false;
  for (const char c : trimmed(text)) {
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      blank = true;
      continue;
    }
    if (std::exchange(blank, false)) line += ' ';
    line += c;
  }
  return line;
}

}  // namespace support::alembic
