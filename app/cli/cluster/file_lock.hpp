#pragma once

#include <filesystem>

namespace support::cli {

// flock(2) on a file that is created when missing; released by the destructor or by the end of the process, however it
// ends. Throws std::system_error when the file can't be opened or locked.
class FileLock {
 public:
  enum class Mode { shared, exclusive };

  FileLock(const std::filesystem::path& path, Mode mode);  // waits
  ~FileLock();
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&&) = delete;

  // Turns a shared lock into an exclusive one if nobody else holds the file; false (and still or no longer shared, the
  // holder must not rely on it) otherwise.
  bool try_exclusive();

 private:
  int fd_ = -1;
};

}  // namespace support::cli
