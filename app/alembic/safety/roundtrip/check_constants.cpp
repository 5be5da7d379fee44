#include "app/alembic/safety/roundtrip/check_constants.hpp"

#include <algorithm>
#include <cctype>

namespace support::alembic::safety {
namespace {

struct Token {
  enum class Kind { name, string, number, sign, end };
  Kind kind = Kind::end;
  std::string text;
};

bool is_letter(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

bool is_digit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

// Of what the deparser writes: no comments, no dollar quotes.
class Tokens {
 public:
  explicit Tokens(std::string_view text) : text_(text) {}

  Token next() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
    if (at_ >= text_.size()) return {};
    const char c = text_[at_];
    if (c == '\'') return string(false);
    if ((c == 'E' || c == 'e') && at_ + 1 < text_.size() && text_[at_ + 1] == '\'') {
      ++at_;
      return string(true);
    }
    if (c == '"') return quoted_name();
    if (is_digit(c)) return run(Token::Kind::number, [](char d) { return is_digit(d) || d == '.'; });
    if (is_letter(c)) return run(Token::Kind::name, [](char d) { return is_letter(d) || is_digit(d) || d == '$'; });
    constexpr std::string_view operators = "~!@#^&|`?+-*/%<>=";
    if (operators.find(c) != std::string_view::npos) {
      return run(Token::Kind::sign, [&](char d) { return operators.find(d) != std::string_view::npos; });
    }
    ++at_;
    return {Token::Kind::sign, std::string(1, c)};
  }

 private:
  template <class Predicate>
  Token run(Token::Kind kind, Predicate belongs) {
    const auto begin = at_;
    while (at_ < text_.size() && belongs(text_[at_])) ++at_;
    return {kind, std::string(text_.substr(begin, at_ - begin))};
  }

  Token string(bool has_escapes) {
    Token token{Token::Kind::string, {}};
    for (++at_; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\'') {
        if (at_ + 1 >= text_.size() || text_[at_ + 1] != '\'') break;
        ++at_;
      } else if (c == '\\' && has_escapes && at_ + 1 < text_.size()) {
        ++at_;
      }
      token.text += text_[at_];
    }
    ++at_;
    return token;
  }

  Token quoted_name() {
    Token token{Token::Kind::name, {}};
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '"') {
        if (at_ + 1 >= text_.size() || text_[at_ + 1] != '"') break;
        ++at_;
      }
      token.text += text_[at_];
    }
    ++at_;
    return token;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

void add_once(std::vector<std::string>& list, const std::string& text) {
  if (std::ranges::find(list, text) == list.end()) list.push_back(text);
}

bool is_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && std::ranges::all_of(text, [](char c) { return is_digit(c) || c == '.'; }) &&
         is_digit(text.front()) && std::ranges::count(text, '.') <= 1;
}

bool is_one_of(const std::string& text, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, text) != words.end();
}

}  // namespace

void CheckConstants::add(std::string_view condition) {
  Tokens tokens(condition);
  std::string sign;  // the last operator: an array of patterns stands behind it with brackets
  for (auto token = tokens.next(); token.kind != Token::Kind::end; token = tokens.next()) {
    switch (token.kind) {
      case Token::Kind::number:
        add_once(numbers, token.text);
        break;
      case Token::Kind::string:
        if (is_one_of(sign, {"~", "~*"})) {
          add_once(regexes, token.text);
        } else if (is_one_of(sign, {"~~", "~~*"})) {
          add_once(likes, token.text);
        } else if (is_number(token.text)) {
          add_once(numbers, token.text);
          add_once(strings, token.text);
        } else {
          add_once(strings, token.text);
        }
        break;
      case Token::Kind::sign:
        if (!is_one_of(token.text, {"(", ")", ":", "[", "]", ",", "."})) sign = token.text;
        break;
      case Token::Kind::name:
        if (is_one_of(token.text, {"AND", "OR", "NOT", "WHEN", "THEN", "ELSE", "END"})) sign.clear();
        break;
      case Token::Kind::end:
        break;
    }
  }
}

std::vector<std::string> mentioned_names(std::string_view expression) {
  std::vector<std::string> names;
  Tokens tokens(expression);
  for (auto token = tokens.next(); token.kind != Token::Kind::end; token = tokens.next()) {
    if (token.kind == Token::Kind::name) add_once(names, token.text);
  }
  return names;
}

}  // namespace support::alembic::safety
