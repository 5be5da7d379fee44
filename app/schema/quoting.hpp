#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace support::schema {

// The identifier as SQL spells it: bare when it is lower-case letters, digits, _ and $ and not a reserved word, else in
// double quotes. Throws std::invalid_argument when it is empty or holds a NUL, which no quoting can express.
enum class Quotes { where_needed, always };
std::string quote_identifier(std::string_view identifier, Quotes quotes = Quotes::where_needed);

// `schema.name`, or `name` alone when the schema is empty.
std::string qualified_name(std::string_view name, std::string_view schema);

// The identifiers, quoted and joined by ", ". Throws std::invalid_argument when there is none.
std::string identifier_list(const std::vector<std::string>& identifiers);

// A string constant that reads the same whatever standard_conforming_strings says: quotes are doubled, and a text with
// backslashes becomes E'…'. Throws std::invalid_argument on a NUL, which PostgreSQL cannot store.
std::string quote_literal(std::string_view text);

// Whether PostgreSQL (15 to 18), or SQLAlchemy on its behalf, reserves the lower-case word.
bool is_reserved_word(std::string_view word);

// PostgreSQL cuts longer names without an error (NAMEDATALEN - 1), so that the object could not be found again by the
// name its migration gave. `kind` is for the message: "index", "constraint". Throws std::invalid_argument.
void require_name_fits(std::string_view kind, std::string_view name);

}  // namespace support::schema
