#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

namespace support::cli {

// Type names of options and arguments that a shell can complete. Those that CLI::IsMember checks offer their words.
constexpr auto type_revision = "REVISION";
constexpr auto type_folder = "DIR";
constexpr auto type_file = "FILE";

enum class Shell { bash, zsh };

// The script that teaches a shell the commands and options of `program`, from the parser itself. Revisions are asked of
// `support-agent migrate history`, with the script location of the line that is being typed.
std::string completion_script(const CLI::App& program, Shell shell);

// The lines below a command's help: "Examples:" and one line each, after `prefix` unless it names the program itself.
std::string examples_footer(std::string_view prefix, const std::vector<std::string>& examples);

}  // namespace support::cli
