#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace support::schema {

// ASCII letters only, as PostgreSQL folds its keywords.
std::string lower(std::string_view words);
std::string upper(std::string_view words);

// The phrase as its author spelt it, when it is one of the allowed ones in whatever case; they are in capitals. `what`
// begins the message: "ON DELETE of a foreign key". Throws std::invalid_argument.
const std::string& require_phrase(std::string_view what, const std::string& phrase,
                                  std::initializer_list<std::string_view> allowed);

}  // namespace support::schema
