#include "app/database/numeric.hpp"

#include <algorithm>
#include <cstdint>

namespace support::database {
namespace {

constexpr std::uint16_t positive = 0x0000, negative = 0x4000, not_a_number = 0xC000, plus_infinity = 0xD000,
                        minus_infinity = 0xF000;
constexpr std::size_t infinite_scale = 0x20;  // the server's own spelling of an infinity
constexpr std::size_t header_size = 8;
constexpr std::size_t max_integer_digits = 131072;  // manual 8.1.2
constexpr std::size_t max_fraction_digits = 16383;

void put_uint16(std::string& out, std::size_t value) {
  codec::put_int16(out, static_cast<std::int16_t>(value));
}
std::uint16_t uint16_at(const char* at) {
  return static_cast<std::uint16_t>(codec::int16_at(at));
}

void put_header(std::string& out, std::size_t groups, int weight, std::uint16_t sign, std::size_t scale) {
  put_uint16(out, groups);
  codec::put_int16(out, static_cast<std::int16_t>(weight));
  put_uint16(out, sign);
  put_uint16(out, scale);
}

bool are_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view without_leading_zeros(std::string_view digits) {
  return digits.substr(std::min(digits.find_first_not_of('0'), digits.size()));
}

std::uint16_t special_sign(std::string_view text) {
  if (text == "NaN") return not_a_number;
  if (text == "Infinity") return plus_infinity;
  if (text == "-Infinity") return minus_infinity;
  return positive;
}

void append_group(std::string& text, unsigned group) {
  for (const unsigned unit : {1000U, 100U, 10U, 1U}) text += static_cast<char>('0' + group / unit % 10);
}

}  // namespace

Problem encode_numeric(std::string_view text, std::string& out) {
  if (const auto special = special_sign(text); special != positive) {
    put_header(out, 0, 0, special, special == not_a_number ? 0 : infinite_scale);
    return nullptr;
  }
  constexpr Problem no_number = "is not a decimal number (optional sign, digits, optional fraction)";
  const bool is_negative = text.starts_with('-');
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  const std::size_t point = text.find('.');
  std::string_view integer = text.substr(0, point);
  const std::string_view fraction = point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
  if (integer.empty() && fraction.empty()) return no_number;
  if (!are_digits(integer) || !are_digits(fraction)) return no_number;
  integer = without_leading_zeros(integer);
  if (integer.size() > max_integer_digits || fraction.size() > max_fraction_digits) {
    return "has more digits than numeric can hold";
  }

  // Digits padded on both sides to whole groups around the decimal point.
  std::string digits((4 - integer.size() % 4) % 4, '0');
  digits += integer;
  int weight = static_cast<int>(digits.size() / 4) - 1;
  digits += fraction;
  digits.append((4 - digits.size() % 4) % 4, '0');
  std::size_t first = 0;
  std::size_t last = digits.size();
  while (first < last && digits.compare(first, 4, "0000") == 0) {
    first += 4;
    --weight;
  }
  while (last > first && digits.compare(last - 4, 4, "0000") == 0) last -= 4;
  if (first == last) weight = 0;

  put_header(out, (last - first) / 4, weight, is_negative && first != last ? negative : positive, fraction.size());
  for (std::size_t i = first; i < last; i += 4) {
    std::size_t group = 0;
    for (std::size_t j = i; j < i + 4; ++j) group = group * 10 + static_cast<std::size_t>(digits[j] - '0');
    put_uint16(out, group);
  }
  return nullptr;
}

Problem decode_numeric(std::string_view bytes, std::string& text) {
  constexpr Problem malformed = "is not a well-formed numeric";
  text.clear();
  if (bytes.size() < header_size) return malformed;
  const std::size_t groups = uint16_at(bytes.data());
  const int weight = codec::int16_at(bytes.data() + 2);
  const std::uint16_t sign = uint16_at(bytes.data() + 4);
  const std::size_t scale = uint16_at(bytes.data() + 6);
  if (bytes.size() != header_size + groups * 2 || scale > max_fraction_digits) return malformed;
  if (sign == not_a_number) text = "NaN";
  if (sign == plus_infinity) text = "Infinity";
  if (sign == minus_infinity) text = "-Infinity";
  if (!text.empty()) return nullptr;
  if (sign != positive && sign != negative) return malformed;

  bool in_range = true;
  const auto group_at = [&](int index) -> unsigned {
    if (index < 0 || index >= static_cast<int>(groups)) return 0;
    const unsigned group = uint16_at(bytes.data() + header_size + static_cast<std::size_t>(index) * 2);
    in_range = in_range && group < 10'000;
    return group;
  };
  std::string integer;
  for (int index = 0; index <= weight; ++index) append_group(integer, group_at(index));
  std::string fraction;
  for (int index = weight + 1; fraction.size() < scale; ++index) append_group(fraction, group_at(index));
  if (!in_range) return malformed;
  fraction.resize(scale);

  if (sign == negative) text += '-';
  const auto significant = without_leading_zeros(integer);
  text += significant.empty() ? "0" : significant;
  if (!fraction.empty()) text += "." + fraction;
  return nullptr;
}

}  // namespace support::database
