#pragma once

#include <cstdlib>
#include <string>
#include <vector>

namespace support::tests {

// The seeds that a run tries: each server version has its own `count`. SUPPORT_TEST_SEEDS=1000:500 tries others (the
// first one, and how many).
inline std::vector<std::uint32_t> seeds(std::uint32_t count) {
  std::uint32_t first = std::getenv("TEST_POSTGRES_BIN") == nullptr ? 0 : count;
  if (const char* wanted = std::getenv("SUPPORT_TEST_SEEDS")) {
    const std::string text = wanted;
    first = static_cast<std::uint32_t>(std::stoul(text));
    count = static_cast<std::uint32_t>(std::stoul(text.substr(text.find(':') + 1)));
  }
  std::vector<std::uint32_t> list;
  for (std::uint32_t i = 0; i < count; ++i) list.push_back(first + i);
  return list;
}

}  // namespace support::tests
