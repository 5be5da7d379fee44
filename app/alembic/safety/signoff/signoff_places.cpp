#include "app/alembic/safety/signoff/signoff_places.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include <fmt/format.h>

#include "app/alembic/errors.hpp"
#include "app/alembic/script/embedded.hpp"
#include "app/alembic/script/source_tree.hpp"

namespace support::alembic::safety {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view builtin_file = "app/alembic/signoffs.toml";
constexpr std::string_view head_of_new_file =
    "# Reviewed statements that read or rewrite a big table. `support-agent migrate signoff REVISION` adds an entry.\n";

std::optional<std::string> read_file(const fs::path& path) {
  std::error_code error;
  if (!fs::exists(path, error)) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) throw CommandError(fmt::format("{} can't be read; may you read it?", path.string()));
  return text;
}

fs::path file_of(const ScriptLocation& location) {
  return fs::path(location.given) / "signoffs.toml";
}

void add(SignoffFile& all, SignoffFile more) {
  all.signoffs.insert(all.signoffs.end(), std::make_move_iterator(more.signoffs.begin()),
                      std::make_move_iterator(more.signoffs.end()));
  all.tables.merge(more.tables);
}

bool is_in(const alembic::Script& script, const ScriptLocation& location) {
  std::error_code error;
  const auto path = fs::absolute(script.path, error).lexically_normal();
  return path.parent_path() == fs::path(location.folder).lexically_normal();
}

}  // namespace

SignoffFile load_signoffs(const ScriptDirectory& scripts) {
  SignoffFile all;
  for (const auto& location : scripts.locations()) {
    if (location.kind == ScriptLocation::Kind::builtin) {
      add(all, parse_signoffs(embedded_signoffs(), builtin_file));
    } else if (const auto text = read_file(file_of(location))) {
      add(all, parse_signoffs(*text, file_of(location).string()));
    }
  }
  return all;
}

std::string signoff_path(const ScriptDirectory& scripts, const alembic::Script& script) {
  for (const auto& location : scripts.locations()) {
    if (location.kind == ScriptLocation::Kind::folder && is_in(script, location)) return file_of(location).string();
  }
  if (const auto sources = SourceTree::find()) return sources->signoffs();
  throw CommandError(
      fmt::format("Revision {} is compiled in, and so are its sign-offs: sign it off where the sources of the program "
                  "are ({}), and build it anew",
                  script.declared.revision, builtin_file));
}

void write_signoffs(const std::string& path, const std::vector<Signoff>& entries) {
  auto text = read_file(path).value_or(std::string(head_of_new_file));
  parse_signoffs(text, path);
  text = add_signoffs(std::move(text), entries);
  parse_signoffs(text, path);
  const auto unfinished = path + ".new";
  std::ofstream file(unfinished, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  const bool is_written = static_cast<bool>(file);
  if (!is_written || std::rename(unfinished.c_str(), path.c_str()) != 0) {
    const std::string why = std::strerror(errno);
    std::error_code ignored;
    fs::remove(unfinished, ignored);
    throw CommandError(fmt::format("{} can't be written: {}", path, why));
  }
}

}  // namespace support::alembic::safety
