#include "app/alembic/autogenerate/definition_cursor.hpp"

#include <algorithm>

#include "app/alembic/script/statement_words.hpp"

namespace support::alembic::autogenerate {
namespace {

// Behind the text between quotes that begins here. A doubled quote ends one text and begins the next, which is as good;
// backslashes are always doubled and escape no quote.
std::size_t behind_quoted(std::string_view text, std::size_t at) {
  const auto end = text.find(text[at], at + 1);
  return end == std::string_view::npos ? text.size() : end + 1;
}

}  // namespace

bool DefinitionCursor::take(std::string_view text) {
  if (!rest_.starts_with(text)) return false;
  rest_.remove_prefix(text.size());
  return true;
}

std::string DefinitionCursor::name() {
  const auto words = leading_words(rest_, 1);
  if (words.empty() || words.front().offset != 0) return {};
  rest_.remove_prefix(words.front().text.size());
  return name_of(words.front().text);
}

QualifiedName DefinitionCursor::qualified_name() {
  auto first = name();
  if (!take(".")) return {"", std::move(first)};
  return {std::move(first), name()};
}

std::string_view DefinitionCursor::until(std::string_view stop) {
  std::size_t at = 0;
  int depth = 0;
  while (at < rest_.size()) {
    if (depth == 0 && rest_.substr(at).starts_with(stop)) break;
    const char c = rest_[at];
    if (c == '\'' || c == '"') {
      at = behind_quoted(rest_, at);
      continue;
    }
    if (c == '(' || c == '[') ++depth;
    if (c == ')' || c == ']') --depth;
    ++at;
  }
  const auto result = rest_.substr(0, at);
  rest_.remove_prefix(result.size());
  return result;
}

std::vector<std::string_view> parts_of(std::string_view text, std::string_view separator) {
  std::vector<std::string_view> parts;
  DefinitionCursor cursor(text);
  while (!cursor.at_end()) {
    parts.push_back(cursor.until(separator));
    cursor.take(separator);
  }
  return parts;
}

}  // namespace support::alembic::autogenerate
