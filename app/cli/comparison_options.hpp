#pragma once

#include <functional>
#include <string>

#include <CLI/CLI.hpp>

#include "app/alembic/command/comparison.hpp"

namespace support::cli {

// What every command that compares takes: which differences count (--no-compare-type, --ignore, --schema, …).
void add_comparison_options(CLI::App& app, alembic::autogenerate::ComparisonOptions& options);

// They, and --rename and --dev-url.
void add_comparison_options(CLI::App& app, alembic::command::ComparisonRequest& request);

// What stands on one side, as --from and --to name it.
CLI::Option* add_side(CLI::App& app, const std::string& name, std::string& side, const std::string& help);

// Asks on the terminal; empty where nobody would see the question or could answer.
std::function<bool(const std::string& question)> confirm_on_terminal();

}  // namespace support::cli
