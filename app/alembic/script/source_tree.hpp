#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/alembic/script/embedded.hpp"

namespace support::alembic {

// The sources of this program, where they are at hand: a deployed binary has none. No path is compiled in; they are
// looked for upwards from the working folder, then from the program's own.
class SourceTree {
 public:
  explicit SourceTree(std::filesystem::path root) : root_(std::move(root)) {}
  static std::optional<SourceTree> find(const std::filesystem::path& working_folder,
                                        const std::filesystem::path& program);
  // For this process.
  static std::optional<SourceTree> find();

  std::string versions() const;
  std::string signoffs() const;  // the file that embedded_signoffs() is made from
  // Of what a Script of the program has as its path.
  std::string absolute(const std::string& path) const { return (root_ / path).string(); }

 private:
  std::filesystem::path root_;
};

// How the files under versions/ differ from what is compiled in; paths from the root of the sources.
struct StaleMigrations {
  std::vector<std::string> missing;  // in the sources, and not in the program
  std::vector<std::string> changed;  // newer than the program
  std::vector<std::string> gone;     // in the program, and no longer in the sources

  bool empty() const { return missing.empty() && changed.empty() && gone.empty(); }
};

// `built`: when the program was. A .sql file counts as changed by its text, a .cpp file by its time.
StaleMigrations find_stale_migrations(const SourceTree& tree, std::span<const EmbeddedFile> embedded,
                                      std::filesystem::file_time_type built);
// For this process.
StaleMigrations find_stale_migrations(const SourceTree& tree);

// The sentence that says what to do about it.
std::string rebuild_sentence(const StaleMigrations& stale);

}  // namespace support::alembic
