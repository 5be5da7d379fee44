#include "app/alembic/autogenerate/statement_words.hpp"

#include <algorithm>

namespace support::alembic::autogenerate {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (static_cast<unsigned char>(c) & 0x80U) != 0;
}

bool is_name_part(char c) {
  return is_letter(c) || (c >= '0' && c <= '9') || c == '$';
}

char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

// Behind the comment that begins here; comments in comments count.
std::size_t behind_comment(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  do {
    if (text.substr(at, 2) == "/*") {
      ++depth;
      at += 2;
    } else if (text.substr(at, 2) == "*/") {
      --depth;
      at += 2;
    } else {
      ++at;
    }
  } while (depth > 0 && at < text.size());
  return at;
}

std::size_t behind_blanks(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    if (is_blank(text[at])) {
      ++at;
    } else if (text.substr(at, 2) == "--") {
      at = std::min(text.find('\n', at), text.size());
    } else if (text.substr(at, 2) == "/*") {
      at = behind_comment(text, at);
    } else {
      break;
    }
  }
  return at;
}

// Where the word that begins here ends; `at` itself when none does.
std::size_t behind_word(std::string_view text, std::size_t at) {
  if (at < text.size() && text[at] == '"') {
    for (++at; at < text.size(); ++at) {
      if (text[at] != '"') continue;
      if (text.substr(at, 2) != "\"\"") return at + 1;
      ++at;
    }
    return at;
  }
  if (at >= text.size() || !is_letter(text[at])) return at;
  while (at < text.size() && is_name_part(text[at])) ++at;
  return at;
}

}  // namespace

std::vector<Word> leading_words(std::string_view statement, std::size_t count) {
  std::vector<Word> words;
  for (std::size_t at = behind_blanks(statement, 0); words.size() < count; at = behind_blanks(statement, at)) {
    const auto end = behind_word(statement, at);
    if (end == at) break;
    words.push_back({statement.substr(at, end - at), at});
    at = end;
  }
  return words;
}

bool is_key_word(std::string_view word, std::string_view key_word) {
  return std::ranges::equal(word, key_word, {}, upper);
}

bool begins_with(const std::vector<Word>& words, const std::vector<std::string_view>& key_words) {
  if (words.size() < key_words.size()) return false;
  for (std::size_t i = 0; i < key_words.size(); ++i) {
    if (!is_key_word(words[i].text, key_words[i])) return false;
  }
  return true;
}

std::string name_of(std::string_view word) {
  std::string name;
  if (word.starts_with('"')) {
    for (std::size_t at = 1; at + 1 < word.size(); ++at) {
      name += word[at];
      if (word[at] == '"') ++at;
    }
    return name;
  }
  for (const char c : word) name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return name;
}

std::optional<std::string> created_extension(std::string_view statement) {
  const auto words = leading_words(statement, 6);
  if (!begins_with(words, {"CREATE", "EXTENSION"})) return std::nullopt;
  const std::size_t place = words.size() > 5 && is_key_word(words[2].text, "IF") ? 5 : 2;
  if (words.size() <= place) return std::nullopt;
  return name_of(words[place].text);
}

std::string without_concurrently(std::string_view statement) {
  std::string text(statement);
  const auto words = leading_words(statement, 4);
  const bool may_have_it = begins_with(words, {"CREATE", "INDEX"}) ||
                           begins_with(words, {"CREATE", "UNIQUE", "INDEX"}) || begins_with(words, {"DROP", "INDEX"}) ||
                           begins_with(words, {"REINDEX"});
  if (!may_have_it) return text;
  for (const auto& word : words) {
    if (is_key_word(word.text, "CONCURRENTLY")) return text.erase(word.offset, word.text.size());
  }
  return text;
}

}  // namespace support::alembic::autogenerate
