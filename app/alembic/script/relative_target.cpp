#include "app/alembic/script/relative_target.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace support::alembic {

namespace {

bool is_word(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || byte == '_' ||
         byte >= 0x80;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// (word)? then a sign and digits.
std::optional<RelativeTarget> parse_unlabelled(std::string_view text) {
  const auto word_end = std::ranges::find_if_not(text, is_word);
  const std::string_view symbol(text.begin(), word_end);
  const std::string_view rest(word_end, text.end());
  if (rest.size() < 2 || (rest[0] != '+' && rest[0] != '-') || !is_digit(rest[1])) return std::nullopt;
  const std::string_view digits(rest.begin() + 1, std::find_if_not(rest.begin() + 1, rest.end(), is_digit));
  RelativeTarget result;
  if (!symbol.empty()) result.symbol = symbol;
  result.sign_and_digits = rest.substr(0, digits.size() + 1);
  if (std::from_chars(digits.data(), digits.data() + digits.size(), result.steps).ec != std::errc()) {
    result.steps = std::numeric_limits<int>::max();
  }
  if (rest[0] == '-') result.steps = -result.steps;
  return result;
}

}  // namespace

std::optional<RelativeTarget> parse_relative(std::string_view text) {
  for (auto at = text.find('@', 1); at != std::string_view::npos; at = text.find('@', at + 1)) {
    if (auto result = parse_unlabelled(text.substr(at + 1))) {
      result->branch_label = text.substr(0, at);
      return result;
    }
  }
  return parse_unlabelled(text);
}

}  // namespace support::alembic
