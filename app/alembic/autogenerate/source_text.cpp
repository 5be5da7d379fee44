#include "app/alembic/autogenerate/source_text.hpp"

#include <algorithm>
#include <array>
#include <ranges>
#include <stdexcept>

#include <fmt/format.h>

#include "app/alembic/script/text.hpp"

namespace support::alembic::autogenerate {
namespace {

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

// What makes a line read otherwise than it is compiled; compilers warn of it.
bool turns_direction(std::string_view character) {
  constexpr std::array<std::string_view, 12> marks{"\xE2\x80\x8E", "\xE2\x80\x8F", "\xE2\x80\xAA", "\xE2\x80\xAB",
                                                   "\xE2\x80\xAC", "\xE2\x80\xAD", "\xE2\x80\xAE", "\xE2\x81\xA6",
                                                   "\xE2\x81\xA7", "\xE2\x81\xA8", "\xE2\x81\xA9", "\xD8\x9C"};
  return std::ranges::find(marks, character) != marks.end();
}

std::string_view character_at(std::string_view utf8, std::size_t at) {
  std::size_t end = at + 1;
  while (end < utf8.size() && end < at + 4 && is_continuation(utf8[end])) ++end;
  return utf8.substr(at, end - at);
}

// Three digits, so that a digit behind it is not taken for one of its own.
std::string escaped_bytes(std::string_view bytes) {
  std::string result;
  for (const char c : bytes) result += fmt::format("\\{:03o}", static_cast<unsigned char>(c));
  return result;
}

std::string escaped(std::string_view character, bool is_utf8, char before) {
  const char c = character.front();
  if (c == '"' || c == '\\') return {'\\', c};
  if (c == '\n') return "\\n";
  if (c == '\t') return "\\t";
  // Two in a row could begin a trigraph.
  if (c == '?' && before == '?') return "\\?";
  const bool is_plain_ascii = character.size() == 1 && (static_cast<unsigned char>(c) & 0x80U) == 0;
  if (is_control(c) || turns_direction(character) || (!is_utf8 && !is_plain_ascii)) return escaped_bytes(character);
  return std::string(character);
}

// The characters of a text, each as it stands in a literal.
std::vector<std::string> escaped_characters(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) {
    throw std::invalid_argument("A text of a migration holds a zero byte, which PostgreSQL cannot store.");
  }
  const bool is_utf8 = !first_invalid_utf8(text);
  std::vector<std::string> result;
  for (std::size_t at = 0; at < text.size();) {
    const auto character = character_at(text, at);
    result.push_back(escaped(character, is_utf8, at == 0 ? '\0' : text[at - 1]));
    at += character.size();
  }
  return result;
}

// Whether a raw literal shows the text as it is.
bool is_plain(std::string_view text) {
  if (first_invalid_utf8(text)) return false;
  for (std::size_t at = 0; at < text.size();) {
    const auto character = character_at(text, at);
    if (turns_direction(character)) return false;
    if (is_control(character.front()) && character != "\n" && character != "\t") return false;
    at += character.size();
  }
  return true;
}

std::string raw_literal(std::string_view text) {
  std::string delimiter = "sql";
  for (int number = 1; text.find(fmt::format("){}\"", delimiter)) != std::string_view::npos; ++number) {
    delimiter = fmt::format("sql{}", number);
  }
  return fmt::format("R\"{0}({1}){0}\"", delimiter, text);
}

// A body of several lines whose first and last line are short enough to share theirs with what is around them.
bool wants_raw(std::string_view text) {
  const auto first_end = text.find('\n');
  if (first_end == std::string_view::npos || first_end + 1 == text.size()) return false;
  const auto last = text.substr(text.rfind('\n') + 1);
  return width_of(text.substr(0, first_end)) <= widest_literal && width_of(last) <= widest_literal && is_plain(text);
}

constexpr std::size_t both_quotes = 2;

// Ordinary literals: each ends at a line end, or as far behind a blank as fits.
class Cutter {
 public:
  explicit Cutter(std::string_view text) : characters_(escaped_characters(text)) {}

  std::vector<std::string> cut() {
    for (const auto& character : characters_) {
      word_ += character;
      if (character == "\\n") {
        take_word();
        take_line();
      } else if (character == " " || both_quotes + width_of(word_) + longest_character > widest_literal) {
        take_word();
      }
    }
    take_word();
    take_line();
    return std::move(lines_);
  }

 private:
  static constexpr std::size_t longest_character = 16;  // four bytes, each "\377"

  void take_word() {
    if (both_quotes + width_of(line_) + width_of(word_) > widest_literal) take_line();
    line_ += word_;
    word_.clear();
  }
  void take_line() {
    if (!line_.empty()) lines_.push_back(fmt::format("\"{}\"", line_));
    line_.clear();
  }

  std::vector<std::string> characters_;
  std::vector<std::string> lines_;
  std::string line_;
  std::string word_;
};

}  // namespace

std::size_t width_of(std::string_view utf8) {
  return static_cast<std::size_t>(std::ranges::count_if(utf8, [](char c) { return !is_continuation(c); }));
}

std::string quoted_literal(std::string_view text) {
  return fmt::format("\"{}\"", fmt::join(escaped_characters(text), ""));
}

std::vector<std::string> literals_of(std::string_view text) {
  if (text.find('\0') == std::string_view::npos && wants_raw(text)) return {raw_literal(text)};
  auto literal = quoted_literal(text);
  if (width_of(literal) <= widest_literal) return {std::move(literal)};
  return Cutter(text).cut();
}

std::vector<std::string> comment_lines(std::string_view remark, std::string_view mark, std::size_t width) {
  std::vector<std::string> lines;
  const auto finish = [&lines](std::string& line) {
    // A backslash at its end would make the next line a part of the comment.
    if (line.ends_with('\\')) line += '.';
    lines.push_back(std::move(line));
  };
  for (const auto part : std::views::split(remark, '\n')) {
    std::string paragraph(part.begin(), part.end());
    std::ranges::replace_if(paragraph, is_control, ' ');
    std::string line;
    for (const auto range : std::views::split(paragraph, ' ')) {
      const std::string_view word(range.begin(), range.end());
      if (word.empty()) continue;
      if (!line.empty() && width_of(line) + 1 + width_of(word) > width) {
        finish(line);
        line.clear();
      }
      line += fmt::format("{}{}", line.empty() ? fmt::format("{} ", mark) : " ", word);
    }
    if (!line.empty()) finish(line);
  }
  return lines;
}

}  // namespace support::alembic::autogenerate
