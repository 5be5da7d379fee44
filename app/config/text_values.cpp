#include "app/config/text_values.hpp"

#include <array>
#include <charconv>
#include <limits>

#include <fmt/format.h>

#include "app/config/ascii.hpp"

namespace support::config {

std::optional<bool> parse_boolean(std::string_view text) {
  static constexpr std::array<std::string_view, 6> yes = {"true", "yes", "on", "t", "y", "1"};
  static constexpr std::array<std::string_view, 6> no = {"false", "no", "off", "f", "n", "0"};
  const auto is_text = [text](std::string_view word) { return equal_ignoring_case(word, text); };
  if (std::any_of(yes.begin(), yes.end(), is_text)) return true;
  if (std::any_of(no.begin(), no.end(), is_text)) return false;
  return std::nullopt;
}

std::optional<std::int64_t> parse_whole(std::string_view text) {
  std::int64_t number = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, number);
  if (text.empty() || error != std::errc() || end != last) return std::nullopt;
  return number;
}

std::optional<std::int64_t> parse_scaled(std::string_view text, std::int64_t scale) {
  const auto point = text.find('.');
  const std::string_view before = text.substr(0, point);
  std::string_view after = point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
  const bool digits_only =
      std::all_of(before.begin(), before.end(), is_digit) && std::all_of(after.begin(), after.end(), is_digit);
  if (!digits_only || before.empty() || (point != std::string_view::npos && after.empty())) return std::nullopt;

  while (after.ends_with('0')) after.remove_suffix(1);
  if (after.size() > 9) return std::nullopt;
  std::int64_t unit = 1;
  for (std::size_t i = 0; i < after.size(); ++i) unit *= 10;
  const auto whole = parse_whole(before);
  const std::int64_t fraction = after.empty() ? 0 : *parse_whole(after);
  // Within these bounds no product below can overflow.
  if (!whole || *whole > std::numeric_limits<std::int64_t>::max() / 2 / scale || scale > 4'000'000'000)
    return std::nullopt;
  if (fraction * scale % unit != 0) return std::nullopt;
  return *whole * scale + fraction * scale / unit;
}

std::string printable(std::string_view text) {
  constexpr std::size_t longest = 80;
  if (const auto authority = text.find("://");
      authority != std::string_view::npos && text.find('@', authority) != std::string_view::npos) {
    return "***";
  }
  std::string safe;
  for (const char c : text.substr(0, longest)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      safe += fmt::format("\\x{:02x}", byte);
    } else {
      safe += c;
    }
  }
  if (text.size() > longest) safe += "…";
  return safe;
}

}  // namespace support::config
