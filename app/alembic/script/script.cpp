#include "app/alembic/script/script.hpp"

#include <ranges>

#include <fmt/format.h>

#include "app/alembic/errors.hpp"
#include "app/alembic/script/text.hpp"

namespace support::alembic {

namespace {

// The value behind "Name:", when the line is one.
std::optional<std::string_view> value_of(std::string_view line, std::string_view name) {
  if (!line.starts_with(name) || line.size() <= name.size() || line[name.size()] != ':') return std::nullopt;
  return trimmed(line.substr(name.size() + 1));
}

}  // namespace

std::string_view Script::doc() const {
  return std::string_view(longdoc).substr(0, longdoc.find("\n\n"));
}

std::string place(const Script& script, unsigned line) {
  return line == 0 ? script.path : fmt::format("{}:{}", script.path, line);
}

ScriptComment parse_comment(std::string_view text, std::string_view file) {
  ScriptComment comment;
  bool has_id = false;
  bool has_revises = false;
  std::string lines;
  unsigned number = 0;
  for (const auto part : std::views::split(text, '\n')) {
    auto line = std::string_view(part.begin(), part.end());
    if (!line.starts_with("//")) break;
    line = trimmed(line.substr(2));
    ++number;
    if (const auto value = value_of(line, "Revision ID")) {
      has_id = true;
      comment.message = trimmed(lines);
      comment.revision = *value;
      comment.lines.revision = number;
    } else if (const auto revises = value_of(line, "Revises")) {
      has_revises = true;
      comment.revises = split_at_commas(*revises);
      comment.lines.down_revision = number;
      lines += fmt::format("Revises: {}\n", comma_separated(comment.revises));
      continue;
    } else if (const auto date = value_of(line, "Create Date")) {
      comment.create_date = *date;
    }
    lines += line;
    lines += '\n';
  }
  comment.longdoc = trimmed(lines);
  const auto missing = [&](std::string_view what) {
    throw CommandError(
        fmt::format("Migration {} has no {} in its leading comment; start the file with the message, an "
                    "empty comment line, Revision ID, Revises and Create Date",
                    file, what));
  };
  if (!has_id || comment.revision.empty()) missing("'Revision ID'");
  if (!has_revises) missing("'Revises'");
  if (comment.create_date.empty()) missing("'Create Date'");
  if (comment.message.empty()) missing("message");
  return comment;
}

Script make_script(Revision declared, const ScriptComment& comment, std::string path, Body upgrade, Body downgrade) {
  const auto differs = [&](std::string_view what, const std::string& said, const std::string& is) {
    throw CommandError(
        fmt::format("Migration {} contradicts itself: its comment says {} '{}', its code says '{}'; make "
                    "them agree",
                    path, what, said, is));
  };
  if (comment.revision != declared.revision) differs("Revision ID", comment.revision, declared.revision);
  if (comment.revises != declared.down_revisions) {
    differs("Revises", comma_separated(comment.revises), comma_separated(declared.down_revisions));
  }
  return {.declared = std::move(declared),
          .path = std::move(path),
          .longdoc = comment.longdoc,
          .create_date = comment.create_date,
          .upgrade = std::move(upgrade),
          .downgrade = std::move(downgrade),
          .lines = comment.lines};
}

}  // namespace support::alembic
