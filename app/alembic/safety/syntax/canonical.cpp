#include "app/alembic/safety/syntax/canonical.hpp"

#include <algorithm>

#include "app/alembic/safety/syntax/lexer.hpp"
#include "app/alembic/script/sha256.hpp"

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
    std::string_view before = "(";
    for (const auto& token : scan(text)) {
      if (token.kind == Token::Kind::comment) continue;
      if (!canonical.empty() && !closes_up_before(token.text) && !closes_up_behind(before)) canonical += ' ';
      canonical += folds(token) ? lower(token.text) : token.text;
      before = token.text;
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
