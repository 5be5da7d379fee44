#include "app/http/method.hpp"

#include <array>

namespace support::http {

namespace {

constexpr std::array<std::string_view, method_count> names = {"GET",   "HEAD",   "POST",   "PUT",
                                                              "PATCH", "DELETE", "OPTIONS"};

}  // namespace

std::string_view to_string(Method method) {
  return names[static_cast<std::size_t>(method)];
}

std::optional<Method> method_from(std::string_view name) {
  for (std::size_t index = 0; index < names.size(); ++index) {
    if (names[index] == name) return static_cast<Method>(index);
  }
  return std::nullopt;
}

std::string MethodSet::to_string() const {
  std::string list;
  for (std::size_t index = 0; index < method_count; ++index) {
    const auto method = static_cast<Method>(index);
    if (!contains(method)) continue;
    if (!list.empty()) list += ", ";
    list += http::to_string(method);
  }
  return list;
}

}  // namespace support::http
