#include "tests/chaos/fault_count.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include <fmt/format.h>

namespace support::tests {

void print_counts(const std::vector<FaultCount>& counts) {
  std::string table = fmt::format("{:<72} {:>6} {:>9}\n", "fault", "tries", "survived");
  for (const auto& count : counts)
    table += fmt::format("{:<72} {:>6} {:>9}\n", count.fault, count.tries, count.survived);
  std::cout << table << std::flush;
}

std::size_t stride(std::size_t usual) {
  const char* text = std::getenv("SUPPORT_CHAOS_STRIDE");
  if (text == nullptr) return usual;
  return static_cast<std::size_t>(std::max(1, std::atoi(text)));
}

}  // namespace support::tests
