#include "app/alembic/script/script_location.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <ranges>
#include <span>
#include <system_error>

#include <fmt/format.h>

#include "app/alembic/errors.hpp"
#include "app/alembic/script/script_directory.hpp"
#include "app/alembic/script/sql_script.hpp"

namespace support::alembic {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view builtin_name = "builtin";
constexpr auto mark_of_init = "script.sql.in";  // which init writes beside the folder versions

[[noreturn]] void fail_to_read(const std::string& folder, int error) {
  throw CommandError(
      fmt::format("Can't read the script location {0}: {1}; name a folder of SQL migrations, or make one "
                  "with support-agent migrate init {0}",
                  folder, std::generic_category().message(error)));
}

// Folders below one are places of their own.
void warn_of_unread(const std::string& folder, const std::string& name, std::vector<std::string>& warnings) {
  const auto path = fs::path(folder) / name;
  std::error_code error;
  const auto is_sql = [](const fs::directory_entry& file) { return file.path().extension() == ".sql"; };
  if (std::ranges::none_of(fs::directory_iterator(path, error), is_sql)) return;
  warnings.push_back(fmt::format(
      "{0} holds .sql files and is not read; if they are migrations, name it as well: --script-location {1}:{0}",
      path.string(), folder));
}

// File names, sorted; of what can't be a migration, none.
std::vector<std::string> sql_files(const std::string& folder, MissingFolder missing,
                                   std::vector<std::string>& warnings) {
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(::opendir(folder.c_str()), ::closedir);
  if (!entries && errno == ENOENT && missing == MissingFolder::allow) return {};
  if (!entries) fail_to_read(folder, errno);
  std::vector<std::string> names;
  errno = 0;
  while (const auto* entry = ::readdir(entries.get())) {
    const std::string_view name(entry->d_name);
    if (!name.starts_with('.') && name.ends_with(".sql")) {
      names.emplace_back(name);
    } else if (!name.starts_with('.') && (entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN)) {
      warn_of_unread(folder, std::string(name), warnings);
    }
    errno = 0;
  }
  if (errno != 0) fail_to_read(folder, errno);
  std::ranges::sort(names);
  return names;
}

class File {
 public:
  explicit File(const std::string& path)
      : path_(path), descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    if (descriptor_ < 0) fail(errno);
    // Reading a pipe would never end.
    struct stat status {};
    const bool is_known = ::fstat(descriptor_, &status) == 0;
    if (is_known && S_ISREG(status.st_mode)) return;
    ::close(descriptor_);
    if (is_known && S_ISDIR(status.st_mode)) fail(EISDIR);
    throw CommandError(fmt::format("{} is no regular file; take it out of the folder", path));
  }
  ~File() { ::close(descriptor_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  // Through `buffer`, so that a script takes no more memory than it is long: there may be thousands.
  std::string read(std::span<char> buffer) const {
    std::string text;
    while (true) {
      const auto count = ::read(descriptor_, buffer.data(), buffer.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) fail(errno);
      if (count == 0) break;
      text.append(buffer.data(), static_cast<std::size_t>(count));
    }
    text.shrink_to_fit();
    return text;
  }

 private:
  [[noreturn]] void fail(int error) const {
    throw CommandError(fmt::format("Can't read {}: {}; make it readable, or take it out of the folder", path_,
                                   std::generic_category().message(error)));
  }

  const std::string& path_;
  int descriptor_;
};

ScriptLocation folder_location(std::string_view given, MissingFolder missing) {
  const auto folder = fs::absolute(fs::path(given)).lexically_normal();
  ScriptLocation location{.kind = ScriptLocation::Kind::folder, .given = std::string(given), .folder = folder.string()};
  while (location.folder.size() > 1 && location.folder.ends_with('/')) location.folder.pop_back();
  std::vector<std::string> unused;
  const bool has_files = !sql_files(folder.string(), missing, unused).empty();
  std::error_code ignored;
  const auto versions = fs::path(location.folder) / "versions";
  if (!fs::is_directory(versions, ignored) && !fs::exists(folder / mark_of_init, ignored)) return location;
  if (has_files && !sql_files(versions.string(), MissingFolder::allow, unused).empty()) {
    throw CommandError(fmt::format("There are SQL migrations in {} and in its folder versions; keep them in one place",
                                   location.folder));
  }
  if (!has_files) location.folder = versions.string();
  return location;
}

}  // namespace

std::vector<ScriptLocation> parse_script_locations(std::string_view text, MissingFolder missing) {
  std::vector<ScriptLocation> locations;
  const auto refuse = [text] {
    throw CommandError(fmt::format(
        "--script-location '{}' has an empty part; write builtin or a folder, and colons only between them", text));
  };
  if (text.empty()) refuse();
  for (const auto range : std::views::split(text, ':')) {
    const std::string_view given(range.begin(), range.end());
    if (given.empty()) refuse();
    locations.push_back(given == builtin_name ? ScriptLocation{} : folder_location(given, missing));
  }
  return locations;
}

std::vector<Script> load_folder(const std::string& folder, std::vector<std::string>& warnings) {
  const auto names = sql_files(folder, MissingFolder::allow, warnings);
  std::vector<Script> scripts;
  scripts.reserve(names.size());
  std::array<char, 65536> buffer;
  for (const auto& name : names) {
    auto path = folder + (folder.ends_with('/') ? "" : "/") + name;
    auto text = File(path).read(buffer);
    scripts.push_back(parse_sql_script(std::move(path), std::move(text)));
  }
  return scripts;
}

ScriptDirectory ScriptDirectory::open(std::vector<ScriptLocation> locations) {
  std::vector<Script> scripts;
  std::vector<std::string> warnings;
  std::vector<std::string> loaded;
  for (const auto& location : locations) {
    if (std::ranges::find(loaded, location.folder) != loaded.end()) {
      warnings.push_back(
          fmt::format("Script location {} is given twice; it is read once, in its first place", location.given));
      continue;
    }
    loaded.push_back(location.folder);
    auto more =
        location.kind == ScriptLocation::Kind::builtin ? load_builtin() : load_folder(location.folder, warnings);
    scripts.reserve(scripts.size() + more.size());
    std::ranges::move(more, std::back_inserter(scripts));
  }
  return ScriptDirectory(std::move(scripts), std::move(locations), std::move(warnings));
}

ScriptDirectory ScriptDirectory::builtin() {
  return open({ScriptLocation{}});
}

}  // namespace support::alembic
