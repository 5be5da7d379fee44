#include "app/alembic/command/side.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "app/alembic/errors.hpp"

namespace support::alembic::command {
namespace {

namespace fs = std::filesystem;

config::DatabaseUrl parse_url(std::string_view text, std::string_view option) {
  try {
    return config::DatabaseUrl::parse(text);
  } catch (const config::DatabaseUrlError& error) {
    throw CommandError(fmt::format("{}: {}", option, error.what()));
  }
}

// Several places, or the program's own.
bool names_migrations(const std::string& text) {
  std::error_code ignored;
  return text == "builtin" || text.starts_with("builtin:") || text.find(':') != std::string::npos ||
         fs::is_directory(text, ignored);
}

}  // namespace

std::string Side::name() const {
  if (url) return url->sync(config::Password::mask);
  switch (kind) {
    case Kind::database:
      return "the database of DATABASE_URL";
    case Kind::metadata:
      return "the models";
    case Kind::file:
      return is_standard_input() ? "standard input" : text;
    case Kind::revisions:
      return revisions.empty() ? "no revisions" : fmt::format("the revisions up to {}", fmt::join(revisions, " and "));
    case Kind::migrations:
      return text == "builtin" ? "the migrations of the program" : "the migrations of " + text;
  }
  return text;
}

Side Side::of_revisions(std::vector<std::string> applied) {
  return {.kind = Kind::revisions, .revisions = std::move(applied)};
}

Side parse_side(std::string_view text, std::string_view option) {
  if (text.empty()) return {};
  const std::string word(text);
  if (text.find("://") != std::string_view::npos) return {Side::Kind::database, word, parse_url(text, option)};
  if (text == "metadata") return {Side::Kind::metadata, word};
  if (text == "-") return {Side::Kind::file, word};
  std::error_code ignored;
  if (fs::exists(word, ignored) && !fs::is_directory(word, ignored)) return {Side::Kind::file, word};
  if (names_migrations(word)) return {Side::Kind::migrations, word};
  throw CommandError(
      fmt::format("{} {}: there is no such file; a side is a URL such as postgresql://user@host/database, a file of "
                  "SQL, a folder of migrations, `builtin`, `metadata`, or - for standard input",
                  option, word));
}

}  // namespace support::alembic::command
