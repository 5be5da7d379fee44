#include "app/alembic/script/new_script.hpp"

#include <algorithm>
#include <ranges>

#include <fmt/format.h>

#include "app/alembic/errors.hpp"
#include "app/alembic/script/script.hpp"
#include "app/alembic/script/slug.hpp"
#include "app/alembic/script/sql_script.hpp"
#include "app/alembic/script/text.hpp"

namespace support::alembic {

namespace {

constexpr std::string_view sql_template =
    R"(-- ${message}
--
-- revision: ${revision}
-- down_revision: ${down_revision}
-- branch_labels: ${branch_labels}
-- depends_on: ${depends_on}
-- create_date: ${create_date}

-- migrate:upgrade

-- migrate:downgrade
)";

constexpr std::string_view cpp_template =
    R"(// ${message}
//
// Revision ID: ${revision}
// Revises: ${revises}
// Create Date: ${create_date}

#include "app/alembic/migration.hpp"

namespace support::alembic {
namespace {

constexpr std::string_view revision = "${revision}";
const Revisions down_revision = {${down_revision}};
const Labels branch_labels = {${branch_labels}};
const Revisions depends_on = {${depends_on}};

void upgrade([[maybe_unused]] Operations& op) {}

void downgrade([[maybe_unused]] Operations& op) {}

SUPPORT_MIGRATION;

}  // namespace
}  // namespace support::alembic
)";

std::string list_of(const std::vector<std::string>& parts, ScriptKind kind) {
  if (kind == ScriptKind::sql || parts.empty()) return comma_separated(parts);
  return fmt::format("\"{}\"", fmt::join(parts, "\", \""));
}

std::optional<std::string> value_of(std::string_view name, const NewScript& script, ScriptKind kind) {
  const auto& declared = script.declared;
  if (name == "message") return script.message;
  if (name == "revision") return declared.revision;
  if (name == "revises") return comma_separated(declared.down_revisions);
  if (name == "down_revision") return list_of(declared.down_revisions, kind);
  if (name == "branch_labels") return list_of(declared.branch_labels, kind);
  if (name == "depends_on") return list_of(declared.depends_on, kind);
  if (name == "create_date") return script.create_date;
  return std::nullopt;
}

class Renderer {
 public:
  Renderer(std::string_view template_name, const NewScript& script, ScriptKind kind)
      : template_name_(template_name), script_(script), kind_(kind) {}

  std::string render(std::string_view text) {
    std::string result;
    unsigned number = 0;
    if (text.ends_with('\n')) text.remove_suffix(1);
    for (const auto line : std::views::split(text, '\n')) {
      add_line(std::string_view(line.begin(), line.end()), ++number, result);
    }
    return result;
  }

 private:
  void add_line(std::string_view line, unsigned number, std::string& result) const {
    std::string filled;
    for (auto open = line.find("${"); open != std::string_view::npos; open = line.find("${")) {
      const auto close = std::min(line.find('}', open), line.size());
      const auto name = line.substr(open + 2, close - open - 2);
      const auto value = value_of(name, script_, kind_);
      if (!value) {
        throw CommandError(
            fmt::format("{}:{}: The template names '{}', which there is not; it may name message, revision, "
                        "down_revision, branch_labels, depends_on and create_date",
                        template_name_, number, name));
      }
      filled += line.substr(0, open);
      const auto before = filled.substr(filled.rfind('\n') + 1);
      for (const char c : *value) {
        filled += c;
        if (c == '\n') filled += before;
      }
      line.remove_prefix(std::min(close + 1, line.size()));
    }
    filled += line;
    add_without_trailing_blanks(filled, result);
  }

  static void add_without_trailing_blanks(std::string_view lines, std::string& result) {
    while (true) {
      const auto end = std::min(lines.find('\n'), lines.size());
      const auto line = lines.substr(0, end);
      result += line.substr(0, line.find_last_not_of(" \t\r") + 1);
      result += '\n';
      if (end == lines.size()) return;
      lines.remove_prefix(end + 1);
    }
  }

  std::string_view template_name_;
  const NewScript& script_;
  ScriptKind kind_;
};

// The message as a file can hold it: no blanks around its lines, no empty lines around it.
std::string normal_message(const std::string& message) {
  if (const auto at = first_invalid_utf8(message)) {
    throw CommandError(fmt::format("The message is not UTF-8 (byte {} of it does not belong there)", *at + 1));
  }
  std::string lines;
  for (const auto part : std::views::split(message, '\n')) {
    const auto line = trimmed(std::string_view(part.begin(), part.end()));
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t'; };
    if (std::ranges::any_of(line, is_control)) {
      throw CommandError("The message holds a control character; give it as plain text");
    }
    lines += fmt::format("{}\n", line);
  }
  return std::string(trimmed(lines));
}

struct ReadBack {
  Revision declared;
  std::string message;
};

ReadBack read_sql(const std::string& text, std::string_view template_name) {
  const auto script = parse_sql_script(std::string(template_name), text);
  const auto end = script.longdoc.find(fmt::format("\n\nRevision ID: {}", script.declared.revision));
  return {script.declared, script.longdoc.substr(0, end)};
}

// The code says what it was filled in with; only the comment can be read in two ways.
ReadBack read_cpp(const std::string& text, std::string_view template_name, const NewScript& script) {
  const auto comment = parse_comment(text, template_name);
  auto declared = script.declared;
  declared.revision = comment.revision;
  declared.down_revisions = comment.revises;
  return {std::move(declared), comment.message};
}

void check(const std::string& text, std::string_view template_name, const NewScript& script, ScriptKind kind) {
  const auto& declared = script.declared;
  const auto refuse_message = [&](std::string_view why) {
    throw CommandError(fmt::format("The message '{}' can't stand at the top of a migration: {}; word it differently",
                                   script.message, why));
  };
  if (kind == ScriptKind::cpp && (script.message.ends_with('\\') || script.message.find("\\\n") != std::string::npos)) {
    refuse_message("a backslash at the end of a line continues a C++ comment");
  }
  if (kind == ScriptKind::cpp && script.message.find(")comment\"") != std::string::npos) {
    refuse_message("it holds what ends the embedded comment");
  }
  const auto read = kind == ScriptKind::sql ? read_sql(text, template_name) : read_cpp(text, template_name, script);
  if (read.message != script.message) refuse_message("a part of it would be read as something else");
  const auto differs = [&](std::string_view name, const std::string& wanted, const std::string& is) {
    if (wanted == is) return;
    throw CommandError(
        fmt::format("{}: A file made from this template has the {} '{}' instead of '{}'; write ${{{}}} "
                    "in the header of the template",
                    template_name, name, is, wanted, name));
  };
  differs("revision", declared.revision, read.declared.revision);
  differs("down_revision", comma_separated(declared.down_revisions), comma_separated(read.declared.down_revisions));
  differs("branch_labels", comma_separated(declared.branch_labels), comma_separated(read.declared.branch_labels));
  differs("depends_on", comma_separated(declared.depends_on), comma_separated(read.declared.depends_on));
}

}  // namespace

std::string file_name_of(const NewScript& script, std::string_view slug_source, ScriptKind kind) {
  return fmt::format("{}_{}.{}", script.declared.revision, slug_of(slug_source),
                     kind == ScriptKind::sql ? "sql" : "cpp");
}

std::string_view template_text(ScriptKind kind) {
  return kind == ScriptKind::sql ? sql_template : cpp_template;
}

std::string render_script(std::string_view text, std::string_view template_name, const NewScript& script,
                          ScriptKind kind) {
  auto normal = script;
  normal.message = normal_message(script.message);
  auto rendered = Renderer(template_name, normal, kind).render(text);
  check(rendered, template_name, normal, kind);
  return rendered;
}

}  // namespace support::alembic
