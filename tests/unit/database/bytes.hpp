#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/database/codec.hpp"

namespace support::database::tests {

// Binary values as the server writes them, made by hand.
inline std::string int16_bytes(std::int16_t value) {
  std::string out;
  codec::put_int16(out, value);
  return out;
}
inline std::string int32_bytes(std::int32_t value) {
  std::string out;
  codec::put_int32(out, value);
  return out;
}
inline std::string int64_bytes(std::int64_t value) {
  std::string out;
  codec::put_int64(out, value);
  return out;
}

inline std::string from_hex(std::string_view hex) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    out += static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1]));
  }
  return out;
}
inline std::string to_hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    out += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
    out += "0123456789abcdef"[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

// A one-dimensional array; an empty optional is NULL.
inline std::string array_bytes(Oid element_type, const std::vector<std::optional<std::string>>& elements) {
  std::string out = int32_bytes(1) + int32_bytes(1) + int32_bytes(static_cast<std::int32_t>(element_type)) +
                    int32_bytes(static_cast<std::int32_t>(elements.size())) + int32_bytes(1);
  for (const auto& element : elements) {
    out += element ? int32_bytes(static_cast<std::int32_t>(element->size())) + *element : int32_bytes(-1);
  }
  return out;
}

}  // namespace support::database::tests
