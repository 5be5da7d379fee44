#include "app/alembic/safety/syntax/canonical.hpp"

#include <algorithm>

#include "app/alembic/safety/syntax/lexer.hpp"
#include "app/alembic/script/sha256.hpp"
#include "app/alembic/script/text.hpp"

namespace support::alembic::safety {

namespace {

bool folds(const Token& token) {
  if (token.kind == Token::Kind::word) return true;
  return token.kind == Token::Kind::identifier && token.text.find('"') == std::string_view::npos;
}

// These are tokens of their own whatever stands beside them.
bool closes_up_before(std::string_view token) {
  return token == "," || token == ")" || token == "(" || token == "." || token == ";" || token == "]" || token == "[";
}
bool closes_up_behind(std::string_view token) {
  return token == "(" || token == "." || token == "[";
}

// The scanner gives some tokens too short, such as U&"…": what stands before the next one and is no blank belongs to
// it.
std::string_view up_to(std::string_view text, const Token& token, std::size_t next) {
  return trimmed(text.substr(token.begin, next - token.begin));
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return result;
}

}  // namespace

std::string canonical_sql(std::string_view sql) {
  const std::string text(sql);
  std::string canonical;
  try {
    const auto tokens = scan(text);
    std::string_view before = "(";
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      const auto& token = tokens[i];
      if (token.kind == Token::Kind::comment) continue;
      const auto whole = up_to(text, token, i + 1 < tokens.size() ? tokens[i + 1].begin : text.size());
      if (!canonical.empty() && !closes_up_before(whole) && !closes_up_behind(before)) canonical += ' ';
      canonical += whole == token.text && folds(token) ? lower(whole) : whole;
      before = whole;
    }
  } catch (const SyntaxError&) {
    return text;
  }
  while (canonical.ends_with(';')) canonical.pop_back();
  return canonical;
}

std::string statement_digest(std::string_view sql) {
  return sha256(canonical_sql(sql));
}

}  // namespace support::alembic::safety
