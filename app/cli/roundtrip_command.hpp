#pragma once

#include <iosfwd>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "app/alembic/command/command.hpp"
#include "app/cli/migrate_command.hpp"
#include "app/config/settings.hpp"

namespace support::cli {

// What `support-agent migrate test …` was asked for.
struct RoundTripArguments {
  std::string range;    // FROM:TO; empty: every revision
  std::string dev_url;  // of a server for the scratch database; empty: that of DATABASE_URL
  std::optional<alembic::command::OutputFormat> format = {};
};

// Whether DATABASE_URL's server is used.
bool needs_database(const RoundTripArguments& arguments);

// Takes revisions there and back on a scratch database. The report, and why there is none, go to `out`. The exit code:
// 1 when one did not come back as it was, 4 when one failed.
int run_round_trips(const RoundTripArguments& arguments, const MigrateArguments& general,
                    const config::Settings& settings, std::ostream& out);

// `migrate test [REV:REV]`, with the general options of `migrate`.
void add_roundtrip_command(CLI::App& migrate, const MigrateArguments& general, int& exit_code);

}  // namespace support::cli
