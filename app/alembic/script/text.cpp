#include "app/alembic/script/text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace support::alembic {

namespace {

bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

// From `at` on, the first place whose word of eight bytes is not all ASCII, or where there is no such word any more.
// Nearly every script is ASCII from end to end.
std::size_t skip_ascii(std::string_view text, std::size_t at) {
  constexpr std::uint64_t high_bits = 0x8080808080808080U;
  std::uint64_t word = 0;
  for (; at + sizeof word <= text.size(); at += sizeof word) {
    std::memcpy(&word, text.data() + at, sizeof word);
    if ((word & high_bits) != 0) break;
  }
  return at;
}

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
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<std::string> split_at_commas(std::string_view text) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find(',', begin), text.size());
    const auto part = trimmed(text.substr(begin, end - begin));
    if (!part.empty()) parts.emplace_back(part);
    begin = end + 1;
  }
  return parts;
}

std::optional<std::size_t> first_invalid_utf8(std::string_view text) {
  const auto byte = [text](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  for (auto at = skip_ascii(text, 0); at < text.size(); ++at) {
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
