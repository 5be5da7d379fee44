#pragma once

#include <string>
#include <string_view>

namespace support::schema {

// SQL that an author wrote, fit to stand inside a statement: without the blanks and semicolons around it, and with a
// line end when a comment in its last line would swallow what follows. `what` begins the message when nothing is left:
// "The definition of the view 'v'". Throws std::invalid_argument then.
std::string sql_text(std::string_view what, const std::string& sql);

// A string constant in dollar quotes, with a tag that the text does not hold: $$…$$, $body$…$body$, $body1$…$body1$.
// Throws std::invalid_argument on a NUL, which PostgreSQL cannot store.
std::string dollar_quote(std::string_view text);

}  // namespace support::schema
