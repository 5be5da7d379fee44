#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace support::tests {

// How often what was tried, for the table that is printed in the end.
struct FaultCount {
  std::string fault;
  std::size_t tries = 0;
  std::size_t survived = 0;
};
void print_counts(const std::vector<FaultCount>& counts);

// Every how many requests a fault is tried; SUPPORT_CHAOS_STRIDE, 1 tries each. `usual` without it.
std::size_t stride(std::size_t usual);

}  // namespace support::tests
