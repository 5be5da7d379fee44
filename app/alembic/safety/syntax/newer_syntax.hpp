#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/alembic/safety/syntax/lexer.hpp"

namespace boost::json {
class value;
}

namespace support::alembic::safety {

// What PostgreSQL 16 to 19 added to the grammar, said in the words of 15, so that the parser of 15 can read it. What 15
// has no words for is marked, and annotate() writes it into the tree:
//   NOT NULL as a table constraint     Constraint: contype CONSTR_NOTNULL, keys, skip_validation
//   NOT ENFORCED                       Constraint: not_enforced
//   ALTER CONSTRAINT … ENFORCED        Constraint: make_enforced
//   … VIRTUAL                          Constraint (CONSTR_GENERATED): virtual
//   ALTER COLUMN … SET EXPRESSION      AlterTableCmd: subtype AT_SetExpression
struct OlderWords {
  std::string sql;
  struct Mark {
    std::string_view field;
    std::size_t offset;  // in `sql`, behind the constraint that is meant
  };
  std::vector<Mark> marks;
};

// Nothing when there is nothing newer in it.
std::optional<OlderWords> in_older_words(const std::vector<Token>& tokens);

void annotate(boost::json::value& tree, const OlderWords& words);

}  // namespace support::alembic::safety
