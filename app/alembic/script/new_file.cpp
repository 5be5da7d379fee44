#include "app/alembic/script/new_file.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "app/alembic/errors.hpp"

namespace support::alembic {

namespace {

[[noreturn]] void fail(const std::string& path, int error) {
  const auto reason = std::generic_category().message(error);
  if (error == EEXIST) {
    throw CommandError(fmt::format("{} is already there, and nothing is written over it; choose another name", path));
  }
  throw CommandError(fmt::format("Can't write {}: {}", path, reason));
}

// The unfinished file beside its place; taken away again unless it was moved there.
class Draft {
 public:
  Draft(const std::string& path, unsigned mode)
      : path_(path),
        draft_(fmt::format("{}.{}.tmp", path, ::getpid())),
        descriptor_(::open(draft_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)) {
    if (descriptor_ < 0) fail(path_, errno);
  }
  ~Draft() {
    ::close(descriptor_);
    ::unlink(draft_.c_str());
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  void write(std::string_view text) const {
    while (!text.empty()) {
      const auto count = ::write(descriptor_, text.data(), text.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) fail(path_, errno);
      text.remove_prefix(static_cast<std::size_t>(count));
    }
    if (::fsync(descriptor_) != 0) fail(path_, errno);
  }

  // A link fails where a rename would replace; some file systems know the other way only.
  void put_in_place() const {
    if (::link(draft_.c_str(), path_.c_str()) == 0) return;
    if (errno == EEXIST) fail(path_, errno);
    if (::renameat2(AT_FDCWD, draft_.c_str(), AT_FDCWD, path_.c_str(), RENAME_NOREPLACE) != 0) fail(path_, errno);
  }

 private:
  const std::string& path_;
  std::string draft_;
  int descriptor_;
};

}  // namespace

void write_new_file(const std::string& path, std::string_view text, unsigned mode) {
  const Draft draft(path, mode);
  draft.write(text);
  draft.put_in_place();
}

void make_folder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) throw CommandError(fmt::format("Can't create the directory {}: {}", path, error.message()));
}

}  // namespace support::alembic
