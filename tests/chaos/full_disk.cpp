// Loaded into a PostgreSQL server with LD_PRELOAD: while the file that SUPPORT_FULL_DISK names exists, no relation's
// file grows, as on a disk that is full. The write-ahead log, on another disk, goes on.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace {

bool is_full() {
  static const char* const flag = std::getenv("SUPPORT_FULL_DISK");
  return flag != nullptr && ::access(flag, F_OK) == 0;
}

bool is_relation(int file) {
  char link[64];
  char path[4096];
  const char digits[] = "0123456789";
  // No allocation and no stdio: this runs in the middle of a server.
  char number[16];
  int length = 0;
  do {
    number[length++] = digits[file % 10];
    file /= 10;
  } while (file > 0);
  std::strcpy(link, "/proc/self/fd/");
  auto* end = link + std::strlen(link);
  while (length > 0) *end++ = number[--length];
  *end = '\0';
  const auto size = ::readlink(link, path, sizeof path - 1);
  if (size <= 0) return false;
  path[size] = '\0';
  return std::strstr(path, "/base/") != nullptr;
}

bool has_no_room(int file, off_t end) {
  if (!is_full()) return false;
  struct stat found {};
  return ::fstat(file, &found) == 0 && end > found.st_size && is_relation(file);
}

template <typename Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

off_t length_of(const iovec* parts, int count) {
  off_t length = 0;
  for (int i = 0; i < count; ++i) length += static_cast<off_t>(parts[i].iov_len);
  return length;
}

}  // namespace

extern "C" {

ssize_t pwrite64(int file, const void* bytes, size_t count, off64_t offset) {
  static auto* const real = next<ssize_t(int, const void*, size_t, off64_t)>("pwrite64");
  if (!has_no_room(file, offset + static_cast<off_t>(count))) return real(file, bytes, count, offset);
  errno = ENOSPC;
  return -1;
}

ssize_t pwrite(int file, const void* bytes, size_t count, off_t offset) {
  return pwrite64(file, bytes, count, offset);
}

ssize_t pwritev64(int file, const iovec* parts, int count, off64_t offset) {
  static auto* const real = next<ssize_t(int, const iovec*, int, off64_t)>("pwritev64");
  if (!has_no_room(file, offset + length_of(parts, count))) return real(file, parts, count, offset);
  errno = ENOSPC;
  return -1;
}

ssize_t pwritev(int file, const iovec* parts, int count, off_t offset) {
  return pwritev64(file, parts, count, offset);
}

int posix_fallocate64(int file, off64_t offset, off64_t length) {
  static auto* const real = next<int(int, off64_t, off64_t)>("posix_fallocate64");
  return has_no_room(file, offset + length) ? ENOSPC : real(file, offset, length);
}

int posix_fallocate(int file, off_t offset, off_t length) {
  return posix_fallocate64(file, offset, length);
}

}  // extern "C"
