#include "app/bridge/async_connection.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "app/alembic/errors.hpp"
#include "app/alembic/runtime/connection.hpp"
#include "app/bridge/run_sync.hpp"
#include "app/database/connection.hpp"

namespace support::bridge {

namespace {

constexpr std::string_view application_name = "support-agent migrate";

const auto no_time_limit = database::Deadline::at(database::Deadline::Clock::time_point::max());

struct Place {
  unsigned line = 0;
  unsigned column = 0;
};

// Where a place of a statement is, which the server counts in characters from 1; 0 stays 0: not known.
Place place_of(std::string_view statement, int position) {
  if (position <= 0) return {};
  Place place{.line = 1, .column = 1};
  for (const char c : statement) {
    const bool begins_character = (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    if (!begins_character) continue;
    if (--position == 0) break;
    ++place.column;
    if (c == '\n') place = {.line = place.line + 1, .column = 1};
  }
  return place;
}

std::string on_one_line(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  return text;
}

// What the server says of a statement; throws what is no refusal of one.
alembic::ServerReport report_of(const database::Error& error, const std::string& statement) {
  const auto& known = error.diagnostics();
  if (error.is(database::Condition::bad_parameter)) throw std::invalid_argument(known.message);
  if (known.sqlstate.empty() || alembic::ends_session(known.sqlstate)) throw alembic::ConnectionLost(known.message);
  const auto place = place_of(statement, known.position);
  return {.message = on_one_line(known.message),
          .sqlstate = known.sqlstate,
          .detail = on_one_line(known.detail),
          .hint = on_one_line(known.hint),
          .context = on_one_line(known.context),
          .line = place.line,
          .column = place.column};
}

[[noreturn]] void raise(const database::Error& error, const std::string& statement) {
  throw alembic::DatabaseError(report_of(error, statement), statement);
}

class AsyncConnection : public alembic::Connection {
 public:
  explicit AsyncConnection(const alembic::ConnectionTarget& target, database::ConnectOptions options) {
    auto made = run_sync(loop_, database::Connection::connect(loop_, std::move(options)));
    if (!made) {
      throw alembic::CommandError(alembic::cannot_connect(target, made.error().diagnostics().message),
                                  alembic::ExitCode::unreachable);
    }
    connection_ = std::move(*made);
  }

  std::vector<Row> query(const std::string& sql) override {
    const auto result = run(sql);
    std::vector<Row> rows(result.size());
    for (std::size_t row = 0; row < rows.size(); ++row) {
      for (std::size_t column = 0; column < result.column_count(); ++column) {
        const auto value = result.at(row, column);
        rows[row].push_back(value ? std::optional<std::string>(*value) : std::nullopt);
      }
    }
    return rows;
  }

  std::size_t execute(const std::string& sql) override { return static_cast<std::size_t>(run(sql).affected()); }

  std::size_t execute_all(std::span<const std::string> statements) override {
    if (statements.size() == 1) return execute(statements.front());
    const auto message = alembic::joined(statements);
    const auto script = run_sync(loop_, connection_->run_script(message, no_time_limit));
    if (!script.last) fail_together(statements, script.completed, report_of(script.last.error(), message));
    return static_cast<std::size_t>(script.last->affected());
  }

  void copy(const std::string& statement, std::string_view rows) override {
    const auto done = run_sync(loop_, connection_->copy_in(statement, std::string(rows), no_time_limit));
    if (!done) raise(done.error(), statement);
  }

 private:
  database::TextRows run(const std::string& sql) {
    auto result = run_sync(loop_, connection_->query_text(sql, no_time_limit));
    if (!result) raise(result.error(), sql);
    return std::move(*result);
  }

  boost::asio::io_context loop_{1};
  std::unique_ptr<database::Connection> connection_;
};

database::ConnectOptions connect_options(const config::Settings& settings) {
  auto options = database::ConnectOptions::from(settings);
  // As for libpqxx: the run has its own name, whatever the URL says of the service.
  std::erase_if(options.keywords, [](const auto& keyword) { return keyword.name == "application_name"; });
  options.keywords.push_back({"application_name", std::string(application_name)});
  options.time_zone = database::SessionTimeZone::configured;
  options.on_notice = [](std::string_view text) { alembic::log_notice(text); };
  options.echo = false;  // the engine does it itself
  return options;
}

}  // namespace

alembic::Connector async_connector(const config::Settings& settings) {
  return [options = connect_options(settings)](const alembic::ConnectionTarget& target) {
    return std::make_unique<AsyncConnection>(target, options);
  };
}

}  // namespace support::bridge
