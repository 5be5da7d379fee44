#pragma once

#include <functional>
#include <string>

#include <CLI/CLI.hpp>

#include "app/alembic/command/comparison.hpp"

namespace support::cli {

// What every command that compares takes: which differences count (--no-compare-type, --ignore, --schema, …).
void add_comparison_options(CLI::App& app, alembic::autogenerate::ComparisonOptions& options);

// They, --rename, and those of add_building_options().
void add_comparison_options(CLI::App& app, alembic::command::ComparisonRequest& request);

// Where what is wanted is built, and kept: --dev-url, --no-cache.
void add_building_options(CLI::App& app, alembic::command::ComparisonRequest& request);

// What stands on one side, as --from and --to name it.
CLI::Option* add_side(CLI::App& app, const std::string& name, std::string& side, const std::string& help);

// Asks on the terminal; empty where nobody would see the question or could answer.
std::function<bool(const std::string& question)> confirm_on_terminal();

}  // namespace support::cli
