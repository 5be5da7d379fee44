#pragma once

#include <string>
#include <string_view>

namespace support::config {

// libpq's connection parameters as of PostgreSQL 15 (manual, 34.1.2): the version both engines are built against.
bool is_connection_keyword(std::string_view name);

// Throws DatabaseUrlError when libpq 15 would refuse `value` or read something else out of it than was meant.
// `spelling` is the parameter as the URL has it.
void check_connection_value(std::string_view name, std::string_view value, std::string_view spelling);

// libpq's six sslmode words in a sentence.
std::string sslmode_words();

// The known parameter, of libpq or of a driver, that is most like a misspelt one; empty when none is.
std::string_view nearest_parameter(std::string_view name);
// True for one or two keystrokes away: close enough to be a slip.
bool is_misspelling(std::string_view name, std::string_view known);

}  // namespace support::config
