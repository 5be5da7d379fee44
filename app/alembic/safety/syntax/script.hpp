#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "app/alembic/safety/syntax/parse_tree.hpp"

namespace support::alembic::safety {

// `-- allow: RULE[, RULE…]: reason` beside a statement: its findings of these rules are accepted.
struct Allowance {
  std::vector<std::string> rules;
  std::string reason;  // empty when there is none, and then nothing is allowed
  unsigned line = 0;
};

struct Statement {
  std::string sql;    // without the closing semicolon and what surrounds it
  unsigned line = 0;  // of its first token, from 1
  ParseTree tree;
  std::vector<Allowance> allowances;  // in comments above it, in it, and behind it on its last line
  bool runs_alone = false;            // the runner commits first, and begins anew behind it

  Node node() const { return tree.root(); }
};

// A file that can't be read as SQL. what() is "FILE:LINE:COLUMN: message".
class ScriptError : public std::runtime_error {
 public:
  ScriptError(std::string_view file, unsigned line, unsigned column, std::string_view message);

  unsigned line() const { return line_; }      // from 1
  unsigned column() const { return column_; }  // in characters, from 1

 private:
  unsigned line_;
  unsigned column_;
};

struct Script {
  std::vector<Statement> statements;
  // `-- transactional: true|false` in a comment above the first statement, as in a SQL migration.
  enum class Transactional { unsaid, yes, no } transactional = Transactional::unsaid;
};

// The statements of a file, in order. The rows of COPY … FROM stdin are skipped. Throws ScriptError. `first_line` is
// the line of the file that `text` begins at.
Script read_script(std::string text, std::string_view file, unsigned first_line = 1);

}  // namespace support::alembic::safety
