#pragma once

#include <string>
#include <string_view>

#include "app/alembic/script/revision.hpp"
#include "app/alembic/script/script.hpp"

namespace support::alembic {

// What stands above the first marker of an SQL migration.
struct SqlHeader {
  Revision declared;
  ScriptLines lines;
  std::string message;
  std::string create_date;
  bool transactional = true;
};

// Reads the comment that an SQL migration begins with: the message, a blank comment line, then `key: value` lines. A
// remark in parentheses behind a value is no part of it. `text` ends where the first marker begins. Throws
// CommandError, naming `path` and the line: a key that is missing, unknown, repeated or malformed, and whatever is no
// comment.
SqlHeader parse_sql_header(std::string_view text, std::string_view path);

// The docstring that Alembic would print for it.
std::string longdoc_of(const SqlHeader& header);

}  // namespace support::alembic
