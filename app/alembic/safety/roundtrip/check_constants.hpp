#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace support::alembic::safety {

// The constants that a condition holds its columns against, as the server's deparser spells them, each once. Where a
// value that satisfies the condition is looked for, it is one of them or stands next to one.
struct CheckConstants {
  std::vector<std::string> strings;  // "open", "2024-01-01"
  std::vector<std::string> numbers;  // as SQL spells them: "10", "-1", "0.5"
  std::vector<std::string> regexes;  // of ~ and ~*
  std::vector<std::string> likes;    // of LIKE and ILIKE

  void add(std::string_view condition);
  bool empty() const { return strings.empty() && numbers.empty() && regexes.empty() && likes.empty(); }
};

// The names that an expression mentions, quoted ones without their quotes; key words and functions are among them.
std::vector<std::string> mentioned_names(std::string_view expression);

}  // namespace support::alembic::safety
