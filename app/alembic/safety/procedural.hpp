#pragma once

#include <string>
#include <vector>

#include "app/alembic/safety/syntax/parse_tree.hpp"

namespace support::alembic::safety {

// Whether PostgreSQL refuses the statement inside a transaction block (25001).
bool refuses_transaction(const Node& statement);

// The statements written out in the body of a DO block, or in constant strings that it hands to EXECUTE. What it puts
// together at run time can't be known.
std::vector<ParseTree> executed_by_block(const Node& statement);

// Tables that a DO block names behind FROM and JOIN outside of these statements: in a loop over a query, in a
// condition, in PERFORM. Qualified as written; those of the server itself are left out.
std::vector<std::vector<std::string>> read_by_block(const Node& statement);

// Whether a DO block may do what its text does not show: SQL that it puts together, that the parser can't read, or
// in a function of one's own.
bool hides_statements(const Node& block);

// Whether a DO block runs, or may run, a statement that changes the schema.
bool changes_schema(const Node& block);

}  // namespace support::alembic::safety
