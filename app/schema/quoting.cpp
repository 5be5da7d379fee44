#include "app/schema/quoting.hpp"

#include <stdexcept>

#include <fmt/format.h>

namespace support::schema {
namespace {

constexpr std::size_t max_identifier_bytes = 63;

bool is_bare_start(char c) {
  return (c >= 'a' && c <= 'z') || c == '_';
}

bool is_bare(char c) {
  return is_bare_start(c) || (c >= '0' && c <= '9') || c == '$';
}

bool needs_quotes(std::string_view identifier) {
  if (!is_bare_start(identifier.front())) return true;
  for (const char c : identifier) {
    if (!is_bare(c)) return true;
  }
  return is_reserved_word(identifier);
}

// The text between two `quote`s, each quote inside it doubled.
std::string enclose(std::string_view text, char quote) {
  std::string result(1, quote);
  for (const char c : text) {
    if (c == quote) result += quote;
    result += c;
  }
  result += quote;
  return result;
}

}  // namespace

std::string quote_identifier(std::string_view identifier, Quotes quotes) {
  if (identifier.empty()) {
    throw std::invalid_argument("An identifier is empty; give the table, column, type or index a name.");
  }
  if (identifier.find('\0') != std::string_view::npos) {
    throw std::invalid_argument(
        fmt::format("The identifier that begins with '{}' holds a NUL character; PostgreSQL allows none in a name.",
                    identifier.substr(0, identifier.find('\0'))));
  }
  return quotes == Quotes::always || needs_quotes(identifier) ? enclose(identifier, '"') : std::string(identifier);
}

std::string qualified_name(std::string_view name, std::string_view schema) {
  if (schema.empty()) return quote_identifier(name);
  return quote_identifier(schema) + '.' + quote_identifier(name);
}

std::string identifier_list(const std::vector<std::string>& identifiers) {
  if (identifiers.empty()) {
    throw std::invalid_argument("A key, index or insert names no column; it needs one at least.");
  }
  std::string result;
  for (const std::string& identifier : identifiers) {
    if (!result.empty()) result += ", ";
    result += quote_identifier(identifier);
  }
  return result;
}

std::string quote_literal(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) {
    throw std::invalid_argument("A string constant holds a NUL character; PostgreSQL cannot store it in a text.");
  }
  if (text.find('\\') == std::string_view::npos) return enclose(text, '\'');
  std::string doubled;
  for (const char c : text) {
    if (c == '\\') doubled += '\\';
    doubled += c;
  }
  return 'E' + enclose(doubled, '\'');
}

void require_name_fits(std::string_view kind, std::string_view name) {
  if (name.size() <= max_identifier_bytes) return;
  throw std::invalid_argument(
      fmt::format("The {} name '{}' has {} bytes and PostgreSQL keeps {}; give it a shorter name.", kind, name,
                  name.size(), max_identifier_bytes));
}

}  // namespace support::schema
