#pragma once

#include <functional>
#include <iosfwd>
#include <string>

#include <CLI/CLI.hpp>

#include "app/cli/migrate_command.hpp"

namespace support::cli {

// What `support-agent migrate signoff …` was asked for.
struct SignoffArguments {
  std::string revision;
  std::string reason;
  std::string by;
  std::string against;  // URL of the database whose sizes count; DATABASE_URL's when empty
  std::string sql;      // a statement of the revision that can't be known without running it
};

// Asks a person; empty functions where nobody is there.
struct SignoffDialog {
  std::function<bool(const std::string& question)> confirm;
  std::function<std::string(const std::string& question)> ask;
};

// Shows what the statements of the revision do to big tables, and records the sign-off of those that have none. The
// exit code; why something can't be done goes to `err`.
int run_signoff(const SignoffArguments& arguments, const MigrateArguments& general, const config::Settings& settings,
                const SignoffDialog& dialog, std::ostream& out, std::ostream& err);

// `migrate signoff REV [--reason TEXT] [--by NAME] [--against URL]`, with the general options of `migrate`.
void add_signoff_command(CLI::App& migrate, const MigrateArguments& general, int& exit_code);

}  // namespace support::cli
