#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace support::http {

// The methods this service implements; every other one is answered 501.
enum class Method : std::uint8_t { get, head, post, put, patch, delete_, options };
inline constexpr std::size_t method_count = 7;

std::string_view to_string(Method method);
// Method names are case-sensitive (RFC 9110 section 9.1): "get" is not a method.
std::optional<Method> method_from(std::string_view name);

// A set of methods, as the Allow header names them.
class MethodSet {
 public:
  void insert(Method method) { bits_ = static_cast<std::uint8_t>(bits_ | (1U << static_cast<unsigned>(method))); }
  bool contains(Method method) const { return (bits_ & (1U << static_cast<unsigned>(method))) != 0; }
  bool empty() const { return bits_ == 0; }
  // "GET, HEAD, OPTIONS"
  std::string to_string() const;
  friend bool operator==(const MethodSet&, const MethodSet&) = default;

 private:
  std::uint8_t bits_ = 0;
};

}  // namespace support::http
