#include "app/alembic/script/source_tree.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>

#include <fmt/format.h>

namespace support::alembic {

namespace fs = std::filesystem;

namespace {

constexpr auto folder_of_versions = "app/alembic/versions";
constexpr auto header_of_versions = "app/alembic/migration.hpp";
constexpr auto file_of_signoffs = "app/alembic/signoffs.toml";
constexpr auto this_program = "/proc/self/exe";

std::optional<SourceTree> find_upwards(fs::path folder) {
  std::error_code ignored;
  if (folder.empty()) return std::nullopt;
  for (;; folder = folder.parent_path()) {
    if (fs::is_regular_file(folder / header_of_versions, ignored) &&
        fs::is_directory(folder / folder_of_versions, ignored)) {
      return SourceTree(folder);
    }
    if (!folder.has_relative_path()) return std::nullopt;
  }
}

bool is_migration(const fs::path& path) {
  const auto name = path.filename().string();
  return !name.starts_with('.') && (name.ends_with(".cpp") || name.ends_with(".sql"));
}

bool has_changed(const fs::path& path, const EmbeddedFile& embedded, fs::file_time_type built) {
  if (path.extension() == ".sql") {
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {}) != embedded.text;
  }
  std::error_code error;
  const auto written = fs::last_write_time(path, error);
  return !error && written > built;
}

}  // namespace

std::optional<SourceTree> SourceTree::find(const fs::path& working_folder, const fs::path& program) {
  if (auto tree = find_upwards(working_folder)) return tree;
  return find_upwards(program.parent_path());
}

std::optional<SourceTree> SourceTree::find() {
  std::error_code ignored;
  return find(fs::current_path(ignored), fs::read_symlink(this_program, ignored));
}

std::string SourceTree::signoffs() const {
  return (root_ / file_of_signoffs).string();
}

std::string SourceTree::versions() const {
  return (root_ / folder_of_versions).string();
}

StaleMigrations find_stale_migrations(const SourceTree& tree, std::span<const EmbeddedFile> embedded,
                                      fs::file_time_type built) {
  std::map<std::string, const EmbeddedFile*> known;
  for (const auto& file : embedded) known.emplace(file.path, &file);
  StaleMigrations stale;
  std::error_code error;
  for (fs::directory_iterator entry(tree.versions(), error), end; !error && entry != end; entry.increment(error)) {
    if (!is_migration(entry->path())) continue;
    const auto path = (fs::path(folder_of_versions) / entry->path().filename()).string();
    const auto found = known.find(path);
    if (found == known.end()) {
      stale.missing.push_back(path);
      continue;
    }
    if (has_changed(entry->path(), *found->second, built)) stale.changed.push_back(path);
    known.erase(found);
  }
  if (!error) {
    for (const auto& [path, file] : known) stale.gone.push_back(path);
  }
  std::ranges::sort(stale.missing);
  std::ranges::sort(stale.changed);
  return stale;
}

StaleMigrations find_stale_migrations(const SourceTree& tree) {
  std::error_code error;
  const auto built = fs::last_write_time(this_program, error);
  if (error) return {};
  return find_stale_migrations(tree, embedded_files(), built);
}

std::string rebuild_sentence(const StaleMigrations& stale) {
  std::vector<std::string> parts;
  if (!stale.missing.empty()) parts.push_back(fmt::format("it does not have {}", fmt::join(stale.missing, ", ")));
  if (!stale.changed.empty()) {
    parts.push_back(fmt::format("it is older than {}", fmt::join(stale.changed, ", ")));
  }
  if (!stale.gone.empty()) parts.push_back(fmt::format("it still has {}", fmt::join(stale.gone, ", ")));
  return fmt::format("Rebuild this program: {}", fmt::join(parts, "; "));
}

}  // namespace support::alembic
