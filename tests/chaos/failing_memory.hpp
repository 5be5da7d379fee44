#pragma once

#include <cstddef>

namespace support::tests {

// Lets one of libpq's requests for memory fail, the `at`-th, counted from 1. The program's own malloc(), calloc(),
// realloc() and strdup() stand before the C library's (failing_memory.cpp) and look who calls. One object at a time.
class FailingMemory {
 public:
  // False under a sanitizer, which has these functions for itself.
  static bool is_possible();

  explicit FailingMemory(std::size_t at);
  ~FailingMemory();
  FailingMemory(const FailingMemory&) = delete;
  FailingMemory& operator=(const FailingMemory&) = delete;

  bool has_struck() const;
};

}  // namespace support::tests
