#include "app/alembic/runtime/pqxx_connection.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>
#include <pqxx/pqxx>
#include <pqxx/tablewriter>

#include "app/alembic/errors.hpp"
#include "app/alembic/script/text.hpp"

namespace support::alembic {

namespace {

class NoticeLogger : public pqxx::errorhandler {
 public:
  explicit NoticeLogger(pqxx::connection_base& connection) : errorhandler(connection) {}

  bool operator()(const char message[]) noexcept override {
    log_notice(message);
    return false;
  }
};

// "LINE 3: SELECT …" says where in the statement the server stumbled.
unsigned line_number(std::string_view line) {
  unsigned number = 0;
  line.remove_prefix(std::string_view("LINE ").size());
  std::from_chars(line.data(), line.data() + line.size(), number);
  return number;
}

std::string_view line_of(std::string_view text, unsigned number) {
  for (; number > 1 && text.find('\n') != std::string_view::npos; --number) text.remove_prefix(text.find('\n') + 1);
  return text.substr(0, text.find('\n'));
}

unsigned characters(std::string_view text) {
  return static_cast<unsigned>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

// `excerpt` is "LINE 3: SELECT …" and `caret` the line below it, which has a ^ under the place.
unsigned column_of(std::string_view excerpt, std::string_view caret, std::string_view line) {
  constexpr std::string_view left_out = "...";
  const auto at = caret.find('^');
  const auto prefix = excerpt.find(": ");
  if (at == std::string_view::npos || prefix == std::string_view::npos || at < prefix + 2) return 0;
  const auto offset = static_cast<unsigned>(at - prefix - 2);
  auto shown = excerpt.substr(prefix + 2);
  if (!shown.starts_with(left_out)) return offset + 1;
  shown.remove_prefix(left_out.size());
  if (shown.ends_with(left_out)) shown.remove_suffix(left_out.size());
  const auto begin = line.find(shown);
  if (begin == std::string_view::npos || offset < left_out.size()) return 0;
  return characters(line.substr(0, begin)) + offset - static_cast<unsigned>(left_out.size()) + 1;
}

// libpqxx 6 forgets the code of what it has these classes for.
std::string sqlstate_of(const pqxx::failure& error) {
  if (const auto* refusal = dynamic_cast<const pqxx::sql_error*>(&error); refusal && !refusal->sqlstate().empty()) {
    return refusal->sqlstate();
  }
  if (dynamic_cast<const pqxx::insufficient_privilege*>(&error)) return "42501";
  if (dynamic_cast<const pqxx::serialization_failure*>(&error)) return "40001";
  if (dynamic_cast<const pqxx::deadlock_detected*>(&error)) return "40P01";
  return {};
}

class PqxxConnection : public Connection {
 public:
  explicit PqxxConnection(const std::string& conninfo) : connection_(conninfo), notices_(connection_) {
// libpqxx 6 reconnects silently unless told not to; the way to tell is marked for removal together with the habit
// itself.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    connection_.inhibit_reactivation(true);
#pragma GCC diagnostic pop
  }

  std::vector<Row> query(const std::string& sql) override {
    std::vector<Row> rows;
    const auto result = guarded(sql, [&](pqxx::nontransaction& work) { return work.exec(sql); });
    rows.reserve(result.size());
    for (const auto& row : result) {
      auto& copy = rows.emplace_back();
      for (const auto& field : row) {
        copy.push_back(field.is_null() ? std::nullopt : std::optional<std::string>(field.c_str()));
      }
    }
    return rows;
  }

  std::size_t execute(const std::string& sql) override {
    return guarded(sql, [&](pqxx::nontransaction& work) { return work.exec(sql); }).affected_rows();
  }

  std::size_t execute_all(std::span<const std::string> statements) override {
    if (statements.size() == 1) return execute(statements.front());
    std::size_t completed = 0;
    try {
      return guarded({}, [&](pqxx::nontransaction& work) { return run_pipeline(work, statements, completed); });
    } catch (const DatabaseError& error) {
      fail_together(statements, completed, error.report());
    }
  }

  void copy(const std::string& statement, std::string_view rows) override {
    guarded(statement, [&](pqxx::nontransaction& work) {
      write_rows(work, statement, rows);
      return 0;
    });
  }

 private:
  // libpqxx puts the statements behind a SELECT of its own, in one message.
  static std::size_t run_pipeline(pqxx::nontransaction& work, std::span<const std::string> statements,
                                  std::size_t& completed) {
    pqxx::pipeline pipeline(work);
    pipeline.retain(static_cast<int>(statements.size()));
    for (const auto& statement : statements) pipeline.insert(statement);
    std::size_t rows = 0;
    try {
      for (; completed < statements.size(); ++completed) rows = pipeline.retrieve().second.affected_rows();
    } catch (const pqxx::failure&) {
      read_rest(pipeline);
      throw;
    }
    return rows;
  }

  // Of an answer with an error in it. Left to itself, the pipeline would ask the server to cancel what it is at, which
  // may be the next statement by then.
  static void read_rest(pqxx::pipeline& pipeline) {
    try {
      pipeline.flush();
    } catch (const pqxx::failure&) {
      // The session is gone; the first error says why.
    }
  }

  // libpqxx writes "COPY <table> FROM STDIN" itself and knows no options. The statement goes in as the table's name,
  // and what libpqxx adds becomes a comment.
  static void write_rows(pqxx::nontransaction& work, const std::string& statement, std::string_view rows) {
    const std::string table = statement.substr(std::string_view("COPY").size()) + "\n--";
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    pqxx::tablewriter writer(work, table);
#pragma GCC diagnostic pop
    while (!rows.empty()) {
      const auto end = rows.find('\n');
      writer.write_raw_line(std::string(rows.substr(0, end)));
      rows.remove_prefix(end == std::string_view::npos ? rows.size() : end + 1);
    }
    writer.complete();
  }

  template <class Work>
  std::invoke_result_t<Work, pqxx::nontransaction&> guarded(const std::string& statement, Work run) {
    try {
      pqxx::nontransaction work(connection_);
      return run(work);
    } catch (const pqxx::broken_connection&) {
      // What the exception says is where libpqxx stumbled, not why.
      throw ConnectionLost("the server closed the connection");
    } catch (const pqxx::sql_error& error) {
      auto report = parse_report(error.what(), sqlstate_of(error), statement);
      if (ends_session(report.sqlstate)) throw ConnectionLost(report.message);
      throw DatabaseError(std::move(report), statement);
    } catch (const pqxx::failure& error) {
      // The end of a COPY: libpqxx keeps the text alone. And a deadlock, or a conflict with another transaction.
      throw DatabaseError(parse_report(error.what(), sqlstate_of(error)), statement);
    }
  }

  pqxx::connection connection_;
  NoticeLogger notices_;
};

}  // namespace

ServerReport parse_report(std::string_view text, std::string sqlstate, std::string_view statement) {
  ServerReport report{.message = {}, .sqlstate = std::move(sqlstate)};
  std::string* part = &report.message;
  std::string ignored;
  std::string_view excerpt;
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
      part = &report.detail;
    } else if (starts("HINT:  ")) {
      part = &report.hint;
    } else if (starts("CONTEXT:  ")) {
      part = &report.context;
    } else if (line.starts_with("LINE ")) {
      report.line = line_number(line);
      excerpt = line;
      part = &ignored;
    } else if (line.starts_with("QUERY:  ")) {
      report.line = report.column = 0;  // the line before was one of this query, which a function runs
      part = &ignored;
    } else if (!excerpt.empty()) {
      report.column = column_of(std::exchange(excerpt, {}), line, line_of(statement, report.line));
    }
    first = false;
    if (!part->empty()) *part += ' ';
    *part += trimmed(line);
  }
  return report;
}

std::unique_ptr<Connection> connect_pqxx(const ConnectionTarget& target) {
  try {
    return std::make_unique<PqxxConnection>(target.conninfo);
  } catch (const pqxx::failure& error) {
    throw CommandError(cannot_connect(target, error.what()), ExitCode::unreachable);
  }
}

}  // namespace support::alembic
