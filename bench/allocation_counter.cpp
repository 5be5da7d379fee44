// For LD_PRELOAD: counts the calls of malloc and its kin in the eight bytes of the file that ALLOCATION_COUNT names.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>

extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* block, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
}

namespace {

using Count = std::atomic<std::uint64_t>;

Count before_mapping;
Count* count = &before_mapping;

__attribute__((constructor)) void map_count() {
  const char* const path = std::getenv("ALLOCATION_COUNT");
  if (path == nullptr) return;
  const int file = ::open(path, O_RDWR | O_CLOEXEC);
  if (file < 0) return;
  void* const page = ::mmap(nullptr, sizeof(Count), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  ::close(file);
  if (page != MAP_FAILED) count = static_cast<Count*>(page);
}

void add_one() {
  count->fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

extern "C" {

void* malloc(std::size_t size) {
  add_one();
  return __libc_malloc(size);
}

void* calloc(std::size_t number, std::size_t size) {
  add_one();
  return __libc_calloc(number, size);
}

void* realloc(void* block, std::size_t size) {
  add_one();
  return __libc_realloc(block, size);
}

void* aligned_alloc(std::size_t alignment, std::size_t size) {
  add_one();
  return __libc_memalign(alignment, size);
}

int posix_memalign(void** block, std::size_t alignment, std::size_t size) {
  add_one();
  *block = __libc_memalign(alignment, size);
  return *block == nullptr ? 12 : 0;  // ENOMEM
}
}
