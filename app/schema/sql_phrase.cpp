#include "app/schema/sql_phrase.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

namespace support::schema {

std::string lower(std::string_view words) {
  std::string result(words);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return result;
}

std::string upper(std::string_view words) {
  std::string result(words);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return result;
}

const std::string& require_phrase(std::string_view what, const std::string& phrase,
                                  std::initializer_list<std::string_view> allowed) {
  if (std::find(allowed.begin(), allowed.end(), upper(phrase)) != allowed.end()) return phrase;
  throw std::invalid_argument(fmt::format("{} is '{}'; PostgreSQL allows {}.", what, phrase, fmt::join(allowed, ", ")));
}

}  // namespace support::schema
