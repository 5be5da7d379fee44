#include "app/config/settings_reference.hpp"

#include <fmt/format.h>

#include "app/config/setting_text.hpp"
#include "app/config/settings_table.hpp"

namespace support::config {
namespace {

// '|' ends a cell, and '*' and '_' in pairs would set words in italics.
std::string cell(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|' || c == '*' || c == '[' || c == ']' || c == '<') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string code(std::string_view text) {
  return text.empty() ? std::string() : fmt::format("`{}`", text);
}

// Quoted where a plain value would not be read back as it is.
std::string dotenv_value(std::string_view text) {
  return text.find_first_of(" #'\"$\\") == std::string_view::npos ? std::string(text) : fmt::format("'{}'", text);
}

}  // namespace

std::string settings_as_markdown() {
  std::string table = "| Variable | Default | Allowed | Meaning |\n|---|---|---|---|\n";
  for (const Setting& setting : settings_table) {
    table += fmt::format("| `{}` | {} | {} | {} |\n", setting.name, code(setting.default_text),
                         cell(allowed_text(setting)), cell(setting.description));
  }
  return table;
}

std::string settings_as_dotenv() {
  std::string text =
      "# Settings of support-agent. Copy this file to .env and take the '# ' off the variables to change; the "
      "environment\n"
      "# comes before it. NAME_FILE=path instead of NAME=value reads the value from a file.\n";
  std::string_view section;
  for (const Setting& setting : settings_table) {
    if (setting.section != section) text += fmt::format("\n# ---- {} ----\n", setting.section);
    section = setting.section;
    text += fmt::format("\n# {}\n# Allowed: {}\n# {}={}\n", setting.description, allowed_text(setting), setting.name,
                        dotenv_value(setting.default_text));
  }
  return text;
}

}  // namespace support::config
