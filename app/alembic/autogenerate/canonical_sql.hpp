#pragma once

#include <string>
#include <string_view>

// The server's deparser does not always write what it would write again after it has read that: a list of varchar
// literals that is cast as a whole comes back as literals that are cast one by one, and conditions inside of conditions
// lose their parentheses. So a constraint, restored from a dump or made from a text of the inspector, has another text
// than its original, and means the same.
namespace support::alembic::autogenerate {

// The text as it is in the end, however often it is read and written. What is quoted stays, bodies in dollar quotes
// included.
std::string canonical_sql(std::string_view sql);

// Whether two texts of the deparser differ in nothing that lasts.
bool is_same_sql(std::string_view a, std::string_view b);

}  // namespace support::alembic::autogenerate
