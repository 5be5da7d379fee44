#include "app/alembic/script/slug.hpp"

#include <locale.h>
#include <unistd.h>
#include <wctype.h>

#include <array>
#include <chrono>
#include <ctime>
#include <system_error>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace support::alembic {

namespace {

constexpr std::size_t longest_slug = 40;  // characters

// Knows the letters of all languages, whatever the process's locale is.
locale_t unicode() {
  static const locale_t locale = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return locale;
}

bool is_word_character(char32_t c) {
  if (c == U'_') return true;
  const auto wide = static_cast<wint_t>(c);
  return unicode() != nullptr ? ::iswalnum_l(wide, unicode()) != 0 : c >= 0x80 || ::iswalnum(wide) != 0;
}

char32_t lower(char32_t c) {
  const auto wide = static_cast<wint_t>(c);
  return static_cast<char32_t>(unicode() != nullptr ? ::towlower_l(wide, unicode()) : ::towlower(wide));
}

// Of well-formed UTF-8; a byte that is none stands for itself.
std::u32string decode(std::string_view text) {
  std::u32string characters;
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t size = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t c = size == 1 ? lead : lead & (0xFFU >> (size + 1));
    for (std::size_t i = 1; i < size && at + i < text.size(); ++i) {
      c = (c << 6U) | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
    }
    characters += c;
    at += size;
  }
  return characters;
}

void append(std::string& text, char32_t c) {
  const auto tail = [c](unsigned shift) { return static_cast<char>(0x80U | ((c >> shift) & 0x3FU)); };
  if (c < 0x80) {
    text += static_cast<char>(c);
  } else if (c < 0x800) {
    text += {static_cast<char>(0xC0U | (c >> 6U)), tail(0)};
  } else if (c < 0x10000) {
    text += {static_cast<char>(0xE0U | (c >> 12U)), tail(6), tail(0)};
  } else {
    text += {static_cast<char>(0xF0U | (c >> 18U)), tail(12), tail(6), tail(0)};
  }
}

}  // namespace

std::string slug_of(std::string_view message) {
  std::u32string slug;
  bool has_gap = false;
  for (const char32_t c : decode(message)) {
    if (!is_word_character(c)) {
      has_gap = !slug.empty();
      continue;
    }
    if (has_gap) slug += U'_';
    has_gap = false;
    slug += lower(c);
  }
  if (slug.size() > longest_slug) {
    slug.resize(longest_slug);
    slug = slug.substr(0, slug.rfind(U'_')) + U'_';
  }
  std::string text;
  for (const char32_t c : slug) append(text, c);
  return text;
}

std::string random_revision_id() {
  std::array<unsigned char, 6> bytes{};
  if (::getentropy(bytes.data(), bytes.size()) != 0) {
    throw std::system_error(errno, std::generic_category(), "The system gives no random bytes");
  }
  return fmt::format("{:02x}", fmt::join(bytes, ""));
}

std::string create_date_now() {
  using std::chrono::duration_cast;
  const auto now = std::chrono::system_clock::now();
  const auto microseconds = duration_cast<std::chrono::microseconds>(now.time_since_epoch()).count() % 1'000'000;
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  return fmt::format("{:%Y-%m-%d %H:%M:%S}.{:06}", fmt::localtime(seconds), microseconds);
}

}  // namespace support::alembic
