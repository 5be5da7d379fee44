#include "tests/chaos/failing_memory.hpp"

#include <link.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SUPPORT_OWN_MALLOC 0
#else
#define SUPPORT_OWN_MALLOC 1
#endif

namespace support::tests {
namespace {

// Where libpq's code is in memory; empty: nothing fails.
std::atomic<std::uintptr_t> code_begin = 0;
std::atomic<std::uintptr_t> code_end = 0;
std::atomic<std::size_t> requests = 0;
std::atomic<std::size_t> failing_request = 0;

struct Range {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
};

int find_libpq(dl_phdr_info* library, std::size_t, void* found) {
  if (std::strstr(library->dlpi_name, "/libpq.so") == nullptr) return 0;
  for (int i = 0; i < library->dlpi_phnum; ++i) {
    const auto& part = library->dlpi_phdr[i];
    if (part.p_type != PT_LOAD || (part.p_flags & PF_X) == 0) continue;
    const auto begin = library->dlpi_addr + part.p_vaddr;
    *static_cast<Range*>(found) = {.begin = begin, .end = begin + part.p_memsz};
  }
  return 1;
}

#if SUPPORT_OWN_MALLOC
bool fails(const void* caller) {
  const auto address = reinterpret_cast<std::uintptr_t>(caller);
  if (address < code_begin || address >= code_end || ++requests != failing_request) return false;
  errno = ENOMEM;
  return true;
}
#endif

}  // namespace

bool FailingMemory::is_possible() {
  return SUPPORT_OWN_MALLOC != 0;
}

FailingMemory::FailingMemory(std::size_t at) {
  Range libpq;
  ::dl_iterate_phdr(find_libpq, &libpq);
  requests = 0;
  failing_request = at;
  code_end = libpq.end;
  code_begin = libpq.begin;
}

FailingMemory::~FailingMemory() {
  code_end = 0;
}

bool FailingMemory::has_struck() const {
  return requests >= failing_request;
}

}  // namespace support::tests

#if SUPPORT_OWN_MALLOC
namespace faults = support::tests;

extern "C" {

void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* memory, size_t size);

void* malloc(size_t size) noexcept {
  return faults::fails(__builtin_return_address(0)) ? nullptr : __libc_malloc(size);
}

void* calloc(size_t count, size_t size) noexcept {
  return faults::fails(__builtin_return_address(0)) ? nullptr : __libc_calloc(count, size);
}

void* realloc(void* memory, size_t size) noexcept {
  return faults::fails(__builtin_return_address(0)) ? nullptr : __libc_realloc(memory, size);
}

char* strdup(const char* text) noexcept {
  if (faults::fails(__builtin_return_address(0))) return nullptr;
  const auto size = std::strlen(text) + 1;
  auto* const copy = __libc_malloc(size);
  return copy == nullptr ? nullptr : static_cast<char*>(std::memcpy(copy, text, size));
}

}  // extern "C"
#endif
