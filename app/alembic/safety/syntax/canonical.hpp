#pragma once

#include <string>
#include <string_view>

namespace support::alembic::safety {

// A statement as two that do the same by their words are spelled: PostgreSQL's own tokens without comments, a blank
// between them only where it says something, unquoted words in lower case, strings and bodies as they are, without
// semicolons at the end. What the scanner can't read stays as it is.
std::string canonical_sql(std::string_view sql);

// SHA-256 of canonical_sql(), in hexadecimal: what a sign-off names.
std::string statement_digest(std::string_view sql);

}  // namespace support::alembic::safety
