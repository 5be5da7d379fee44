#pragma once

#include <memory>
#include <string>

#include "app/alembic/safety/syntax/lexer.hpp"
#include "app/alembic/safety/syntax/node.hpp"

namespace support::alembic::safety {

// The tree of one statement, from PostgreSQL's own grammar (libpg_query, version 15). Statements in the syntax of
// 16 to 18 are read as well (newer_syntax.hpp). Copies share the tree.
class ParseTree {
 public:
  // `tokens` are those of `sql`. Throws SyntaxError.
  static ParseTree parse(const std::string& sql, const std::vector<Token>& tokens);

  Node root() const;

 private:
  struct Storage;
  std::shared_ptr<Storage> storage_;
};

}  // namespace support::alembic::safety
