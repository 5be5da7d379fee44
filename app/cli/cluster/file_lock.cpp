#include "app/cli/cluster/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace support::cli {

FileLock::FileLock(const std::filesystem::path& path, Mode mode) {
  fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "opening the lock file " + path.string());
  while (::flock(fd_, mode == Mode::shared ? LOCK_SH : LOCK_EX) < 0) {
    if (errno == EINTR) continue;
    const int error = errno;
    ::close(fd_);
    throw std::system_error(error, std::generic_category(), "locking " + path.string());
  }
}

FileLock::~FileLock() {
  if (fd_ >= 0) ::close(fd_);
}

FileLock::FileLock(FileLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

bool FileLock::try_exclusive() {
  return ::flock(fd_, LOCK_EX | LOCK_NB) == 0;
}

}  // namespace support::cli
