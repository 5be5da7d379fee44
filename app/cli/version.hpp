#pragma once

#include <string_view>

namespace support::cli {

// The project's version, from CMakeLists.txt.
constexpr std::string_view version() {
  return SUPPORT_VERSION;
}

}  // namespace support::cli
