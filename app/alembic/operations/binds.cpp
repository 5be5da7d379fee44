#include <set>
#include <stdexcept>

#include <fmt/format.h>

#include "app/alembic/operations/value.hpp"

namespace support::alembic {
namespace {

constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::size_t word_size(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size() && (is_letter(text[size]) || is_digit(text[size]))) ++size;
  return size;
}

// Up to and with the next `end`; all of it when there is none, which the server will find.
std::size_t size_until(std::string_view text, std::string_view end, std::size_t from) {
  const std::size_t found = text.find(end, from);
  return found == std::string_view::npos ? text.size() : found + end.size();
}

std::size_t quoted_size(std::string_view text, bool has_escapes) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (has_escapes && text[i] == '\\') {
      ++i;
    } else if (text[i] == text.front()) {
      return i + 1;
    }
  }
  return text.size();
}

std::size_t block_comment_size(std::string_view text) {
  std::size_t depth = 0;
  std::size_t i = 0;
  while (i < text.size()) {
    const std::string_view rest = text.substr(i);
    const bool opens = rest.starts_with("/*");
    const bool closes = rest.starts_with("*/");
    i += opens || closes ? 2 : 1;
    if (opens) ++depth;
    if (closes && --depth == 0) return i;
  }
  return text.size();
}

// Of $$…$$ or $tag$…$tag$; 0 when the dollar begins neither.
std::size_t dollar_quoted_size(std::string_view text) {
  const std::size_t tag = 1 + (text.size() > 1 && is_digit(text[1]) ? 0 : word_size(text.substr(1)));
  if (tag >= text.size() || text[tag] != '$') return 0;
  return size_until(text, text.substr(0, tag + 1), tag + 1);
}

// Of the quoted text, quoted name or comment that begins here; 0 when none does. `before` is the character in front.
std::size_t opaque_size(std::string_view text, char before) {
  if (text.starts_with("--")) return size_until(text, "\n", 2);
  if (text.starts_with("/*")) return block_comment_size(text);
  if (text.front() == '"') return quoted_size(text, false);
  if (text.front() == '\'') return quoted_size(text, before == 'e' || before == 'E');
  const bool ends_a_word = is_letter(before) || is_digit(before);
  return text.front() == '$' && !ends_a_word ? dollar_quoted_size(text) : 0;
}

std::string without_escapes(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == ':') continue;
    result += text[i];
  }
  return result;
}

// Of `:name`, where it stands for a value; 0 elsewhere.
std::size_t bind_size(std::string_view text, char before) {
  if (!text.starts_with(':') || before == ':' || before == '\\' || is_letter(before) || is_digit(before)) return 0;
  const std::size_t name = word_size(text.substr(1));
  return name == 0 ? 0 : 1 + name;
}

}  // namespace

std::string with_binds(std::string_view sql, const Binds& binds) {
  std::string result;
  std::set<std::string_view> used;
  char before = ' ';
  while (!sql.empty()) {
    std::size_t size = opaque_size(sql, before);
    if (size > 0) {
      result += without_escapes(sql.substr(0, size));
    } else if ((size = bind_size(sql, before)) > 0) {
      const auto found = binds.find(sql.substr(1, size - 1));
      if (found == binds.end()) {
        throw std::invalid_argument(
            fmt::format("execute() has no value for the parameter ':{}'; give it one, or write "
                        "'\\:{}' where the colon is meant.",
                        sql.substr(1, size - 1), sql.substr(1, size - 1)));
      }
      result += value_sql(found->second);
      used.insert(found->first);
    } else {
      size = 1;
      if (!sql.starts_with("\\:")) result += sql.front();
    }
    before = sql[size - 1];
    sql.remove_prefix(size);
  }
  for (const auto& [name, value] : binds) {
    if (used.contains(name)) continue;
    throw std::invalid_argument(fmt::format("execute() has a value for '{}', and its statement no :{}.", name, name));
  }
  return result;
}

}  // namespace support::alembic
