#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace support::alembic {

// One statement of an SQL script. The views point into the script.
struct SqlStatement {
  std::string_view text;                      // from the first token to the last, without the closing semicolon
  unsigned line = 0;                          // of its first token, from 1
  std::optional<std::string_view> copy_data;  // the lines between `COPY … FROM stdin;` and `\.`; absent otherwise
};

// A `--` comment where PostgreSQL sees one: not in a string, a function body, a block comment or rows of COPY.
struct SqlLineComment {
  std::string_view text;   // from the dashes to the end of the line, which is not part of it
  std::size_t offset = 0;  // of the dashes
  unsigned line = 0;       // from 1
};

// The script ends inside a quote, a comment, a parenthesis, a body or rows of COPY, or holds what no server
// understands. what() is a full sentence that names the lines within the script.
class SqlSyntaxError : public std::runtime_error {
 public:
  SqlSyntaxError(unsigned line, unsigned column, const std::string& message)
      : std::runtime_error(message), line_(line), column_(column) {}

  // Where the trouble begins, both from 1; the column in characters.
  unsigned line() const { return line_; }
  unsigned column() const { return column_; }

 private:
  unsigned line_;
  unsigned column_;
};

// Splits a script at the semicolons that end a statement, by the rules of PostgreSQL's lexer (manual, "Lexical
// Structure"; standard_conforming_strings is on) and, for SQL-standard function bodies and rules, of psql. Statements
// without a token are left out. `first_line` is the number of the script's first line in its file. Linear in the length
// of the script. Throws SqlSyntaxError.
std::vector<SqlStatement> split_sql(std::string_view script, unsigned first_line = 1);

// The `--` comments of a script, in order. Throws as split_sql() does.
std::vector<SqlLineComment> sql_line_comments(std::string_view script);

// Of a place in a text, in characters from the last line break before it, from 1.
unsigned column_of(std::string_view text, std::size_t offset);

// Whether there is any statement in a script. Reads no further than its first token. Throws as split_sql() does.
bool holds_statement(std::string_view script, unsigned first_line = 1);

}  // namespace support::alembic
