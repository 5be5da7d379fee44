#include "app/alembic/autogenerate/sql_cursor.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "app/alembic/script/sql_words.hpp"
#include "app/alembic/script/statement_words.hpp"
#include "app/schema/quoting.hpp"

namespace support::alembic::autogenerate {
namespace {

constexpr std::size_t longest_name = 63;
constexpr std::size_t longest_small_integer = 9;
constexpr auto comparisons = std::to_array<std::string_view>({"=", "<>", "!=", "<", "<=", ">", ">="});

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_word_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_word_part(char c) {
  return is_word_start(c) || is_digit(c);
}

// The letters of operators. Those that stand together are one, but for the beginning of a comment, with which this
// would not be one of those that are known.
bool is_operator_part(char c) {
  return std::string_view("+-*/<>=~!@#%^&|`?").find(c) != std::string_view::npos;
}

// Behind the comment that begins here, or `at`.
std::size_t behind_comment(std::string_view text, std::size_t at) {
  const auto rest = text.substr(at);
  if (rest.starts_with("--")) return std::min(text.find('\n', at), text.size());
  if (!rest.starts_with("/*")) return at;
  const auto end = text.find("*/", at + 2);
  // One inside another is left to the server.
  if (end == std::string_view::npos || text.substr(at + 2, end - at - 2).find("/*") != std::string_view::npos) {
    throw NotPredictable();
  }
  return end + 2;
}

// Behind the quote that closes the one here; a doubled one closes nothing.
std::size_t behind_quotes(std::string_view text, std::size_t at) {
  const char quote = text[at];
  for (++at; at < text.size(); ++at) {
    if (text[at] != quote) continue;
    if (at + 1 == text.size() || text[at + 1] != quote) return at + 1;
    ++at;
  }
  throw NotPredictable();
}

std::string without_quotes(std::string_view text) {
  std::string result;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    result += text[i];
    if (text[i] == text.front()) ++i;
  }
  return result;
}

}  // namespace

SqlCursor::SqlCursor(std::string_view statement) {
  for (std::size_t at = 0; at < statement.size();) {
    if (is_blank(statement[at])) {
      ++at;
    } else if (const auto behind = behind_comment(statement, at); behind != at) {
      at = behind;
    } else {
      at = read_token(statement, at);
    }
  }
}

// Appends the token that begins here; returns where it ends.
std::size_t SqlCursor::read_token(std::string_view statement, std::size_t at) {
  const auto token_until = [&](std::size_t end, Kind kind) {
    tokens_.push_back({kind, statement.substr(at, end - at)});
    return end;
  };
  const auto first_not = [&](std::size_t from, bool (*is_part)(char)) {
    while (from < statement.size() && is_part(statement[from])) ++from;
    return from;
  };
  const auto is_followed_by = [&](std::size_t end, std::string_view any) {
    return end < statement.size() && any.find(statement[end]) != std::string_view::npos;
  };
  const char c = statement[at];
  if (is_word_start(c)) {
    const auto end = first_not(at, is_word_part);
    // E'…', U&"…", a$b
    if (is_followed_by(end, "'&$")) throw NotPredictable();
    return token_until(end, Kind::word);
  }
  if (is_digit(c)) {
    auto end = first_not(at, is_digit);
    if (is_followed_by(end, ".")) end = first_not(end + 1, is_digit);
    if (statement[end - 1] == '.' || (end < statement.size() && is_word_start(statement[end]))) throw NotPredictable();
    return token_until(end, Kind::number);
  }
  if (c == '"') {
    const auto end = behind_quotes(statement, at);
    const auto name = statement.substr(at + 1, end - at - 2);
    if (name.empty() || !std::ranges::all_of(name, is_word_part)) throw NotPredictable();
    return token_until(end, Kind::quoted_name);
  }
  if (c == '\'') {
    const auto end = behind_quotes(statement, at);
    if (statement.substr(at, end - at).find('\\') != std::string_view::npos) throw NotPredictable();
    return token_until(end, Kind::string);
  }
  if (is_operator_part(c)) {
    const auto end = first_not(at, is_operator_part);
    const auto name = statement.substr(at, end - at);
    if (name != "-" && std::ranges::find(comparisons, name) == comparisons.end()) throw NotPredictable();
    return token_until(end, Kind::symbol);
  }
  if (std::string_view("(),.:[];").find(c) == std::string_view::npos) throw NotPredictable();
  return token_until(at + 1, Kind::symbol);
}

const SqlCursor::Token& SqlCursor::next() {
  if (at_end()) throw NotPredictable();
  return tokens_[at_++];
}

bool SqlCursor::take(std::string_view key_words) {
  auto at = at_;
  while (!key_words.empty()) {
    const auto word = key_words.substr(0, key_words.find(' '));
    key_words.remove_prefix(std::min(word.size() + 1, key_words.size()));
    if (at == tokens_.size() || tokens_[at].kind != Kind::word || !same_word(tokens_[at].text, word)) return false;
    ++at;
  }
  at_ = at;
  return true;
}

bool SqlCursor::take_symbol(char symbol) {
  return take_operator(std::string_view(&symbol, 1));
}

bool SqlCursor::take_operator(std::string_view name) {
  if (!is_next(Kind::symbol) || tokens_[at_].text != name) return false;
  ++at_;
  return true;
}

void SqlCursor::require(std::string_view key_words) {
  if (!take(key_words)) throw NotPredictable();
}

void SqlCursor::require_symbol(char symbol) {
  if (!take_symbol(symbol)) throw NotPredictable();
}

std::string SqlCursor::identifier() {
  const auto& token = next();
  if (token.kind != Kind::word && token.kind != Kind::quoted_name) throw NotPredictable();
  auto name = name_of(token.text);
  const bool is_reserved = token.kind == Kind::word && schema::quote_identifier(name) != name;
  if (is_reserved || name.size() > longest_name) throw NotPredictable();
  return name;
}

QualifiedName SqlCursor::qualified_name() {
  auto first = identifier();
  if (!take_symbol('.')) return {"", std::move(first)};
  return {std::move(first), identifier()};
}

Texts SqlCursor::identifiers_in_parentheses() {
  Texts names;
  require_symbol('(');
  do {
    names.push_back(identifier());
  } while (take_symbol(','));
  require_symbol(')');
  return names;
}

std::string SqlCursor::string() {
  const auto& token = next();
  if (token.kind != Kind::string) throw NotPredictable();
  return without_quotes(token.text);
}

std::string_view SqlCursor::number() {
  const auto& token = next();
  if (token.kind != Kind::number) throw NotPredictable();
  return token.text;
}

int SqlCursor::small_integer() {
  const auto digits = number();
  int value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || digits.size() > longest_small_integer) {
    throw NotPredictable();
  }
  return value;
}

}  // namespace support::alembic::autogenerate
