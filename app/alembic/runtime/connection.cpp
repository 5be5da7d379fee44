#include "app/alembic/runtime/connection.hpp"

#include <utility>

#include <fmt/format.h>
#include <pqxx/pqxx>

#include "app/alembic/errors.hpp"
#include "app/config/logging.hpp"

namespace support::alembic {

namespace {

constexpr std::size_t shown_statement_length = 200;

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

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

// libpq's report is "ERROR:  message", then lines that begin with a word and a colon, among them DETAIL and HINT; each
// may go on over several lines.
struct ServerReport {
  std::string message;
  std::string detail;
  std::string hint;

  explicit ServerReport(std::string_view text) {
    std::string* part = &message;
    std::string ignored;
    bool first = true;
    while (!text.empty()) {
      const auto end = text.find('\n');
      auto line = text.substr(0, end);
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
      const auto starts = [&](std::string_view word) {
        if (!line.starts_with(word)) return false;
        line.remove_prefix(word.size());
        return true;
      };
      if (first) {
        if (const auto colon = line.find(":  "); colon != std::string_view::npos) line.remove_prefix(colon + 3);
      } else if (starts("DETAIL:  ")) {
        part = &detail;
      } else if (starts("HINT:  ")) {
        part = &hint;
      } else if (line.starts_with("LINE ") || line.starts_with("CONTEXT:  ") || line.starts_with("QUERY:  ")) {
        part = &ignored;
      }
      first = false;
      if (!part->empty()) *part += ' ';
      *part += trimmed(line);
    }
  }
};

bool ends_session(std::string_view sqlstate) {
  return sqlstate.starts_with("08") || sqlstate == "57P01" || sqlstate == "57P02" || sqlstate == "57P03";
}

// What the server remarks beside its answers.
class NoticeLogger : public pqxx::errorhandler {
 public:
  explicit NoticeLogger(pqxx::connection_base& connection) : errorhandler(connection) {}

  bool operator()(const char message[]) noexcept override {
    const auto text = trimmed(message);
    const auto level = text.starts_with("WARNING") ? spdlog::level::warn : spdlog::level::info;
    config::log_event(level, "alembic.runtime.server", text);
    return false;
  }
};

}  // namespace

DatabaseError::DatabaseError(const std::string& message, std::string sqlstate, std::string detail, std::string hint,
                             std::string statement)
    : std::runtime_error(message),
      sqlstate_(std::move(sqlstate)),
      detail_(std::move(detail)),
      hint_(std::move(hint)),
      statement_(std::move(statement)) {}

std::string DatabaseError::explanation() const {
  auto text = fmt::format("{} (SQLSTATE {})", what(), sqlstate_.empty() ? "unknown" : sqlstate_);
  if (!detail_.empty()) text += fmt::format("; detail: {}", detail_);
  if (!hint_.empty()) text += fmt::format("; hint: {}", hint_);
  return text + fmt::format("; statement: {}", shortened(statement_));
}

std::string shortened(std::string_view statement) {
  auto line = one_line(statement);
  if (line.size() <= shown_statement_length) return line;
  auto end = shown_statement_length;
  while (end < line.size() && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U) ++end;
  return end == line.size() ? line : line.substr(0, end) + "…";
}

struct Connection::Session {
  explicit Session(const std::string& conninfo) : connection(conninfo), notices(connection) {
// libpqxx 6 reconnects silently unless told not to; the way to tell is marked for removal together with the habit
// itself.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    connection.inhibit_reactivation(true);
#pragma GCC diagnostic pop
  }

  pqxx::result run(const std::string& sql) {
    try {
      pqxx::nontransaction work(connection);
      return work.exec(sql);
    } catch (const pqxx::broken_connection&) {
      // What the exception says is where libpqxx stumbled, not why.
      throw ConnectionLost("the server closed the connection");
    } catch (const pqxx::sql_error& error) {
      const ServerReport report(error.what());
      if (ends_session(error.sqlstate())) throw ConnectionLost(report.message);
      throw DatabaseError(report.message, error.sqlstate(), report.detail, report.hint, sql);
    }
  }

  pqxx::connection connection;
  NoticeLogger notices;
};

Connection::Connection(const ConnectionTarget& target) {
  try {
    session_ = std::make_unique<Session>(target.conninfo);
  } catch (const pqxx::failure& error) {
    throw CommandError(
        fmt::format("Could not connect to {}; check DATABASE_URL, and that the server runs and lets this host in. {}",
                    target.description, without_password(one_line(error.what()), target.password)),
        ExitCode::unreachable);
  }
}

Connection::~Connection() = default;

std::vector<Connection::Row> Connection::query(const std::string& sql) {
  std::vector<Row> rows;
  for (const auto& row : session_->run(sql)) {
    auto& copy = rows.emplace_back();
    for (const auto& field : row)
      copy.push_back(field.is_null() ? std::nullopt : std::optional<std::string>(field.c_str()));
  }
  return rows;
}

std::size_t Connection::execute(const std::string& sql) {
  return session_->run(sql).affected_rows();
}

std::string Connection::scalar(const std::string& sql) {
  return query(sql).at(0).at(0).value_or("");
}

}  // namespace support::alembic
