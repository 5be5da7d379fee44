#include "app/alembic/runtime/connection.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "app/alembic/script/text.hpp"
#include "app/config/logging.hpp"

namespace support::alembic {

namespace {

constexpr std::size_t shown_statement_length = 200;
constexpr std::string_view in_failed_sql_transaction = "25P02";
constexpr std::string_view between_statements = "; ";

// With every run of blanks and line ends as one blank.
std::string one_line(std::string_view text) {
  std::string line;
  bool blank = false;
  for (const char c : trimmed(text)) {
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      blank = true;
      continue;
    }
    if (std::exchange(blank, false)) line += ' ';
    line += c;
  }
  return line;
}

std::string without_password(std::string text, const std::string& password) {
  if (password.empty()) return text;
  for (auto at = text.find(password); at != std::string::npos; at = text.find(password, at + 3)) {
    text.replace(at, password.size(), "***");
  }
  return text;
}

}  // namespace

DatabaseError::DatabaseError(ServerReport report, std::string statement)
    : std::runtime_error(report.message), report_(std::move(report)), statement_(std::move(statement)) {}

std::string DatabaseError::explanation() const {
  auto text = fmt::format("{} (SQLSTATE {})", what(), report_.sqlstate.empty() ? "unknown" : report_.sqlstate);
  if (!report_.detail.empty()) text += fmt::format("; detail: {}", report_.detail);
  if (!report_.hint.empty()) text += fmt::format("; hint: {}", report_.hint);
  if (!report_.context.empty()) text += fmt::format("; context: {}", report_.context);
  return text + fmt::format("; statement: {}", shortened(statement_));
}

// The server reads all of a message before it runs the first statement, so one that it can't read fails the others with
// it. In the transaction that has failed now, it still reads every statement, and runs none.
void Connection::fail_together(std::span<const std::string> statements, std::size_t completed, ServerReport report) {
  for (std::size_t i = 0; completed == 0 && i < statements.size(); ++i) {
    try {
      execute(statements[i]);
    } catch (const DatabaseError& error) {
      if (error.sqlstate() == in_failed_sql_transaction) continue;
      auto unreadable = error.report();
      unreadable.statement = i;
      throw DatabaseError(std::move(unreadable), statements[i]);
    }
  }
  report.statement = std::min(completed, statements.size() - 1);
  for (const auto& before : statements.first(report.statement)) {
    const auto lines = static_cast<unsigned>(std::ranges::count(before, '\n'));
    report.line = report.line > lines ? report.line - lines : 0;
  }
  const auto& failed = statements[report.statement];
  throw DatabaseError(std::move(report), failed);
}

std::string joined(std::span<const std::string> statements) {
  std::string message;
  for (const auto& statement : statements) {
    if (!message.empty()) message += between_statements;
    message += statement;
  }
  return message;
}

std::string shortened(std::string_view statement) {
  auto line = one_line(statement);
  if (line.size() <= shown_statement_length) return line;
  auto end = shown_statement_length;
  while (end < line.size() && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U) ++end;
  return end == line.size() ? line : line.substr(0, end) + "…";
}

bool ends_session(std::string_view sqlstate) {
  return sqlstate.starts_with("08") || sqlstate == "57P01" || sqlstate == "57P02" || sqlstate == "57P03";
}

void log_notice(std::string_view text) {
  text = trimmed(text);
  if (text.empty()) return;
  const auto level = text.starts_with("WARNING") ? spdlog::level::warn : spdlog::level::info;
  config::log_event(level, "alembic.runtime.server", text);
}

std::string cannot_connect(const ConnectionTarget& target, std::string_view why) {
  return fmt::format("Could not connect to {}; check {}, and that the server runs and lets this host in. {}",
                     target.description, target.given_as, without_password(one_line(why), target.password));
}

}  // namespace support::alembic
