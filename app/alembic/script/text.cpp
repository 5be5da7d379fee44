#include "app/alembic/script/text.hpp"

#include <algorithm>
#include <ranges>

namespace support::alembic {

namespace {

constexpr std::string_view blanks = " \t\r\n\f\v";

// The bounds of the byte after the first one exclude overlong forms, surrogates and what lies beyond U+10FFFF.
struct Lead {
  std::size_t following = 0;
  unsigned char second_from = 0x80;
  unsigned char second_to = 0xBF;
};

std::optional<Lead> lead_of(unsigned char byte) {
  if (byte < 0x80) return Lead{};
  if (byte < 0xC2) return std::nullopt;
  if (byte < 0xE0) return Lead{.following = 1};
  if (byte < 0xF0) {
    return Lead{.following = 2,
                .second_from = static_cast<unsigned char>(byte == 0xE0 ? 0xA0 : 0x80),
                .second_to = static_cast<unsigned char>(byte == 0xED ? 0x9F : 0xBF)};
  }
  if (byte < 0xF5) {
    return Lead{.following = 3,
                .second_from = static_cast<unsigned char>(byte == 0xF0 ? 0x90 : 0x80),
                .second_to = static_cast<unsigned char>(byte == 0xF4 ? 0x8F : 0xBF)};
  }
  return std::nullopt;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::vector<std::string> split_at_commas(std::string_view text) {
  std::vector<std::string> parts;
  for (const auto range : std::views::split(text, ',')) {
    const auto part = trimmed(std::string_view(range.begin(), range.end()));
    if (!part.empty()) parts.emplace_back(part);
  }
  return parts;
}

std::optional<std::size_t> first_invalid_utf8(std::string_view text) {
  const auto byte = [text](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (byte(at) < 0x80) continue;
    const auto lead = lead_of(byte(at));
    if (!lead || at + lead->following >= text.size()) return at;
    if (byte(at + 1) < lead->second_from || byte(at + 1) > lead->second_to) return at;
    for (std::size_t i = 2; i <= lead->following; ++i) {
      if ((byte(at + i) & 0xC0U) != 0x80) return at;
    }
    at += lead->following;
  }
  return std::nullopt;
}

unsigned line_at(std::string_view text, std::size_t offset) {
  return 1 + static_cast<unsigned>(std::ranges::count(text.substr(0, offset), '\n'));
}

}  // namespace support::alembic
