#pragma once

#include <random>
#include <string>

#include <fmt/format.h>

namespace support::database {

// Begins the names of the statements that one connection prepares, and of no other's.
inline std::string unique_statement_prefix() {
  std::random_device random;
  return fmt::format("s{:08x}{:08x}_", random(), random());
}

}  // namespace support::database
