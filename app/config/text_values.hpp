#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace support::config {

// true/false, yes/no, on/off, t/f, y/n, 1/0 in any case.
std::optional<bool> parse_boolean(std::string_view text);

// A whole number in decimal digits, '-' allowed; absent when it is anything else or does not fit.
std::optional<std::int64_t> parse_whole(std::string_view text);

// `digits[.digits]` times `scale`, exactly: "1.5" with scale 1000 is 1500. Absent when the text is anything else, when
// the product is no whole number, or when it does not fit.
std::optional<std::int64_t> parse_scaled(std::string_view text, std::int64_t scale);

// Text for a message: control characters as \xNN, cut after 80 bytes, and "***" for what looks like a URL with
// credentials.
std::string printable(std::string_view text);

}  // namespace support::config
