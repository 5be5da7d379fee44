#include "app/alembic/runtime/step_failure.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "app/alembic/runtime/messages.hpp"

namespace support::alembic {

namespace {

std::string_view file_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

std::string stands_at(const RevisionIds& rows) {
  return rows.empty() ? "the version table holds no revision" : "the version table says " + comma_separated(rows);
}

}  // namespace

std::string step_failure(const MigrationStep& step, const Progress& progress, const std::string& why) {
  const auto what = fmt::format("Revision {} ({}) {}", step_revision(step), step.short_log(),
                                progress.refused ? "was stopped" : "failed");
  if (progress.kept > 0) {
    return fmt::format("{} half-way: {} statement{} of it ran outside a transaction and stay{}{}{}; {}: {}", what,
                       progress.kept, progress.kept == 1 ? "" : "s", progress.kept == 1 ? "s" : "",
                       progress.in_transaction > 0 ? ", what followed was rolled back" : "",
                       progress.resumes ? ", and the next run goes on behind them" : "", stands_at(progress.rows), why);
  }
  if (progress.outside) return fmt::format("{} outside of a transaction; {}: {}", what, stands_at(progress.rows), why);
  if (progress.steps_are_kept) {
    return fmt::format("{} and was rolled back; the steps before it stay, and {}: {}", what, stands_at(progress.rows),
                       why);
  }
  return fmt::format("{}, and everything of this run was rolled back: {}", what, why);
}

std::string place_text(const SourceLine& at, const std::string& script_path, unsigned first_line, unsigned line) {
  if (at.line == 0) return {};
  // The compiler knows the file by the path of the build; people know it by the script's.
  const auto file = file_name(at.file) == file_name(script_path) ? std::string_view(script_path) : file_name(at.file);
  const auto within = std::max(first_line, 1U) + std::max(line, 1U) - 1;
  if (file.ends_with(".sql")) return fmt::format("{}:{}", file, at.line + within - 1);
  if (within == 1) return fmt::format("{}:{}", file, at.line);
  return fmt::format("{}:{}, line {} of its SQL", file, at.line, within);
}

}  // namespace support::alembic
