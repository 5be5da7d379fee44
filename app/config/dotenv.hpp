#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace support::config {

struct DotenvEntry {
  std::string name;
  std::string value;
  std::size_t line = 0;  // where it begins, from 1
  bool expands = false;  // holds an unquoted or double-quoted `${`, which other readers replace and we don't
};

struct DotenvFile {
  std::vector<DotenvEntry> entries;
  std::vector<std::string> problems;  // sentences with the line's number, never its text: it may be a secret
};

// Reads the text of a .env file: `NAME=value` lines, optionally after `export`; blank lines and `#` comments; values
// plain (up to ` #`), in single quotes (\' and \\ escaped) or in double quotes (\n, \r, \t, \", \\, \$ escaped), the
// quoted ones over several lines if need be. A byte order mark and CRLF are accepted.
DotenvFile parse_dotenv(std::string_view text);

}  // namespace support::config
