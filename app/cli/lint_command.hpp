#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "app/alembic/safety/lint_options.hpp"
#include "app/alembic/safety/report/report.hpp"
#include "app/cli/migrate_command.hpp"

namespace support::cli {

// What `support-agent migrate lint …` was asked for.
struct LintArguments {
  std::vector<std::string> targets;  // files that end in .sql, "-" for standard input, or one range of revisions
  std::vector<std::string> schemas;  // what exists before
  bool all = false;                  // every revision
  bool list_rules = false;
  bool ci = false;      // a missing sign-off is an error
  std::string against;  // with `ci`: URL of the database that says what is applied and how big tables are
  alembic::safety::LintOptions options;
  alembic::safety::ReportOptions report;
  bool has_format = false;
};

// Whether it has to ask DATABASE_URL's database which revisions are applied.
bool needs_database(const LintArguments& arguments);

// `settings` may be null when neither needs_database() nor `ci`. The exit code: 1 when there is a finding of severity
// error, 2 when something can't be read; its reason goes to `err`.
int run_lint(const LintArguments& arguments, const MigrateArguments& migrate, const config::Settings* settings,
             std::ostream& out, std::ostream& err);

// `migrate lint [REV:REV | FILE.sql …]`, with the general options of `migrate`.
void add_lint_command(CLI::App& migrate, const MigrateArguments& general, int& exit_code);

}  // namespace support::cli
