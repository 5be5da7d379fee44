#pragma once

#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

namespace support::config::testing {

// A new seed for each test, printed; SUPPORT_SEED repeats a run.
inline unsigned seed() {
  const char* given = std::getenv("SUPPORT_SEED");
  const unsigned value =
      given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : std::random_device()();
  std::cout << "SUPPORT_SEED=" << value << '\n';
  return value;
}

// Bytes 1 to 255.
inline std::string random_bytes(std::mt19937& random, std::size_t least, std::size_t most) {
  std::uniform_int_distribution<int> byte(1, 255);
  std::string text(std::uniform_int_distribution<std::size_t>(least, most)(random), ' ');
  for (char& c : text) c = static_cast<char>(byte(random));
  return text;
}

}  // namespace support::config::testing
