#include "app/api/json_text.hpp"

#include <chrono>
#include <iterator>

#include <fmt/format.h>

namespace support::api {

namespace {

bool needs_escape(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

void append_escaped(std::string& out, char c) {
  constexpr std::string_view digits = "0123456789abcdef";
  constexpr std::string_view named = "\"\\\b\f\n\r\t";
  constexpr std::string_view letters = "\"\\bfnrt";
  out += '\\';
  if (const auto at = named.find(c); at != std::string_view::npos) {
    out += letters[at];
    return;
  }
  const auto byte = static_cast<unsigned char>(c);
  out += "u00";
  out += digits[byte >> 4U];
  out += digits[byte & 0xfU];
}

// `number` in `width` digits.
void append_digits(std::string& out, std::int64_t number, std::size_t width) {
  const auto start = out.size();
  out.append(width, '0');
  for (std::size_t i = start + width; i > start; number /= 10) out[--i] = static_cast<char>('0' + number % 10);
}

}  // namespace

void append_json(std::string& out, std::string_view text) {
  out += '"';
  std::size_t copied = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!needs_escape(text[i])) continue;
    out += text.substr(copied, i - copied);
    append_escaped(out, text[i]);
    copied = i + 1;
  }
  out += text.substr(copied);
  out += '"';
}

void append_json(std::string& out, database::Timestamp time) {
  out += '"';
  append_rfc3339(out, time);
  out += '"';
}

void append_rfc3339(std::string& out, database::Timestamp time) {
  using namespace std::chrono;
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  const int year = static_cast<int>(date.year());
  if (year < 0 || year > 9999) {
    fmt::format_to(std::back_inserter(out), "{:04}", year);  // outside of what RFC 3339 can say
  } else {
    append_digits(out, year, 4);
  }
  out += '-';
  append_digits(out, static_cast<unsigned>(date.month()), 2);
  out += '-';
  append_digits(out, static_cast<unsigned>(date.day()), 2);
  out += 'T';
  append_digits(out, clock.hours().count(), 2);
  out += ':';
  append_digits(out, clock.minutes().count(), 2);
  out += ':';
  append_digits(out, clock.seconds().count(), 2);
  out += '.';
  append_digits(out, clock.subseconds().count(), 6);
  out += 'Z';
}

}  // namespace support::api
