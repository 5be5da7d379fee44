#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

namespace support::cli {

// The sentence for a command line that the parser refuses: what is wrong with it, what may have been meant, and which
// --help has more. `arguments` are those behind the program's name.
std::string usage_sentence(const CLI::App& program, std::span<const std::string> arguments,
                           const CLI::ParseError& error);

// The candidate that a misspelled word most likely stands for; empty when none is close.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace support::cli
